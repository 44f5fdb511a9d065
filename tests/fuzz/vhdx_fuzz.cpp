// tests/fuzz/vhdx_fuzz.cpp: libFuzzer's way into the VHDX reader; built and
// run by scripts/fuzz.
#include "fuzz/vhdx_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_vhdx_bytes(
      {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
