// tests/fuzz/probe_fuzz.cpp: libFuzzer's way into what is made of a file that
// may be anything; built and run by scripts/fuzz.
#include "fuzz/probe_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_probe_bytes(
      {reinterpret_cast<const std::byte*>(data), size}, "/tmp");
  return 0;
}
