// tests/format/vmdk_set_corpus_test.cpp: the corpus of the fuzzer for disks in
// several VMDK files, replayed.
#include <boost/test/unit_test.hpp>

#include "format/fuzz_corpus.h"
#include "fuzz/set_target.h"
#include "platter/base/file.h"

using namespace platter;

BOOST_AUTO_TEST_SUITE(vmdk_set_corpus)

BOOST_AUTO_TEST_CASE(every_file_is_refused_or_read) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(Path(kFuzzCorpus) / "vmdk_set")) {
    BOOST_TEST_CONTEXT(entry.path()) {
      Bytes bytes = *read_whole(entry.path(), kMiB);
      BOOST_CHECK_NO_THROW(test::check_set(bytes));
      // Damage that the fuzzer would find first, in every run.
      for (std::size_t at = 0; at < bytes.size(); at += at < kKiB ? 1 : 13) {
        const std::byte whole = bytes[at];
        for (const int change : {0x01, 0x80, 0xff}) {
          bytes[at] = whole ^ static_cast<std::byte>(change);
          BOOST_REQUIRE_NO_THROW(test::check_set_bytes(bytes));
        }
        bytes[at] = whole;
      }
    }
    ++files;
  }
  BOOST_CHECK_GE(files, 3);
}

BOOST_AUTO_TEST_SUITE_END()
