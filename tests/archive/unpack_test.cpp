// tests/archive/unpack_test.cpp: what the tools packed comes out, byte for byte
// and with its holes; what was damaged, or holds too much, does not.
#include <zlib.h>

#include <boost/test/unit_test.hpp>

#include "laws/byte_source.h"
#include "platter/archive/archive.h"
#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "support/errors.h"
#include "support/samples.h"
#include "support/sparse.h"
#include "support/wrapped_files.h"

namespace platter::archive {
namespace {

using test::has_code;
using test::joined;
using test::packed;
using test::says;

struct Fixture {
  block::SourcePtr unpack(Wrapper wrapper, const block::SourcePtr& file) {
    BOOST_REQUIRE(wrapper_of(*file) == wrapper);
    return unwrap(wrapper, file, folder.path(), limits).content;
  }
  block::SourcePtr unpack(Wrapper wrapper, Bytes file) {
    return unpack(wrapper, block::memory_source(std::move(file)));
  }
  void check(Wrapper wrapper, const Bytes& file, const Bytes& plain) {
    BOOST_TEST_CONTEXT(name_of(wrapper) << " of " << plain.size()) {
      test::check_byte_source(*unpack(wrapper, file), plain);
    }
  }

  test::TemporaryFolder folder;
  Limits limits;
};

// Some of it noise, some of it text, some of it zeros.
Bytes mixed(std::uint64_t size, std::uint64_t seed) {
  Bytes bytes = test::random_disk(size, seed);
  const Bytes text = test::wordy_bytes(size / 3, seed);
  std::ranges::copy(text, bytes.begin());
  return bytes;
}

BOOST_FIXTURE_TEST_SUITE(archive_unpack, Fixture)

BOOST_AUTO_TEST_CASE(files_of_any_size_come_out) {
  for (const Wrapper wrapper : test::kCompressed) {
    std::uint64_t seed = 0;
    for (const std::uint64_t size : {std::uint64_t{1}, kPageSize - 1, kPageSize,
                                     256 * kKiB, 256 * kKiB + 1, kMiB + 77}) {
      const Bytes plain = mixed(size, ++seed);
      check(wrapper, packed(wrapper, plain), plain);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_way_to_pack_comes_out) {
  const Bytes plain = mixed(900 * kKiB, 7);
  const std::pair<Wrapper, const char*> ways[] = {
      {Wrapper::gz, "gzip -9"},
      {Wrapper::gz, "gzip --rsyncable"},
      {Wrapper::xz, "xz -6"},
      {Wrapper::xz, "xz -1 -T2 --block-size=200KiB"},
      {Wrapper::xz, "xz -1 --check=none"},
      {Wrapper::xz, "xz -1 --check=sha256 --delta --lzma2=preset=0"},
      {Wrapper::zst, "zstd -q -19"},
      {Wrapper::zst, "zstd -q --no-check"},
      {Wrapper::zst, "zstd -q -T2 --long=27"},
      {Wrapper::bz2, "bzip2 -9"}};
  for (const auto& [wrapper, command] : ways) {
    check(wrapper, test::piped(command, plain), plain);
  }
}

BOOST_AUTO_TEST_CASE(members_in_a_row_are_one_file) {
  const Bytes first = mixed(300 * kKiB + 5, 1);
  const Bytes second = mixed(80 * kKiB, 2);
  for (const Wrapper wrapper : test::kCompressed) {
    const Bytes both = joined(packed(wrapper, first), packed(wrapper, second));
    check(wrapper, both, joined(first, second));
    check(wrapper, joined(packed(wrapper, {}), both), joined(first, second));
  }
  // xz may be padded, by words of zeros.
  check(Wrapper::xz,
        joined(joined(packed(Wrapper::xz, first), Bytes(8)),
               packed(Wrapper::xz, second)),
        joined(first, second));
}

BOOST_AUTO_TEST_CASE(zeros_are_holes) {
  Bytes plain(5 * kMiB);
  plain[3 * kMiB + 5] = std::byte{1};
  for (const Wrapper wrapper : test::kCompressed) {
    const auto content = unpack(wrapper, packed(wrapper, plain));
    BOOST_TEST(next_of_kind(*content, 0, block::ExtentKind::data) == 3 * kMiB);
    BOOST_TEST(next_of_kind(*content, 3 * kMiB, block::ExtentKind::zero) ==
               3 * kMiB + kPageSize);
    BOOST_TEST(content->size() == plain.size());
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_left_behind) {
  const auto content =
      unpack(Wrapper::gz, packed(Wrapper::gz, mixed(100 * kKiB, 1)));
  BOOST_CHECK(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_off_is_corrupt) {
  const Bytes plain = mixed(40 * kKiB, 3);
  for (const Wrapper wrapper : test::kCompressed) {
    const Bytes file = packed(wrapper, plain);
    for (std::size_t length = 16; length < file.size();
         length += 1 + file.size() / 60) {
      const Bytes cut(file.begin(), file.begin() + static_cast<long>(length));
      BOOST_CHECK_EXCEPTION(
          unpack(wrapper, cut), Error,
          says(Errc::corrupt, "was cut off at byte " + std::to_string(length)));
    }
    Bytes cut = file;
    cut.pop_back();
    BOOST_CHECK_EXCEPTION(unpack(wrapper, cut), Error,
                          says(Errc::corrupt, "cut off"));
  }
}

// gzip's and xz's checks, zstd's and bzip2's: no damage goes unseen.
BOOST_AUTO_TEST_CASE(a_changed_bit_is_seen) {
  const Bytes plain = mixed(20 * kKiB, 4);
  for (const Wrapper wrapper : test::kCompressed) {
    const Bytes file = packed(wrapper, plain);
    for (std::size_t at = 0; at < file.size();
         at += at < 40 ? 1 : 1 + file.size() / 120) {
      Bytes damaged = file;
      damaged[at] ^= std::byte{0x10};
      const auto source = block::memory_source(damaged);
      if (at < 16 && wrapper_of(*source) != wrapper) continue;
      try {
        // Names and times in a header are nobody's content.
        const auto content = unpack(wrapper, source);
        BOOST_CHECK(test::same_bytes(block::read_all(*content), plain));
      } catch (const Error& problem) {
        BOOST_CHECK(problem.code() == Errc::corrupt ||
                    problem.code() == Errc::unsupported);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_is_corrupt) {
  const Bytes plain = test::wordy_bytes(3 * kKiB, 1);
  // The last eight bytes of a gzip member: CRC and length.
  for (const std::size_t from_end : {std::size_t{8}, std::size_t{4}}) {
    Bytes file = packed(Wrapper::gz, plain);
    file[file.size() - from_end] ^= std::byte{1};
    BOOST_CHECK_EXCEPTION(unpack(Wrapper::gz, file), Error,
                          says(Errc::corrupt, "incorrect"));
  }
  Bytes file = packed(Wrapper::zst, plain);
  file.back() ^= std::byte{1};
  BOOST_CHECK_EXCEPTION(unpack(Wrapper::zst, file), Error,
                        says(Errc::corrupt, "checksum"));
}

BOOST_AUTO_TEST_CASE(what_follows_the_end_is_refused) {
  const Bytes plain = mixed(10 * kKiB, 5);
  for (const Wrapper wrapper : test::kCompressed) {
    const Bytes file = packed(wrapper, plain);
    for (const auto* after : {"x", "and then something else, of some length"}) {
      BOOST_CHECK_EXCEPTION(unpack(wrapper, joined(file, as_bytes(after))),
                            Error, has_code(Errc::corrupt));
    }
  }
  BOOST_CHECK_EXCEPTION(
      unpack(Wrapper::gz, joined(packed(Wrapper::gz, plain), Bytes(512))),
      Error, says(Errc::corrupt, "after the file's end"));
}

BOOST_AUTO_TEST_CASE(one_wrapper_in_another_is_refused) {
  const Bytes plain = mixed(10 * kKiB, 6);
  for (const Wrapper outer : test::kCompressed) {
    for (const Wrapper inner : test::kCompressed) {
      BOOST_CHECK_EXCEPTION(
          unpack(outer, packed(outer, packed(inner, plain))), Error,
          says(Errc::unsupported, std::string(name_of(outer)) +
                                      ": the file holds a " +
                                      std::string(name_of(inner)) + " file"));
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_no_disk) {
  for (const Wrapper wrapper : test::kCompressed) {
    BOOST_CHECK_EXCEPTION(unpack(wrapper, packed(wrapper, {})), Error,
                          says(Errc::invalid, "nothing in the file"));
  }
}

// A gibibyte of one letter in a mebibyte.
BOOST_AUTO_TEST_CASE(bombs_are_refused_before_they_cost) {
  const Bytes bomb = test::piped(
      "head -c 16M /dev/zero | tr '\\0' x | gzip -9 -c >part; "
      "for n in $(seq 64); do cat part; done; rm part",
      {});
  BOOST_TEST(bomb.size() < 2 * kMiB);
  limits.free = 16 * kMiB;
  limits.ratio = 20;
  BOOST_CHECK_EXCEPTION(unpack(Wrapper::gz, bomb), Error,
                        says(Errc::too_large, "raise max_unpack_ratio"));
  limits = {};
  limits.size = 20 * kMiB;
  BOOST_CHECK_EXCEPTION(unpack(Wrapper::gz, bomb), Error,
                        says(Errc::too_large, "max_image_size"));
}

BOOST_AUTO_TEST_CASE(zeros_count_for_little) {
  const Bytes zeros = test::piped("head -c 16M /dev/zero | bzip2 -c", {});
  BOOST_TEST(zeros.size() < kKiB);
  limits.free = 100 * kKiB;
  BOOST_TEST(unpack(Wrapper::bz2, zeros)->size() == 16 * kMiB);
  limits.free = 70 * kKiB;
  BOOST_CHECK_EXCEPTION(unpack(Wrapper::bz2, zeros), Error,
                        has_code(Errc::too_large));
}

BOOST_AUTO_TEST_CASE(data_may_be_as_dense_as_is_allowed) {
  const Bytes plain(8 * kMiB, std::byte{'x'});
  const Bytes file = packed(Wrapper::gz, plain);
  limits.free = 0;
  limits.ratio = plain.size() / file.size() + 1;
  BOOST_TEST(unpack(Wrapper::gz, file)->size() == plain.size());
  limits.ratio /= 2;
  BOOST_CHECK_EXCEPTION(unpack(Wrapper::gz, file), Error,
                        has_code(Errc::too_large));
}

// 512 MiB of dictionary, as the header of the first block says.
BOOST_AUTO_TEST_CASE(xz_that_takes_much_memory_is_refused) {
  Bytes file = packed(Wrapper::xz, to_bytes(std::string_view("some text")));
  constexpr std::size_t kHeader = 12;
  BOOST_REQUIRE(file[kHeader + 2] == std::byte{0x21});  // LZMA2
  file[kHeader + 4] = std::byte{34};
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(file.data()) + kHeader, 8);
  store_le(file, kHeader + 8, static_cast<std::uint32_t>(crc));
  BOOST_CHECK_EXCEPTION(unpack(Wrapper::xz, file), Error,
                        says(Errc::unsupported, "MiB of memory"));
}

// A frame of one raw block with "a", by RFC 8878, 3.1.1.
BOOST_AUTO_TEST_CASE(zstd_that_takes_a_large_window_is_refused) {
  const auto frame = [](unsigned window_log) {
    std::string text("\x28\xb5\x2f\xfd\0w\x09\0\0a", 10);
    text[5] = static_cast<char>((window_log - 10) << 3);
    return to_bytes(text);
  };
  check(Wrapper::zst, frame(27), to_bytes(std::string_view("a")));
  BOOST_CHECK_EXCEPTION(unpack(Wrapper::zst, frame(28)), Error,
                        says(Errc::unsupported, "window"));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_sent_in_part_is_refused) {
  const Bytes plain = test::random_bytes(kMiB, 1);
  for (const Wrapper wrapper : test::kCompressed) {
    Bytes file = packed(wrapper, plain);
    std::fill(file.begin() + 64 * kKiB, file.end() - 64 * kKiB, std::byte{0});
    BOOST_CHECK_EXCEPTION(
        unpack(wrapper, std::make_shared<test::SparseMemory>(file)), Error,
        has_code(Errc::corrupt));
  }
  // Padding of xz may be long, but nobody sends it as a hole.
  Bytes padded = packed(Wrapper::xz, mixed(30 * kKiB, 1));
  padded.resize(round_up(padded.size(), kMiB) + 8 * kMiB);
  BOOST_CHECK_EXCEPTION(
      unpack(Wrapper::xz, std::make_shared<test::SparseMemory>(padded)), Error,
      says(Errc::corrupt, "hole"));
}

BOOST_AUTO_TEST_CASE(a_missing_folder_is_told) {
  const auto file =
      block::memory_source(packed(Wrapper::gz, mixed(5 * kKiB, 1)));
  BOOST_CHECK_EXCEPTION(
      unwrap(Wrapper::gz, file, folder.path() / "gone", limits), Error,
      has_code(Errc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::archive
