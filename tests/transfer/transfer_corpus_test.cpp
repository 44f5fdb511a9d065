// tests/transfer/transfer_corpus_test.cpp: the fuzzers' corpora, replayed.
#include <boost/test/unit_test.hpp>

#include "format/fuzz_corpus.h"
#include "fuzz/url_target.h"
#include "platter/base/file.h"

namespace platter::transfer {
namespace {

// Calls `check` with each file, and with each of its beginnings.
int replay(const char* corpus, void (*check)(ByteView)) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(Path(kFuzzCorpus) / corpus)) {
    BOOST_TEST_CONTEXT(entry.path()) {
      const auto bytes = read_whole(entry.path(), kMiB);
      BOOST_REQUIRE(bytes);
      for (std::size_t length = 0; length <= bytes->size(); ++length) {
        BOOST_CHECK_NO_THROW(check(ByteView(*bytes).first(length)));
      }
    }
    ++files;
  }
  return files;
}

BOOST_AUTO_TEST_SUITE(transfer_corpus)

BOOST_AUTO_TEST_CASE(checksum_files_are_refused_or_can_be_used) {
  BOOST_CHECK_GE(replay("checksums", test::check_checksums_bytes), 7);
}

BOOST_AUTO_TEST_CASE(urls_are_refused_or_public) {
  BOOST_CHECK_GE(replay("url", test::check_url_bytes), 15);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
