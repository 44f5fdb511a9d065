// src/block/cluster_map.cpp: runs of clusters with how many are used before
// each; bitmaps of those that are neither holes nor data altogether.
#include "platter/block/cluster_map.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>
#include <string>

#include "platter/base/error.h"
#include "platter/base/integers.h"

namespace platter::block {

namespace {

constexpr std::uint64_t kWordBits = 64;

std::uint64_t bits_below(std::uint64_t bit) {
  return (std::uint64_t{1} << bit) - 1;
}

std::uint64_t ones(std::uint64_t word) {
  return static_cast<std::uint64_t>(std::popcount(word));
}

// The place of the set bit with rank k. REQUIRES: k < ones(word).
std::uint64_t select_bit(std::uint64_t word, std::uint64_t k) {
  for (; k > 0; --k) word &= word - 1;
  return static_cast<std::uint64_t>(std::countr_zero(word));
}

std::uint64_t count_ones(std::span<const std::uint64_t> words) {
  std::uint64_t sum = 0;
  for (const std::uint64_t word : words) sum += ones(word);
  return sum;
}

// Those before `bit`.
std::uint64_t count_ones(std::span<const std::uint64_t> words,
                         std::uint64_t bit) {
  const std::uint64_t whole = bit / kWordBits;
  const std::uint64_t rest = bit % kWordBits;
  return count_ones(words.first(whole)) +
         (rest > 0 ? ones(words[whole] & bits_below(rest)) : 0);
}

void set_bits(std::span<std::uint64_t> words, std::uint64_t bit,
              std::uint64_t end) {
  while (bit < end) {
    const std::uint64_t shift = bit % kWordBits;
    const std::uint64_t bits = std::min(kWordBits - shift, end - bit);
    words[bit / kWordBits] |= ~std::uint64_t{0} >> (kWordBits - bits) << shift;
    bit += bits;
  }
}

// The first set bit of `words`, each turned over by `flip`, at or after
// `bit`; as many as there are if there is none.
std::uint64_t next_bit(std::span<const std::uint64_t> words, std::uint64_t bit,
                       std::uint64_t flip) {
  std::uint64_t at = bit / kWordBits;
  std::uint64_t word = (words[at] ^ flip) & ~bits_below(bit % kWordBits);
  while (word == 0) {
    if (++at == words.size()) return words.size() * kWordBits;
    word = words[at] ^ flip;
  }
  return at * kWordBits + static_cast<std::uint64_t>(std::countr_zero(word));
}

// A bit for each two of `word`, the lower half of what is returned: set where
// either was.
std::uint64_t halved(std::uint64_t word) {
  word = (word | word >> 1) & 0x5555'5555'5555'5555;
  word = (word | word >> 1) & 0x3333'3333'3333'3333;
  word = (word | word >> 2) & 0x0f0f'0f0f'0f0f'0f0f;
  word = (word | word >> 4) & 0x00ff'00ff'00ff'00ff;
  word = (word | word >> 8) & 0x0000'ffff'0000'ffff;
  return (word | word >> 16) & 0x0000'0000'ffff'ffff;
}

// Calls mark(first, end) for the clusters that data extents of [begin, end)
// touch, in order; the last of one may be the first of the next.
template <typename Mark>
void for_each_touched(const ByteSource& disk, std::uint64_t cluster_size,
                      std::uint64_t begin, std::uint64_t end, Mark mark) {
  while (begin < end) {
    const Extent extent = disk.extent_at(begin);
    const std::uint64_t extent_end = std::min(extent.end(), end);
    if (extent.kind == ExtentKind::data) {
      mark(begin / cluster_size, divide_up(extent_end, cluster_size));
      // Whatever follows in the last cluster, it is used.
      begin = round_up(extent_end, cluster_size);
    } else {
      begin = extent_end;
    }
  }
}

}  // namespace

const ClusterMap::Words& ClusterMap::LazyWords::set(const Words& words) const {
  auto made = std::make_unique<const Words>(words);
  const Words* kept = nullptr;
  if (!words_.compare_exchange_strong(kept, made.get())) return *kept;
  return *made.release();
}

// Takes marks in rising order and closes each run as the next one begins.
class ClusterMap::Builder {
 public:
  explicit Builder(ClusterMap& map) : map_(map) {}

  // Marks [first, end). REQUIRES: first is not below an earlier first.
  void mark(std::uint64_t first, std::uint64_t end) {
    first = std::max(first, marked_);
    while (first < end) {
      if (first / kRunClusters != run_) close_run(first / kRunClusters);
      const std::uint64_t begin = run_ * kRunClusters;
      const std::uint64_t stop = std::min(end, begin + kRunClusters);
      set_bits(words_, first - begin, stop - begin);
      used_ += stop - first;
      first = stop;
    }
    marked_ = std::max(marked_, end);
  }

  // Marks the clusters from `first` on whose bit is set. REQUIRES: they lie in
  // one word of a run, and first is not below an earlier first.
  void mark_word(std::uint64_t first, std::uint64_t bits) {
    if (first / kRunClusters != run_) close_run(first / kRunClusters);
    std::uint64_t& word = words_[first % kRunClusters / kWordBits];
    bits = bits << first % kWordBits & ~word;
    word |= bits;
    used_ += ones(bits);
  }

  // Once, after the last mark.
  void finish() { close_run(run_ + 1); }

 private:
  void close_run(std::uint64_t next) {
    if (used_ > 0) {
      const std::uint64_t clusters =
          std::min(kRunClusters, map_.count_ - run_ * kRunClusters);
      map_.runs_.push_back(
          {run_, map_.used_,
           used_ < clusters ? LazyWords(words_) : LazyWords()});
      map_.used_ += used_;
      words_.fill(0);
      used_ = 0;
    }
    run_ = next;
  }

  ClusterMap& map_;
  Words words_{};
  std::uint64_t run_ = 0;     // that words_ describes
  std::uint64_t used_ = 0;    // bits set in words_
  std::uint64_t marked_ = 0;  // the end of the last mark
};

ClusterMap::ClusterMap(const ByteSource& disk, std::uint64_t cluster_size)
    : disk_(disk),
      cluster_size_(cluster_size),
      count_(divide_up(disk.size(), cluster_size)) {
  assert(std::has_single_bit(cluster_size));
  static_assert(kRunClusters * Tally::kCluster == Tally::kSpan);
  const bool counted = cluster_size == Tally::kCluster;
  const auto tallies = counted || cluster_size >= kMiB
                           ? disk.tallies()
                           : std::optional<std::vector<Tally>>();
  if (!tallies) {
    mark_extents();
  } else if (counted) {
    count_tallies(*tallies);
  } else {
    mark_tallies(*tallies);
  }
}

void ClusterMap::count_tallies(const std::vector<Tally>& tallies) {
  runs_.reserve(tallies.size());
  for (const Tally& tally : tallies) {
    runs_.push_back({tally.part, used_, {}});
    used_ += tally.clusters;
  }
}

void ClusterMap::mark_tallies(const std::vector<Tally>& tallies) {
  Builder builder(*this);
  for (const Tally& tally : tallies) {
    const std::uint64_t first = tally.part * Tally::kSpan / cluster_size_;
    const std::uint64_t left = count_ - std::min(first, count_);
    std::uint64_t bits = tally.mebibytes;
    for (auto size = kMiB; size < cluster_size_ && size < Tally::kSpan;
         size *= 2) {
      bits = halved(bits);
    }
    if (left < kWordBits) bits &= bits_below(left);
    if (bits != 0) builder.mark_word(first, bits);
  }
  builder.finish();
}

void ClusterMap::mark_extents() {
  Builder builder(*this);
  for_each_touched(disk_, cluster_size_, 0, disk_.size(),
                   [&](std::uint64_t first, std::uint64_t end) {
                     builder.mark(first, end);
                   });
  builder.finish();
}

// The first run that has `cluster` or comes after it.
ClusterMap::RunAt ClusterMap::run_from(std::uint64_t cluster) const {
  return std::ranges::lower_bound(runs_, cluster / kRunClusters, {},
                                  &Run::number);
}

std::uint64_t ClusterMap::used_of(RunAt run) const {
  const auto next = std::next(run);
  return (next == runs_.end() ? used_ : next->used_before) - run->used_before;
}

std::uint64_t ClusterMap::clusters_of(RunAt run) const {
  return std::min(kRunClusters, count_ - run->number * kRunClusters);
}

const ClusterMap::Words* ClusterMap::words_of(RunAt run) const {
  if (const Words* known = run->words.get()) return known;
  const std::uint64_t used = used_of(run);
  if (used == clusters_of(run)) return nullptr;
  return &run->words.set(find_words(*run, used));
}

ClusterMap::Words ClusterMap::find_words(const Run& run,
                                         std::uint64_t expected) const {
  const std::uint64_t first = run.number * kRunClusters;
  const std::uint64_t begin = first * cluster_size_;
  const std::uint64_t end =
      std::min(begin + kRunClusters * cluster_size_, disk_.size());
  Words words{};
  for_each_touched(disk_, cluster_size_, begin, end,
                   [&](std::uint64_t from, std::uint64_t to) {
                     set_bits(words, from - first, to - first);
                   });
  if (count_ones(words) != expected) {
    throw Error(Errc::damaged,
                "disk: " + std::to_string(count_ones(words)) +
                    " clusters hold data from byte " + std::to_string(begin) +
                    " on, where its map counts " + std::to_string(expected));
  }
  return words;
}

bool ClusterMap::is_used(std::uint64_t cluster) const {
  const auto run = run_from(cluster);
  if (run == runs_.end() || run->number != cluster / kRunClusters) return false;
  const Words* words = words_of(run);
  const std::uint64_t bit = cluster % kRunClusters;
  return !words || ((*words)[bit / kWordBits] >> bit % kWordBits & 1) != 0;
}

std::uint64_t ClusterMap::rank(std::uint64_t cluster) const {
  const auto run = run_from(cluster);
  if (run == runs_.end()) return used_;
  const std::uint64_t bit = cluster % kRunClusters;
  if (run->number != cluster / kRunClusters || bit == 0) {
    return run->used_before;
  }
  const Words* words = words_of(run);
  return run->used_before + (words ? count_ones(*words, bit) : bit);
}

std::uint64_t ClusterMap::select(std::uint64_t k) const {
  const auto run =
      std::prev(std::ranges::upper_bound(runs_, k, {}, &Run::used_before));
  const std::uint64_t first = run->number * kRunClusters;
  k -= run->used_before;
  const Words* words = words_of(run);
  if (!words) return first + k;
  for (std::uint64_t at = 0;; ++at) {
    const std::uint64_t word = (*words)[at];
    if (k < ones(word)) return first + at * kWordBits + select_bit(word, k);
    k -= ones(word);
  }
}

std::uint64_t ClusterMap::next_used(std::uint64_t cluster) const {
  std::uint64_t bit = cluster % kRunClusters;
  for (auto run = run_from(cluster); run != runs_.end(); ++run) {
    if (run->number != cluster / kRunClusters) bit = 0;
    const Words* words = words_of(run);
    if (words) bit = next_bit(*words, bit, 0);
    if (bit < kRunClusters) return run->number * kRunClusters + bit;
  }
  return count_;
}

std::uint64_t ClusterMap::used_in_a_row(std::uint64_t cluster,
                                        std::uint64_t most) const {
  const std::uint64_t limit = std::min(count_ - cluster, most);
  std::uint64_t end = cluster;
  for (auto run = run_from(cluster); run != runs_.end(); ++run) {
    if (end - cluster >= limit || run->number != end / kRunClusters) break;
    const Words* words = words_of(run);
    const std::uint64_t stop =
        words ? next_bit(*words, end % kRunClusters, ~std::uint64_t{0})
              : kRunClusters;
    end = run->number * kRunClusters + stop;
    if (stop < kRunClusters) break;
  }
  return std::min(end - cluster, limit);
}

void ClusterMap::for_each_used(std::uint64_t first, std::uint64_t end,
                               const Visitor& visit) const {
  std::uint64_t rank = this->rank(std::min(first, count_));
  for (auto run = run_from(first); run != runs_.end(); ++run) {
    const std::uint64_t begin = run->number * kRunClusters;
    if (begin >= end) break;
    const std::uint64_t stop = std::min(end - begin, clusters_of(run));
    const Words* words = words_of(run);
    std::uint64_t bit = first > begin ? first - begin : 0;
    while (bit < stop) {
      if (words) bit = next_bit(*words, bit, 0);
      if (bit >= stop) break;
      visit(begin + bit++, rank++);
    }
  }
}

}  // namespace platter::block
