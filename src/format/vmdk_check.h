// src/format/vmdk_check.h
//
// The one pass over a VMDK's tables that is made before its guest is read.
#pragma once

#include <vector>

#include "vmdk_layout.h"

namespace platter::format::vmdk {

// The grain directory: sectors of grain tables, 0 for those that are not
// there or have no entry but 0. `disk_size` is that of the guest.
//
// Throws Errc::corrupt when an entry of the directory or a table points
// outside the file, or to sectors that another entry, a table, the descriptor
// or the header uses, or when the marker of a compressed grain contradicts
// its table; Errc::unsupported when the file has more sectors than can be
// checked.
//
// Once this returns, every byte of a grain that the guest sees lies in the
// file, and so do the compressed bytes of a grain.
std::vector<std::uint32_t> check_tables(const Header& header,
                                        std::uint64_t disk_size,
                                        const block::ByteSource& file);

}  // namespace platter::format::vmdk
