// tests/fuzz/vdi_fuzz.cpp: libFuzzer's way into the VDI reader; built and run
// by scripts/fuzz.
#include "fuzz/disk_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_disk_bytes(
      platter::format::Format::vdi,
      {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
