// tests/format/vhd_corpus_test.cpp: the fuzzer's corpus, replayed.
#include <boost/test/unit_test.hpp>

#include "format/fuzz_corpus.h"
#include "fuzz/vhd_target.h"
#include "platter/base/file.h"
#include "support/disks.h"

using namespace platter;

BOOST_AUTO_TEST_SUITE(vhd_corpus)

BOOST_AUTO_TEST_CASE(every_file_is_refused_or_read) {
  const Path folder = Path(kFuzzCorpus) / "vhd";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    BOOST_TEST_CONTEXT(entry.path()) {
      const auto bytes = read_whole(entry.path(), kMiB);
      BOOST_REQUIRE(bytes);
      BOOST_CHECK_NO_THROW(test::check_vhd_bytes(*bytes));
    }
    ++files;
  }
  BOOST_CHECK_GE(files, 3);
}

// The seeds are whole files: they open.
BOOST_AUTO_TEST_CASE(what_qemu_wrote_opens) {
  for (const auto* name : {"dynamic", "fixed"}) {
    const auto bytes = read_whole(Path(kFuzzCorpus) / "vhd" / name, kMiB);
    BOOST_REQUIRE(bytes);
    const auto file = test::unpacked(*bytes).share();
    BOOST_CHECK_NO_THROW(open_guest(format::Format::vhd, file));
  }
}

// Damage that the fuzzer would find first, in every run.
BOOST_AUTO_TEST_CASE(changed_bytes_are_refused_or_read) {
  const auto whole = read_whole(Path(kFuzzCorpus) / "vhd/dynamic", kMiB);
  BOOST_REQUIRE(whole);
  test::Random random(1);
  for (int n = 0; n < 250; ++n) {
    Bytes bytes = *whole;
    bytes[random.below(bytes.size())] ^=
        static_cast<std::byte>(1 + random.below(255));
    BOOST_REQUIRE_NO_THROW(test::check_vhd_bytes(bytes));
  }
}

BOOST_AUTO_TEST_SUITE_END()
