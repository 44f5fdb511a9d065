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

}  // namespace platter::ingest
