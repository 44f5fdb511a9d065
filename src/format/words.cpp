// src/format/words.cpp
#include "words.h"

#include <algorithm>

namespace platter::format {

std::string in_units(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < std::size(kUnits)) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + " " + kUnits[unit];
}

std::string counted(std::uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string printable(ByteView text) {
  constexpr std::size_t kLongest = 60;
  std::string words(as_text(text.first(std::min(text.size(), kLongest))));
  for (char& letter : words) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return words.substr(0, words.find_last_not_of(' ') + 1);
}

}  // namespace platter::format
