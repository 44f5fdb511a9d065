// tests/fuzz/qcow2_fuzz.cpp: libFuzzer's way into the qcow2 reader; built and
// run by scripts/fuzz.
#include "fuzz/qcow2_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_qcow2_bytes(
      {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
