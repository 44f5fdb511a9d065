// src/format/words.h
//
// Words of descriptions.
#pragma once

#include <cstdint>
#include <string>

#include "platter/base/bytes.h"

namespace platter::format {

// A size in the largest unit that keeps it whole: "64 KiB", "513 bytes".
std::string in_units(std::uint64_t bytes);

// "4 heads", "1 head".
std::string counted(std::uint64_t count, const std::string& thing);

// The beginning of untrusted text as it may stand in a sentence, without blanks
// at its end.
std::string printable(ByteView text);

}  // namespace platter::format
