// tests/fuzz/vmdk_set_fuzz.cpp: libFuzzer's way into disks in several VMDK
// files; built and run by scripts/fuzz.
#include "fuzz/set_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_set_bytes(
      {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
