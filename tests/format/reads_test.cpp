// tests/format/reads_test.cpp: how views and readers read what is below them:
// in few calls, and from many threads.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "format/fuzz_corpus.h"
#include "laws/format.h"
#include "platter/base/file.h"
#include "platter/block/sources.h"
#include "support/sparse.h"

using namespace platter;
using format::Format;

namespace {

// Counts the reads that reach `below`.
class Counted final : public block::ByteSource {
 public:
  explicit Counted(block::SourcePtr below) : below_(std::move(below)) {}

  std::uint64_t size() const noexcept override { return below_->size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    ++reads_;
    below_->read(offset, out);
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    return below_->extent_at(offset);
  }

  // Since it was last asked.
  int reads() const { return reads_.exchange(0); }

 private:
  block::SourcePtr below_;
  mutable std::atomic<int> reads_ = 0;
};

void read_one_mebibyte(const block::ByteSource& source, std::uint64_t offset) {
  Bytes bytes(kMiB);
  source.read(offset, bytes);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reads)

BOOST_AUTO_TEST_CASE(a_long_read_of_a_view_is_one_read_of_the_guest) {
  const std::uint64_t size = 64 * kMiB;
  for (const Format format : {Format::qcow2, Format::vhdx}) {
    const auto guest =
        std::make_shared<Counted>(std::make_shared<test::PatternDisk>(
            size, std::map<std::uint64_t, std::uint64_t>{{0, size}}));
    const auto view = make_view(format, guest, test::some_identity());
    BOOST_CHECK_EQUAL(guest->reads(), 0);
    read_one_mebibyte(*view, 32 * kMiB + 7);
    BOOST_CHECK_EQUAL(guest->reads(), 1);
  }
}

BOOST_AUTO_TEST_CASE(a_long_read_of_a_guest_is_one_read_of_the_file) {
  const auto disk = std::make_shared<test::PatternDisk>(
      64 * kMiB, std::map<std::uint64_t, std::uint64_t>{{0, 64 * kMiB}});
  for (const Format format : {Format::qcow2, Format::vhdx}) {
    const auto file = std::make_shared<Counted>(
        make_view(format, disk, test::some_identity()));
    const auto guest = open_guest(format, file);
    read_one_mebibyte(*guest, 0);  // and with it the table
    file->reads();
    read_one_mebibyte(*guest, 32 * kMiB + 7);
    BOOST_CHECK_EQUAL(file->reads(), 1);
  }
}

BOOST_AUTO_TEST_CASE(pieces_of_a_compressed_cluster_read_it_once) {
  const auto bytes = read_whole(Path(kFuzzCorpus) / "qcow2/zlib", kMiB);
  const auto file = std::make_shared<Counted>(block::memory_source(*bytes));
  const auto guest = open_guest(Format::qcow2, file);
  Bytes piece(16);
  guest->read(512, piece);
  file->reads();
  for (std::uint64_t at = 512; at < 1'024; at += piece.size()) {
    guest->read(at, piece);
  }
  BOOST_CHECK_EQUAL(file->reads(), 0);
}

BOOST_AUTO_TEST_CASE(many_threads_read_one_guest) {
  for (const auto* name : {"version-3", "zlib", "zstd", "extended"}) {
    const auto bytes = read_whole(Path(kFuzzCorpus) / "qcow2" / name, kMiB);
    const auto guest = open_guest(Format::qcow2, block::memory_source(*bytes));
    const Bytes whole = read_all(*guest);
    std::atomic<int> wrong = 0;
    const auto read_some = [&](std::uint64_t seed) {
      test::Random random(seed);
      for (int n = 0; n < 2'000; ++n) {
        const std::uint64_t offset = random.below(whole.size());
        Bytes part(1 + random.below(whole.size() - offset));
        guest->read(offset, part);
        wrong += !test::same_bytes(
            part, ByteView(whole).subspan(offset, part.size()));
      }
    };
    {
      std::vector<std::jthread> threads;
      for (std::uint64_t seed = 0; seed < 4; ++seed) {
        threads.emplace_back(read_some, seed);
      }
    }
    BOOST_CHECK_EQUAL(wrong, 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
