// tests/format/qcow2_corpus_test.cpp: the fuzzer's corpus, replayed.
#include <boost/test/unit_test.hpp>

#include "format/fuzz_corpus.h"
#include "fuzz/disk_target.h"
#include "platter/base/file.h"

using namespace platter;

BOOST_AUTO_TEST_SUITE(qcow2_corpus)

BOOST_AUTO_TEST_CASE(every_file_is_refused_or_read) {
  const Path folder = Path(kFuzzCorpus) / "qcow2";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    BOOST_TEST_CONTEXT(entry.path()) {
      const auto bytes = read_whole(entry.path(), kMiB);
      BOOST_REQUIRE(bytes);
      BOOST_CHECK_NO_THROW(
          test::check_disk_bytes(format::Format::qcow2, *bytes));
    }
    ++files;
  }
  BOOST_CHECK_GE(files, 5);
}

// Damage that the fuzzer would find first, in every run.
BOOST_AUTO_TEST_CASE(one_changed_byte_is_refused_or_read) {
  constexpr std::byte kChanges[] = {std::byte{0x01}, std::byte{0x80},
                                    std::byte{0xff}};
  const Path folder = Path(kFuzzCorpus) / "qcow2";
  for (const auto* name : {"version-2", "version-3", "zlib", "zstd"}) {
    const auto whole = read_whole(folder / name, kMiB);
    BOOST_REQUIRE(whole);
    for (std::size_t at = 0; at < whole->size(); ++at) {
      Bytes bytes = *whole;
      bytes[at] ^= kChanges[at % std::size(kChanges)];
      BOOST_REQUIRE_NO_THROW(
          test::check_disk_bytes(format::Format::qcow2, bytes));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
