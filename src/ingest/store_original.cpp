// src/ingest/store_original.cpp
#include "store_original.h"

#include <algorithm>

#include "platter/format/view.h"
#include "platter/ingest/ingest.h"

namespace platter::ingest {

using format::Placement;

namespace {

// The uploaded file with its guest data left out: what only the file itself
// can give back.
class Literal final : public block::ByteSource {
 public:
  Literal(block::SourcePtr file, std::vector<Placement> placements)
      : file_(std::move(file)), placements_(std::move(placements)) {}

  std::uint64_t size() const noexcept override { return file_->size(); }

  void read(std::uint64_t offset, MutableBytes out) const override {
    while (!out.empty()) {
      const block::Extent extent = extent_at(offset);
      const std::size_t part =
          std::min<std::uint64_t>(extent.length, out.size());
      if (extent.kind == block::ExtentKind::data) {
        file_->read(offset, out.first(part));
      } else {
        std::ranges::fill(out.first(part), std::byte{0});
      }
      offset += part;
      out = out.subspan(part);
    }
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    const auto next = std::ranges::upper_bound(placements_, offset, {},
                                               &Placement::file_offset);
    if (next != placements_.begin()) {
      const Placement& before = *std::prev(next);
      const std::uint64_t end = before.file_offset + before.length;
      if (offset < end) {
        return {offset, end - offset, block::ExtentKind::zero};
      }
    }
    block::Extent extent = file_->extent_at(offset);
    if (next != placements_.end()) {
      extent.length = std::min(extent.end(), next->file_offset) - offset;
    }
    return extent;
  }

 private:
  block::SourcePtr file_;
  std::vector<Placement> placements_;
};

// Of an optical disc, which is nobody's hard disk, only its bytes are shown.
bool is_shown(format::Format sent, format::View view) {
  return sent != format::Format::iso || view == format::View::raw;
}

}  // namespace

image::Original store_original(store::Store& store, Workers& workers,
                               block::SourcePtr file,
                               std::vector<Placement> placements) {
  image::FileMapBuilder runs(store, file->size());
  for (const Placement& placement : placements) {
    runs.add(placement.file_offset, placement.guest_offset, placement.length);
  }
  image::Original original;
  original.size = file->size();
  original.runs = runs.finish();
  original.literal = store_disk(
      store, workers, Literal(std::move(file), std::move(placements)));
  return original;
}

std::map<std::string, std::uint64_t> view_sizes(
    format::Format sent, const block::SourcePtr& guest,
    const format::Identity& identity) {
  std::map<std::string, std::uint64_t> sizes;
  for (const format::View view : format::views()) {
    if (!is_shown(sent, view) || !format::can_hold(view, *guest)) continue;
    const auto file = format::make_view(view, guest, identity);
    sizes.emplace(name_of(view), file->size());
  }
  return sizes;
}

}  // namespace platter::ingest
