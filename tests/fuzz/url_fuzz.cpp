// tests/fuzz/url_fuzz.cpp: libFuzzer's way into URLs that users give and
// servers redirect to; built and run by scripts/fuzz.
#include "fuzz/url_target.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data,
                                      std::size_t size) {
  platter::test::check_url_bytes(
      {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
