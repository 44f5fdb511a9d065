// tests/ingest/stream_hash_test.cpp: however a file is written, its hash is
// that of what it holds in the end.
#include "platter/ingest/stream_hash.h"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "support/disks.h"
#include "support/folder.h"

namespace platter::ingest {
namespace {

using test::Random;

std::string hash_of(ByteView bytes,
                    HashAlgorithm algorithm = HashAlgorithm::sha256) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

// Some of a pool of random bytes, another one for each seed.
ByteView some_bytes(std::uint64_t length, std::uint64_t seed) {
  static const Bytes pool = test::random_bytes(kMiB, 1);
  Random random(seed);
  return ByteView(pool).subspan(random.below(pool.size() - length), length);
}

// A staged file whose writes are told to a hash, beside plain bytes.
struct Fixture {
  void write(std::uint64_t offset, ByteView bytes) {
    staging.write(offset, bytes);
    hash.written(offset, bytes.size());
    if (model.size() < offset + bytes.size()) {
      model.resize(offset + bytes.size());
    }
    std::ranges::copy(bytes, model.begin() + static_cast<long>(offset));
  }
  void resize(std::uint64_t size) {
    staging.resize(size);
    hash.resized();
    model.resize(size);
  }
  void write_from(std::uint64_t offset, std::uint64_t length,
                  std::uint64_t seed) {
    constexpr std::uint64_t kPiece = 128 * kKiB;
    for (std::uint64_t done = 0; done < length; done += kPiece) {
      write(offset + done,
            some_bytes(std::min(kPiece, length - done), seed + done));
    }
  }
  void check(HashAlgorithm algorithm = HashAlgorithm::sha256) {
    BOOST_TEST(hash.finish(algorithm) == hash_of(model, algorithm));
  }

  test::TemporaryFolder folder;
  Workers workers{2};
  Staging staging{folder.path() / "overlay", nullptr};
  Bytes model;
  StreamHash hash{HashAlgorithm::sha256, staging, workers};
};

BOOST_FIXTURE_TEST_SUITE(ingest_stream_hash, Fixture)

BOOST_AUTO_TEST_CASE(nothing_written) { check(); }

BOOST_AUTO_TEST_CASE(from_start_to_end) {
  write_from(0, 10 * kMiB + 77, 1);
  check();
}

BOOST_AUTO_TEST_CASE(in_random_order) {
  constexpr std::uint64_t kPieces = 40;
  std::vector<std::uint64_t> order(kPieces);
  for (std::uint64_t n = 0; n < kPieces; ++n) order[n] = n;
  Random random(2);
  for (std::uint64_t n = kPieces; n > 1; --n) {
    std::swap(order[n - 1], order[random.below(n)]);
  }
  for (const std::uint64_t piece : order) {
    write(piece * 300'000, some_bytes(300'000, piece));
  }
  check();
}

BOOST_AUTO_TEST_CASE(with_holes) {
  write_from(7 * kMiB, kMiB, 1);
  write_from(20 * kMiB, kMiB, 2);
  check();
}

// As qemu-img does it: the header once more at the end.
BOOST_AUTO_TEST_CASE(with_its_start_written_again) {
  write_from(0, 9 * kMiB, 1);
  write(0, some_bytes(512, 3));
  check();
}

BOOST_AUTO_TEST_CASE(cut_and_grown) {
  write_from(0, 9 * kMiB, 1);
  resize(5 * kMiB);
  check();
  resize(6 * kMiB + 1);
  check();
  resize(0);
  check();
  write_from(0, 5 * kMiB, 2);
  resize(3 * kMiB);
  write_from(3 * kMiB, 6 * kMiB, 3);
  check();
}

BOOST_AUTO_TEST_CASE(again_and_again) {
  write_from(0, 5 * kMiB, 1);
  check();
  check();
  write_from(5 * kMiB, 5 * kMiB, 2);
  check();
  write(kMiB, some_bytes(10, 3));
  check();
}

BOOST_AUTO_TEST_CASE(by_another_algorithm_than_was_followed) {
  write_from(0, 9 * kMiB, 1);
  check(HashAlgorithm::sha512);
  check(HashAlgorithm::sha512);
  check(HashAlgorithm::sha256);
}

BOOST_AUTO_TEST_CASE(by_random_writers) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      Random random(seed);
      resize(0);
      for (int step = 0; step < 12; ++step) {
        const std::uint64_t kind = random.below(8);
        if (kind == 0) resize(random.below(12 * kMiB));
        if (kind == 1) check();
        if (kind == 2) {
          write(random.below(12 * kMiB), some_bytes(5000, step));
        }
        if (kind > 2) write_from(model.size(), random.below(3 * kMiB), step);
      }
      check();
    }
  }
}

// The kernel writes one file from several threads, pieces out of order.
BOOST_AUTO_TEST_CASE(from_several_threads) {
  constexpr std::uint64_t kPiece = 64 * kKiB;
  constexpr std::uint64_t kPieces = 200;
  const Bytes whole = test::random_bytes(kPiece * kPieces, 5);
  const auto writer = [&](std::uint64_t first) {
    for (std::uint64_t piece = first; piece < kPieces; piece += 3) {
      const std::uint64_t at = piece * kPiece;
      staging.write(at, ByteView(whole).subspan(at, kPiece));
      hash.written(at, kPiece);
    }
  };
  std::thread second(writer, 1);
  std::thread third(writer, 2);
  writer(0);
  second.join();
  third.join();
  BOOST_TEST(hash.finish(HashAlgorithm::sha256) == hash_of(whole));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::ingest
