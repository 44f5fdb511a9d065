// src/format/qcow2_check.h
//
// The one pass over a qcow2's tables that is made before its guest is read.
#pragma once

#include "qcow2_layout.h"

namespace platter::format::qcow2 {

// Throws Errc::corrupt when an entry of the L1 or L2 tables, as far as the
// disk reaches, has reserved bits, points outside the file, at a misaligned
// place, or at a cluster that another entry or table uses; Errc::unsupported
// when the file has more clusters than can be checked. `l1` is the L1 table.
//
// Once this returns, every byte that such an entry names lies in the file. True
// when one names a compressed cluster.
bool check_tables(const Header& header, const std::vector<std::uint64_t>& l1,
                  const block::ByteSource& file);

}  // namespace platter::format::qcow2
