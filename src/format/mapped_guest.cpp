// src/format/mapped_guest.cpp
#include "mapped_guest.h"

namespace platter::format {

void MappedGuest::read(std::uint64_t offset, MutableBytes out) const {
  while (!out.empty()) {
    const Run run = run_at(offset, offset + out.size());
    read_run(run, offset, out.first(run.length));
    offset += run.length;
    out = out.subspan(run.length);
  }
}

block::Extent MappedGuest::extent_at(std::uint64_t offset) const {
  const Run run = run_at(offset, size_);
  const bool hole = run.place.kind == Place::Kind::hole;
  return {offset, run.length,
          hole ? block::ExtentKind::zero : block::ExtentKind::data};
}

void MappedGuest::for_each_placement(const PlacementVisitor& visit) const {
  const auto walk = [this](const PlacementVisitor& inner) {
    for (std::uint64_t offset = 0; offset < size_;) {
      const Run run = run_at(offset, size_);
      if (run.place.kind == Place::Kind::stored) {
        inner({run.place.file_offset, offset, run.length});
      }
      offset += run.length;
    }
  };
  visit_in_file_order(walk, visit);
}

void MappedGuest::read_run(const Run& run, std::uint64_t,
                           MutableBytes out) const {
  if (run.place.kind == Place::Kind::hole) {
    std::ranges::fill(out, std::byte{0});
  } else {
    file_->read(run.place.file_offset, out);
  }
}

}  // namespace platter::format
