// tests/archive/archive_corpus_test.cpp: the fuzzer's corpus, replayed.
#include <boost/test/unit_test.hpp>

#include "format/fuzz_corpus.h"
#include "fuzz/archive_target.h"
#include "platter/base/file.h"
#include "support/folder.h"

namespace platter::archive {
namespace {

const Path kCorpus = Path(kFuzzCorpus) / "archive";

BOOST_AUTO_TEST_SUITE(archive_corpus)

BOOST_AUTO_TEST_CASE(every_file_is_refused_or_opened) {
  const test::TemporaryFolder scratch;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    BOOST_TEST_CONTEXT(entry.path()) {
      const auto bytes = read_whole(entry.path(), kMiB);
      BOOST_REQUIRE(bytes);
      BOOST_CHECK_NO_THROW(test::check_archive_bytes(*bytes, scratch.path()));
    }
    ++files;
  }
  BOOST_CHECK_GE(files, 8);
}

// Damage that the fuzzer would find first, in every run.
BOOST_AUTO_TEST_CASE(one_changed_byte_is_refused_or_opened) {
  const test::TemporaryFolder scratch;
  for (const auto* name : {"gz", "xz", "zst", "bz2", "ova-ustar"}) {
    const auto whole = read_whole(kCorpus / name, kMiB);
    BOOST_REQUIRE(whole);
    for (std::size_t at = 0; at < whole->size(); ++at) {
      // Most of a tar file is padding.
      if ((*whole)[at] == std::byte{0} && at % 16 != 0) continue;
      for (const int change : {0x01, 0x80, 0xff}) {
        Bytes bytes = *whole;
        bytes[at] ^= static_cast<std::byte>(change);
        BOOST_REQUIRE_NO_THROW(
            test::check_archive_bytes(bytes, scratch.path()));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::archive
