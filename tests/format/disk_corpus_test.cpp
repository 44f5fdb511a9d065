// tests/format/disk_corpus_test.cpp: the corpora of the fuzzers for VMDK and
// VDI, replayed.
#include <boost/test/unit_test.hpp>

#include "format/fuzz_corpus.h"
#include "fuzz/disk_target.h"
#include "platter/base/file.h"

using namespace platter;
using format::Format;

namespace {

// Calls `check` for each file of a corpus. Returns how many there are.
template <typename Check>
int for_each_file(const char* corpus, Check check) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(Path(kFuzzCorpus) / corpus)) {
    BOOST_TEST_CONTEXT(entry.path()) {
      const auto bytes = read_whole(entry.path(), kMiB);
      BOOST_REQUIRE(bytes);
      check(*bytes);
    }
    ++files;
  }
  return files;
}

// Damage that the fuzzer would find first, in every run: in the first KiB each
// byte, after that some.
void check_damaged(Format format, const Bytes& whole) {
  constexpr std::byte kChanges[] = {std::byte{0x01}, std::byte{0x80},
                                    std::byte{0xff}};
  for (std::size_t at = 0; at < whole.size(); at += at < kKiB ? 1 : 5) {
    Bytes bytes = whole;
    bytes[at] ^= kChanges[at % std::size(kChanges)];
    BOOST_REQUIRE_NO_THROW(test::check_disk_bytes(format, bytes));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(disk_corpus)

BOOST_AUTO_TEST_CASE(every_file_is_refused_or_read) {
  for (const auto& [format, corpus] :
       {std::pair{Format::vmdk, "vmdk"}, {Format::vdi, "vdi"}}) {
    const int files = for_each_file(corpus, [&](const Bytes& bytes) {
      BOOST_CHECK_NO_THROW(test::check_disk_bytes(format, bytes));
      BOOST_CHECK_NO_THROW(open_guest(format, block::memory_source(bytes)));
      check_damaged(format, bytes);
    });
    BOOST_CHECK_GE(files, 3);
  }
}

BOOST_AUTO_TEST_SUITE_END()
