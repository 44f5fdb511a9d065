// tests/fuzz/vmdk_fuzz.cpp: libFuzzer's way into the VMDK reader; built and run
// by scripts/fuzz.
#include "fuzz/disk_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_disk_bytes(
      platter::format::Format::vmdk,
      {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
