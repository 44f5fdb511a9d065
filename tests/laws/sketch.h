// tests/laws/sketch.h
//
// Disks made up by rapidcheck: a size, and where data lies. Formats count in
// sectors, clusters, blocks and tables, so sizes and data keep close to the
// borders of those. A disk that breaks a law is made smaller while it still
// does, and printed as a list of extents.
//
// The disks of a run are the same every time. RC_PARAMS="seed=7
// max_success=5000" in the environment tries others.
#pragma once

#include <rapidcheck.h>

#include <cstdlib>
#include <ostream>

#include "support/sparse.h"

namespace platter::test {

struct Sketch {
  std::uint64_t size = 0;
  std::map<std::uint64_t, std::uint64_t> data;  // length by offset; none touch

  std::shared_ptr<const PatternDisk> disk() const {
    return std::make_shared<PatternDisk>(size, data);
  }

  // Joins what it touches; leaves out what lies past the end.
  void add_data(std::uint64_t offset, std::uint64_t length) {
    std::uint64_t end = std::min(size, offset + length);
    if (offset >= end) return;
    auto after = data.upper_bound(end);
    while (after != data.begin()) {
      const auto before = std::prev(after);
      const std::uint64_t before_end = before->first + before->second;
      if (before_end < offset) break;
      offset = std::min(offset, before->first);
      end = std::max(end, before_end);
      after = data.erase(before);
    }
    data[offset] = end - offset;
  }
};

// rapidcheck finds it by this name.
inline void showValue(const Sketch& sketch, std::ostream& out) {
  out << "disk of " << sketch.size << " bytes, data {";
  const char* comma = "";
  for (const auto& [offset, length] : sketch.data) {
    out << comma << "{" << offset << ", " << length << "}";
    comma = ", ";
  }
  out << "}";
}

// From 0 to `limit`: a multiple of what some format counts in, or up to three
// `steps` beside it.
inline rc::Gen<std::uint64_t> near_border(std::uint64_t limit,
                                          std::uint64_t step) {
  static constexpr std::uint64_t kUnits[] = {
      512,       4 * kKiB,  64 * kKiB,  kMiB,     2 * kMiB,
      32 * kMiB, 64 * kMiB, 512 * kMiB, 4 * kGiB, kTiB};
  const auto place = [=](std::size_t unit, std::uint64_t number, int beside) {
    const std::uint64_t border =
        kUnits[unit] * (number % (limit / kUnits[unit] + 1));
    const std::uint64_t way =
        step * static_cast<std::uint64_t>(std::abs(beside));
    return beside < 0 ? border - std::min(border, way)
                      : std::min(border + way, limit);
  };
  return rc::gen::apply(
      place, rc::gen::inRange<std::size_t>(0, std::size(kUnits)),
      rc::gen::inRange<std::uint64_t>(0, 1'000'000), rc::gen::inRange(-3, 4));
}

// Extents of one length, one after another.
struct Comb {
  std::uint64_t offset;
  std::uint64_t length;
  std::uint64_t gap;
  int count;
};

inline rc::Gen<Comb> data_of_disk(std::uint64_t size) {
  const auto length =
      rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(1, 70'000),
                     rc::gen::inRange<std::uint64_t>(1, kMiB + 200'000));
  const auto gap = rc::gen::inRange<std::uint64_t>(1, 200'000);
  // Most are one extent.
  const auto count = rc::gen::map(rc::gen::inRange(0, 16),
                                  [](int n) { return std::max(1, n - 8); });
  return rc::gen::construct<Comb>(near_border(size, 1), length, gap, count);
}

inline rc::Gen<Sketch> disk_of_size(std::uint64_t size) {
  const auto draw = [size](const std::vector<Comb>& combs) {
    Sketch sketch{size, {}};
    for (Comb comb : combs) {
      for (; comb.count > 0; --comb.count) {
        sketch.add_data(comb.offset, comb.length);
        comb.offset += comb.length + comb.gap;
      }
    }
    return sketch;
  };
  // Up to six of them, whose own numbers take all of their ranges.
  const auto combs =
      rc::gen::scale(0.06, rc::gen::container<std::vector<Comb>>(
                               rc::gen::resize(100, data_of_disk(size))));
  return rc::gen::map(combs, draw);
}

// A disk of at most `limit` bytes, in whole sectors, with little data.
inline rc::Gen<Sketch> disk_up_to(std::uint64_t limit) {
  const auto size = rc::gen::map(
      near_border(limit, kSectorSize),
      [](std::uint64_t place) { return std::max(place, kSectorSize); });
  return rc::gen::mapcat(size, disk_of_size);
}

// Call before the first check.
inline void fix_seed() { setenv("RC_PARAMS", "seed=1", /*overwrite=*/0); }

}  // namespace platter::test
