// tests/fuzz/archive_fuzz.cpp: libFuzzer's way into wrappers; built and run by
// scripts/fuzz.
#include "fuzz/archive_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_archive_bytes(
      {reinterpret_cast<const std::byte*>(data), size}, "/tmp");
  return 0;
}
