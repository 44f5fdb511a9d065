// src/ingest/range_set.cpp
#include <algorithm>
#include <limits>

#include "platter/ingest/staging.h"

namespace platter::ingest {

void RangeSet::insert(std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return;
  auto next = ranges_.upper_bound(begin);
  if (next != ranges_.begin() && std::prev(next)->second >= begin) --next;
  while (next != ranges_.end() && next->first <= end) {
    begin = std::min(begin, next->first);
    end = std::max(end, next->second);
    total_ -= next->second - next->first;
    next = ranges_.erase(next);
  }
  ranges_.emplace(begin, end);
  total_ += end - begin;
}

void RangeSet::erase(std::uint64_t begin, std::uint64_t end) {
  if (begin >= end) return;
  RangeSet behind;
  for (auto at = ranges_.rbegin(); at != ranges_.rend(); ++at) {
    if (at->second <= end) break;
    behind.insert(std::max(at->first, end), at->second);
  }
  cut(begin);
  for (const auto& [first, last] : behind.ranges_) insert(first, last);
}

void RangeSet::cut(std::uint64_t begin) {
  auto next = ranges_.lower_bound(begin);
  if (next != ranges_.begin()) {
    auto last = std::prev(next);
    if (last->second > begin) {
      total_ -= last->second - begin;
      last->second = begin;
    }
  }
  while (next != ranges_.end()) {
    total_ -= next->second - next->first;
    next = ranges_.erase(next);
  }
}

bool RangeSet::contains(std::uint64_t offset) const {
  const auto next = ranges_.upper_bound(offset);
  return next != ranges_.begin() && std::prev(next)->second > offset;
}

std::uint64_t RangeSet::run_end(std::uint64_t offset) const {
  const auto next = ranges_.upper_bound(offset);
  if (next != ranges_.begin() && std::prev(next)->second > offset) {
    return std::prev(next)->second;
  }
  return next == ranges_.end() ? std::numeric_limits<std::uint64_t>::max()
                               : next->first;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> RangeSet::hull() const {
  if (ranges_.empty()) return std::nullopt;
  return std::pair(ranges_.begin()->first, ranges_.rbegin()->second);
}

}  // namespace platter::ingest
