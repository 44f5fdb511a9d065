// src/block/cluster_map.cpp: a bitmap of clusters in runs, of which only the
// mixed ones are spelt out, with counts that make rank and select short.
#include "platter/block/cluster_map.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "platter/base/integers.h"

namespace platter::block {

namespace {

constexpr std::uint64_t kRunClusters = 65'536;
constexpr std::uint64_t kWordBits = 64;
constexpr std::uint64_t kWords = kRunClusters / kWordBits;
constexpr std::uint64_t kWordsPerBlock = 8;
constexpr std::uint64_t kBlocks = kWords / kWordsPerBlock;

using Words = std::array<std::uint64_t, kWords>;

std::uint64_t bits_below(std::uint64_t bit) {
  return (std::uint64_t{1} << bit) - 1;
}

// The place of the set bit with rank k. REQUIRES: k < popcount(word).
std::uint64_t select_bit(std::uint64_t word, std::uint64_t k) {
  for (; k > 0; --k) word &= word - 1;
  return static_cast<std::uint64_t>(std::countr_zero(word));
}

// The first set bit of `words`, each turned over by `flip`, at or after
// `bit`; kRunClusters if there is none.
std::uint64_t next_bit(const Words& words, std::uint64_t bit,
                       std::uint64_t flip) {
  std::uint64_t at = bit / kWordBits;
  std::uint64_t word = (words[at] ^ flip) & ~bits_below(bit % kWordBits);
  while (word == 0) {
    if (++at == kWords) return kRunClusters;
    word = words[at] ^ flip;
  }
  return at * kWordBits + static_cast<std::uint64_t>(std::countr_zero(word));
}

}  // namespace

struct ClusterMap::Bitmap {
  explicit Bitmap(const Words& words) : words(words) {
    std::uint32_t sum = 0;
    for (std::uint64_t at = 0; at < kWords; ++at) {
      if (at % kWordsPerBlock == 0) {
        ranks[at / kWordsPerBlock] = static_cast<std::uint16_t>(sum);
      }
      sum += static_cast<std::uint32_t>(std::popcount(words[at]));
    }
  }

  bool is_used(std::uint64_t bit) const {
    return (words[bit / kWordBits] >> (bit % kWordBits) & 1) != 0;
  }

  std::uint64_t rank(std::uint64_t bit) const {
    const std::uint64_t last = bit / kWordBits;
    std::uint64_t rank = ranks[last / kWordsPerBlock];
    for (auto at = round_down(last, kWordsPerBlock); at < last; ++at) {
      rank += static_cast<std::uint64_t>(std::popcount(words[at]));
    }
    return rank + static_cast<std::uint64_t>(
                      std::popcount(words[last] & bits_below(bit % kWordBits)));
  }

  std::uint64_t select(std::uint64_t k) const {
    const auto block = std::ranges::upper_bound(ranks, k) - ranks.begin() - 1;
    std::uint64_t at = static_cast<std::uint64_t>(block) * kWordsPerBlock;
    k -= ranks[static_cast<std::size_t>(block)];
    for (;; ++at) {
      const auto here = static_cast<std::uint64_t>(std::popcount(words[at]));
      if (k < here) return at * kWordBits + select_bit(words[at], k);
      k -= here;
    }
  }

  Words words;
  std::array<std::uint16_t, kBlocks> ranks;  // used before each 512 clusters
};

// Takes marks in rising order and closes each run as the next one begins.
class ClusterMap::Builder {
 public:
  Builder(std::uint64_t cluster_size, std::uint64_t count) {
    map_.cluster_size_ = cluster_size;
    map_.count_ = count;
    map_.runs_.resize(divide_up(count, kRunClusters));
  }

  // Marks [first, end). REQUIRES: first is not below an earlier first.
  void mark(std::uint64_t first, std::uint64_t end) {
    first = std::max(first, marked_);
    while (first < end) {
      if (first / kRunClusters != run_) close_run(first / kRunClusters);
      const std::uint64_t stop =
          std::min(end, round_down(first, kRunClusters) + kRunClusters);
      mark_in_run(first % kRunClusters, stop - first);
      first = stop;
    }
    marked_ = std::max(marked_, end);
  }

  ClusterMap finish() {
    close_run(map_.runs_.size());
    for (Run& run : map_.runs_) {
      run.used_before = map_.used_;
      map_.used_ += run.used;
    }
    return std::move(map_);
  }

 private:
  void mark_in_run(std::uint64_t bit, std::uint64_t length) {
    used_ += static_cast<std::uint32_t>(length);
    const std::uint64_t end = bit + length;
    while (bit < end) {
      const std::uint64_t shift = bit % kWordBits;
      const std::uint64_t bits = std::min(kWordBits - shift, end - bit);
      words_[bit / kWordBits] |= ~std::uint64_t{0} >> (kWordBits - bits)
                                                          << shift;
      bit += bits;
    }
  }

  void close_run(std::uint64_t next) {
    if (used_ > 0) {
      Run& run = map_.runs_[run_];
      run.used = used_;
      const std::uint64_t clusters =
          std::min(kRunClusters, map_.count_ - run_ * kRunClusters);
      if (used_ < clusters) run.bitmap = std::make_shared<Bitmap>(words_);
      words_.fill(0);
      used_ = 0;
    }
    run_ = next;
  }

  ClusterMap map_;
  Words words_{};
  std::uint64_t run_ = 0;     // that words_ describes
  std::uint32_t used_ = 0;    // bits set in words_
  std::uint64_t marked_ = 0;  // the end of the last mark
};

ClusterMap::ClusterMap(const ByteSource& disk, std::uint64_t cluster_size) {
  assert(std::has_single_bit(cluster_size));
  Builder builder(cluster_size, divide_up(disk.size(), cluster_size));
  for (std::uint64_t offset = 0; offset < disk.size();) {
    const Extent extent = disk.extent_at(offset);
    if (extent.kind == ExtentKind::zero) {
      offset = extent.end();
      continue;
    }
    // Whatever follows in the last cluster, it is used.
    offset = round_up(extent.end(), cluster_size);
    builder.mark(extent.offset / cluster_size,
                 divide_up(extent.end(), cluster_size));
  }
  *this = builder.finish();
}

ClusterMap ClusterMap::coarser(std::uint64_t factor) const {
  Builder builder(cluster_size_ * factor, divide_up(count_, factor));
  for (std::uint64_t cluster = next_used(0); cluster < count_;) {
    const Run& run = runs_[cluster / kRunClusters];
    const std::uint64_t run_end =
        std::min(count_, round_down(cluster, kRunClusters) + kRunClusters);
    const std::uint64_t end = run.bitmap ? cluster + 1 : run_end;
    builder.mark(cluster / factor, divide_up(end, factor));
    cluster = std::min(count_, round_up(end, factor));
    if (cluster < count_) cluster = next_used(cluster);
  }
  return builder.finish();
}

bool ClusterMap::is_used(std::uint64_t cluster) const noexcept {
  const Run& run = runs_[cluster / kRunClusters];
  return run.bitmap ? run.bitmap->is_used(cluster % kRunClusters)
                    : run.used > 0;
}

std::uint64_t ClusterMap::rank(std::uint64_t cluster) const noexcept {
  if (cluster == count_) return used_;
  const Run& run = runs_[cluster / kRunClusters];
  const std::uint64_t within = cluster % kRunClusters;
  if (run.bitmap) return run.used_before + run.bitmap->rank(within);
  return run.used_before + (run.used > 0 ? within : 0);
}

std::uint64_t ClusterMap::select(std::uint64_t k) const noexcept {
  const auto after = std::ranges::upper_bound(runs_, k, {}, &Run::used_before);
  const auto run = std::prev(after);
  const std::uint64_t within = k - run->used_before;
  return static_cast<std::uint64_t>(run - runs_.begin()) * kRunClusters +
         (run->bitmap ? run->bitmap->select(within) : within);
}

std::uint64_t ClusterMap::next_used(std::uint64_t cluster) const noexcept {
  if (cluster >= count_) return count_;
  const Run& run = runs_[cluster / kRunClusters];
  if (!run.bitmap && run.used > 0) return cluster;
  if (run.bitmap) {
    const std::uint64_t bit =
        next_bit(run.bitmap->words, cluster % kRunClusters, 0);
    if (bit < kRunClusters) return round_down(cluster, kRunClusters) + bit;
  }
  const std::uint64_t below = run.used_before + run.used;
  return below < used_ ? select(below) : count_;
}

std::uint64_t ClusterMap::next_unused(std::uint64_t cluster) const noexcept {
  while (cluster < count_) {
    const Run& run = runs_[cluster / kRunClusters];
    const std::uint64_t run_start = round_down(cluster, kRunClusters);
    if (run.bitmap) {
      const std::uint64_t bit =
          next_bit(run.bitmap->words, cluster - run_start, ~std::uint64_t{0});
      if (bit < kRunClusters) return std::min(count_, run_start + bit);
    } else if (run.used == 0) {
      return cluster;
    }
    cluster = run_start + kRunClusters;
  }
  return count_;
}

}  // namespace platter::block
