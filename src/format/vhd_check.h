// src/format/vhd_check.h
//
// What is asked of a VHD's structure before its guest is read.
#pragma once

#include "file_table.h"
#include "vhd_layout.h"

namespace platter::format::vhd {

using BlockTable = FileTable<std::uint32_t, std::endian::big>;

// The footer that `file` ends with. Throws Errc::corrupt when it is missing or
// damaged, or when a copy at the file's start contradicts it, a dynamic disk
// has none, or a fixed one is longer than the file; and as Footer::decode().
Footer checked_footer(const block::ByteSource& file);

// The header of a dynamic disk. Throws Errc::corrupt when it or its table lies
// outside the file or on another structure, or the table is too short for the
// disk; and as DynamicHeader::decode().
DynamicHeader checked_header(const block::ByteSource& file,
                             const Footer& footer);

// Throws Errc::corrupt when a block that the table names is, as far as the
// disk reaches, outside the file, on a structure or on another block;
// Errc::unsupported when there are too many blocks to check.
void check_blocks(const Footer& footer, const DynamicHeader& header,
                  const BlockTable& table, std::uint64_t file_size);

}  // namespace platter::format::vhd
