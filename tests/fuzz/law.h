// tests/fuzz/law.h
#pragma once

#include <stdexcept>

namespace platter::test {

// What a fuzzer and the replay of its corpus take for a finding.
inline void require(bool holds, const char* law) {
  if (!holds) throw std::logic_error(law);
}

}  // namespace platter::test
