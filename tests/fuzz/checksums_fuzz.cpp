// tests/fuzz/checksums_fuzz.cpp: libFuzzer's way into publishers' checksum
// files; built and run by scripts/fuzz.
#include "fuzz/checksums_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_checksums_bytes(
      {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
