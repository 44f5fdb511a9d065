// tests/format/block_views_test.cpp: views of VMDK and VDI: what they say of
// large disks, how they read what is below them, and the VMDK stream.
#include <atomic>
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "platter/base/integers.h"
#include "platter/format/stream_vmdk.h"
#include "support/sparse.h"

using namespace platter;
using format::Format;

namespace {

using MakeView = block::SourcePtr (*)(block::SourcePtr);

block::SourcePtr vmdk(block::SourcePtr guest) {
  return make_view(Format::vmdk, std::move(guest), test::some_identity());
}
block::SourcePtr stream(block::SourcePtr guest) {
  return make_stream_vmdk(std::move(guest), test::some_identity());
}
block::SourcePtr vdi(block::SourcePtr guest) {
  return make_view(Format::vdi, std::move(guest), test::some_identity());
}

struct Kind {
  const char* name;
  Format format;
  MakeView make;
};

constexpr Kind kKinds[] = {{"vmdk", Format::vmdk, vmdk},
                           {"stream", Format::vmdk, stream},
                           {"vdi", Format::vdi, vdi}};

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

std::shared_ptr<test::PatternDisk> full_disk(std::uint64_t size) {
  return std::make_shared<test::PatternDisk>(
      size, std::map<std::uint64_t, std::uint64_t>{{0, size}});
}

void check_part(const block::ByteSource& a, const block::ByteSource& b,
                std::uint64_t offset, std::uint64_t length) {
  Bytes of_a(length), of_b(length);
  a.read(offset, of_a);
  b.read(offset, of_b);
  BOOST_REQUIRE(test::same_bytes(of_a, of_b));
}

std::uint64_t data_bytes(const block::ByteSource& source) {
  std::uint64_t total = 0;
  block::for_each_extent(source, 0, source.size(),
                         [&](const block::Extent& extent) {
                           if (extent.kind == block::ExtentKind::data) {
                             total += extent.length;
                           }
                         });
  return total;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(block_views)

BOOST_AUTO_TEST_CASE(streams_of_many_disks_are_the_disk) {
  for (const std::uint64_t size :
       {std::uint64_t{512}, std::uint64_t{65'024}, 64 * kKiB, 64 * kKiB + 512,
        5 * kMiB + 3'584}) {
    for (const unsigned percent : {0, 3, 40, 100}) {
      BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
        const Bytes disk = test::random_disk(size, size + percent, percent);
        const auto guest = std::make_shared<test::SparseMemory>(disk);
        BOOST_REQUIRE(format::can_stream_vmdk(*guest));
        const auto view = stream(guest);
        test::check_byte_source(*view, read_all(*view));
        const auto opened = open_guest(Format::vmdk, view);
        test::check_byte_source(*opened, disk);
        test::check_placements(*opened, *view);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_length_of_a_stream_follows_from_what_is_used) {
  // Header, descriptor and padding 128 sectors; 129 a grain; 5 a table; end.
  BOOST_CHECK_EQUAL(stream(full_disk(64 * kMiB))->size(),
                    512 * (128 + 129 * 1'024 + 5 * 2 + 1 + 1 + 3));
  BOOST_CHECK_EQUAL(
      stream(std::make_shared<test::PatternDisk>(
                 64 * kMiB, std::map<std::uint64_t, std::uint64_t>{}))
          ->size(),
      512 * (128 + 1 + 1 + 3));
}

BOOST_AUTO_TEST_CASE(disks_of_ten_tebibytes) {
  const std::uint64_t size = 10 * kTiB + 512;
  std::map<std::uint64_t, std::uint64_t> data = {{size - 512, 512}};
  test::Random random(7);
  for (int n = 0; n < 100; ++n) {
    data[random.below(size / kMiB) * kMiB] = random.below(300'000) + 1;
  }
  const auto guest = std::make_shared<test::PatternDisk>(size, data);
  for (const Kind& kind : kKinds) {
    BOOST_TEST_CONTEXT(kind.name) {
      const auto view = kind.make(guest);
      BOOST_CHECK_LT(data_bytes(*view), 150 * kMiB);
      const auto opened = open_guest(kind.format, view);
      BOOST_REQUIRE_EQUAL(opened->size(), size);
      test::check_placements(*opened, *view);
      for (const auto& [offset, length] : data) {
        check_part(*guest, *opened, offset, length);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(disks_over_several_tables) {
  // Data at the borders of grain tables, and a table that is not there.
  const std::uint64_t size = 100 * kMiB + 512;
  const auto guest = std::make_shared<test::PatternDisk>(
      size,
      std::map<std::uint64_t, std::uint64_t>{{0, 1},
                                             {32 * kMiB - 1, 2},
                                             {64 * kMiB - 200'000, 200'000},
                                             {size - 512, 512}});
  const Bytes disk = read_all(*guest);
  for (const Kind& kind : kKinds) {
    BOOST_TEST_CONTEXT(kind.name) {
      const auto view = kind.make(guest);
      test::check_byte_source(*view, read_all(*view));
      const auto opened = open_guest(kind.format, view);
      test::check_byte_source(*opened, disk);
      test::check_placements(*opened, *view);
    }
  }
}

BOOST_AUTO_TEST_CASE(opening_reads_no_guest_and_long_reads_are_few) {
  for (const Kind& kind : kKinds) {
    BOOST_TEST_CONTEXT(kind.name) {
      const auto guest = std::make_shared<Counted>(full_disk(64 * kMiB));
      const auto view = kind.make(guest);
      BOOST_CHECK_EQUAL(guest->reads(), 0);
      Bytes bytes(kMiB);
      view->read(40 * kMiB + 7, bytes);
      // A stream needs each grain's checksum.
      BOOST_CHECK_LE(guest->reads(), kind.make == stream ? 17 : 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_long_read_of_a_guest_is_one_read_of_the_file) {
  for (const Kind& kind : {kKinds[0], kKinds[2]}) {
    BOOST_TEST_CONTEXT(kind.name) {
      const auto file =
          std::make_shared<Counted>(kind.make(full_disk(64 * kMiB)));
      const auto guest = open_guest(kind.format, file);
      Bytes bytes(kMiB);
      guest->read(0, bytes);  // and with it the table
      file->reads();
      guest->read(16 * kMiB + 7, bytes);
      BOOST_CHECK_EQUAL(file->reads(), 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(holes_inside_blocks_are_holes_of_the_view) {
  const auto guest = std::make_shared<test::PatternDisk>(
      64 * kMiB,
      std::map<std::uint64_t, std::uint64_t>{{kMiB, 4'096}, {9 * kMiB, 1}});
  BOOST_CHECK_EQUAL(data_bytes(*vdi(guest)), 512 + 64 * 4 + 4'096 + 1);
}

BOOST_AUTO_TEST_CASE(pieces_of_a_compressed_grain_read_it_once) {
  const auto file = std::make_shared<Counted>(stream(full_disk(kMiB)));
  const auto guest = open_guest(Format::vmdk, file);
  Bytes piece(4'096);
  guest->read(0, piece);
  file->reads();
  for (std::uint64_t at = 0; at < 64 * kKiB; at += piece.size()) {
    guest->read(at, piece);
  }
  BOOST_CHECK_EQUAL(file->reads(), 0);
}

BOOST_AUTO_TEST_CASE(sectors_are_counted_in_32_bits) {
  const std::uint64_t size = 4 * kTiB;
  const auto holding = [&](std::uint64_t data) {
    return std::make_shared<test::PatternDisk>(
        size, std::map<std::uint64_t, std::uint64_t>{{0, data}});
  };
  for (const std::uint64_t data : {2 * kTiB - kGiB, 2 * kTiB}) {
    const auto guest = holding(data);
    const bool fits = data < 2 * kTiB;
    BOOST_CHECK_EQUAL(can_hold(Format::vmdk, *guest), fits);
    BOOST_CHECK(can_hold(Format::vdi, *guest));
  }
  BOOST_CHECK(format::can_stream_vmdk(*holding(kTiB)));
  BOOST_CHECK(!format::can_stream_vmdk(*holding(2 * kTiB - kGiB)));
  const auto view = vmdk(holding(2 * kTiB - kGiB));
  const auto opened = vmdk(holding(2 * kTiB - kGiB))->size();
  BOOST_CHECK_EQUAL(view->size(), opened);
  BOOST_CHECK_LE(view->size(), 2 * kTiB);
}

BOOST_AUTO_TEST_CASE(limits_of_size) {
  BOOST_CHECK(can_hold(Format::vmdk, 64 * kTiB));
  BOOST_CHECK(!can_hold(Format::vmdk, 64 * kTiB + 512));
  BOOST_CHECK(can_hold(Format::vdi, 0x1fffff8000000));
  BOOST_CHECK(!can_hold(Format::vdi, 0x1fffff8000000 + 512));
}

BOOST_AUTO_TEST_CASE(ids_follow_from_the_image) {
  const auto guest = full_disk(kMiB);
  auto other = test::some_identity();
  other.image_id[0] = std::byte{8};
  for (const Format format : {Format::vmdk, Format::vdi}) {
    const Bytes one =
        read_all(*make_view(format, guest, test::some_identity()));
    const Bytes two = read_all(*make_view(format, guest, other));
    BOOST_CHECK_EQUAL(one.size(), two.size());
    BOOST_CHECK(one != two);
    BOOST_CHECK(test::same_bytes(ByteView(one).subspan(12'000),
                                 ByteView(two).subspan(12'000)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
