// src/format/partition_table.h
//
// Which partition table a disk begins with.
#pragma once

#include <string_view>

#include "platter/block/source.h"

namespace platter::format {

// "GPT", "MBR"; empty when there is none.
std::string_view partition_table_of(const block::ByteSource& disk);

}  // namespace platter::format
