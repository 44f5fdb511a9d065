// src/format/vhdx_check.h
//
// The one pass over a VHDX's block allocation table that is made before its
// guest is read.
#pragma once

#include "file_table.h"
#include "vhdx_layout.h"

namespace platter::format::vhdx {

// What decides where a VHDX has what.
struct Structure {
  const Header& header;
  const std::vector<Region>& regions;
  const Metadata& metadata;
};

// Where the entries for the disk are. Throws Errc::corrupt when the region is
// too short for them.
std::uint64_t checked_table_offset(const Structure& structure);

// Throws Errc::corrupt when the log, a region or a block that the table names
// overlaps another or lies outside the file, as far as the disk reaches, or
// an entry means nothing; Errc::unsupported when the file is too long to be
// checked.
void check_blocks(const Structure& structure,
                  const FileTable<std::uint64_t, std::endian::little>& table,
                  std::uint64_t file_size);

}  // namespace platter::format::vhdx
