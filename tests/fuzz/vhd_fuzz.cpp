// tests/fuzz/vhd_fuzz.cpp: libFuzzer's way into the VHD reader; built and
// run by scripts/fuzz.
#include "fuzz/vhd_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_vhd_bytes(
      {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
