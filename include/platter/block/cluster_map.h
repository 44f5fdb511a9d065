// include/platter/block/cluster_map.h
//
// Which clusters of a disk hold data, answered by rank and select, so that a
// view's tables can be worked out at any place without being stored.
//
// A cluster counts as used when any byte of it lies in a data extent. What a
// disk's tallies tell is not looked for: of clusters of 64 KiB only their
// number is known at first, for every 64 MiB, and which they are is found out
// where somebody asks; clusters of 1 MiB or more are known at once.
//
// Memory follows what is used: 24 bytes for 1024 clusters that are not all
// holes, 144 more if they are not all data either and it was asked which.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "platter/block/source.h"

namespace platter::block {

// Never changes, as far as anybody can see; safe to share between threads. The
// members throw what extent_at() of the disk throws, and Errc::damaged when
// its tallies contradict its extents.
class ClusterMap {
 public:
  // Reads no data. Walks the extents of `disk` once unless tallies make that
  // needless. REQUIRES: `disk` outlives the map; cluster_size is a power of
  // two.
  ClusterMap(const ByteSource& disk, std::uint64_t cluster_size);

  std::uint64_t cluster_size() const noexcept { return cluster_size_; }
  // Clusters of the disk, used or not; the last one may be short.
  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t used() const noexcept { return used_; }

  // REQUIRES: cluster < count().
  bool is_used(std::uint64_t cluster) const;
  // Used clusters below `cluster`. REQUIRES: cluster <= count().
  std::uint64_t rank(std::uint64_t cluster) const;
  // The used cluster with rank `k`. REQUIRES: k < used().
  std::uint64_t select(std::uint64_t k) const;
  // The first used cluster at or after `cluster`; count() if there is none
  // (so for a `cluster` past the end).
  std::uint64_t next_used(std::uint64_t cluster) const;
  // How many clusters from `cluster` on are used without a gap; `most` or more
  // are `most`. REQUIRES: cluster < count().
  std::uint64_t used_in_a_row(std::uint64_t cluster, std::uint64_t most) const;

  // Calls `visit` for the used clusters from `first` up to before `end`, in
  // order, with their rank. Much quicker than asking for each.
  using Visitor =
      std::function<void(std::uint64_t cluster, std::uint64_t rank)>;
  void for_each_used(std::uint64_t first, std::uint64_t end,
                     const Visitor& visit) const;

 private:
  class Builder;
  static constexpr std::uint64_t kRunClusters = 1'024;
  using Words = std::array<std::uint64_t, kRunClusters / 64>;  // a bit each

  // Words that are put there by whoever needs them first.
  class LazyWords {
   public:
    LazyWords() = default;
    explicit LazyWords(const Words& words) : words_(new Words(words)) {}
    LazyWords(LazyWords&& other) noexcept
        : words_(other.words_.exchange(nullptr)) {}
    LazyWords& operator=(LazyWords&&) = delete;
    ~LazyWords() { delete words_.load(); }

    // Null before set() was called.
    const Words* get() const noexcept { return words_.load(); }
    // What is kept: the words of whoever came first.
    const Words& set(const Words& words) const;

   private:
    mutable std::atomic<const Words*> words_ = nullptr;
  };

  // kRunClusters clusters, not all of them unused.
  struct Run {
    std::uint64_t number;       // it begins at number * kRunClusters
    std::uint64_t used_before;  // used clusters of all earlier runs
    LazyWords words;            // never set when all are used
  };
  using RunAt = std::vector<Run>::const_iterator;

  void count_tallies(const std::vector<Tally>& tallies);
  void mark_tallies(const std::vector<Tally>& tallies);
  void mark_extents();

  RunAt run_from(std::uint64_t cluster) const;
  std::uint64_t used_of(RunAt run) const;
  std::uint64_t clusters_of(RunAt run) const;
  // Null: all are used.
  const Words* words_of(RunAt run) const;
  Words find_words(const Run& run, std::uint64_t expected) const;

  const ByteSource& disk_;
  std::uint64_t cluster_size_;
  std::uint64_t count_;
  std::uint64_t used_ = 0;
  std::vector<Run> runs_;  // in order
};

}  // namespace platter::block
