// src/format/placements.cpp
#include "placements.h"

#include <algorithm>
#include <limits>

namespace platter::format {

namespace {

// The lowest `batch` placements at or above a floor.
class Lowest {
 public:
  Lowest(std::uint64_t floor, std::size_t batch)
      : floor_(floor), batch_(batch) {}

  void add(const Placement& placement) {
    if (placement.file_offset < floor_) return;
    if (placement.file_offset >= ceiling_) return;
    kept_.push_back(placement);
    if (kept_.size() == 2 * batch_) drop_highest();
  }

  std::vector<Placement> sorted() {
    if (kept_.size() > batch_) drop_highest();
    std::ranges::sort(kept_, {}, &Placement::file_offset);
    return std::move(kept_);
  }

  // Placements from here on were left out.
  std::uint64_t ceiling() const { return ceiling_; }

 private:
  void drop_highest() {
    const auto middle = kept_.begin() + static_cast<std::ptrdiff_t>(batch_);
    std::ranges::nth_element(kept_, middle, {}, &Placement::file_offset);
    ceiling_ = middle->file_offset;
    kept_.erase(middle, kept_.end());
  }

  std::uint64_t floor_;
  std::size_t batch_;
  std::uint64_t ceiling_ = std::numeric_limits<std::uint64_t>::max();
  std::vector<Placement> kept_;
};

// Joins what follows in the file and in the guest.
class Joiner {
 public:
  explicit Joiner(const PlacementVisitor& visit) : visit_(visit) {}

  void add(const Placement& next) {
    if (pending_.length > 0 &&
        next.file_offset == pending_.file_offset + pending_.length &&
        next.guest_offset == pending_.guest_offset + pending_.length) {
      pending_.length += next.length;
      return;
    }
    finish();
    pending_ = next;
  }

  void finish() {
    if (pending_.length > 0) visit_(pending_);
    pending_ = {};
  }

 private:
  const PlacementVisitor& visit_;
  Placement pending_;
};

}  // namespace

void visit_in_file_order(const PlacementWalk& walk,
                         const PlacementVisitor& visit, std::size_t batch) {
  Joiner joiner(visit);
  std::uint64_t floor = 0;
  while (floor < std::numeric_limits<std::uint64_t>::max()) {
    Lowest lowest(floor, batch);
    walk([&](const Placement& placement) { lowest.add(placement); });
    for (const Placement& placement : lowest.sorted()) joiner.add(placement);
    floor = lowest.ceiling();
  }
  joiner.finish();
}

}  // namespace platter::format
