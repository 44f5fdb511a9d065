// src/ingest/ingest.cpp
#include "platter/ingest/ingest.h"

#include <algorithm>

#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "unwrap.h"

namespace platter::ingest {

namespace {

using format::Format;
using format::Placement;

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

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

// The content decides; a name or a declaration that says otherwise is a
// mistake that is better told now than found at boot.
Format agreed_format(const Upload& upload) {
  if (upload.declared == Format::raw) return Format::raw;
  const Format found = format::probe(*upload.file);
  if (upload.declared && *upload.declared != found) {
    throw Error(Errc::invalid,
                quoted(upload.file_name) + " holds a " +
                    std::string(name_of(found)) +
                    " disk, but disk_format was set to " +
                    std::string(name_of(*upload.declared)) +
                    "; remove user.disk_format or send the right file");
  }
  const auto claimed = format::format_claimed_by(upload.file_name);
  if (!upload.declared && claimed && *claimed != found) {
    throw Error(Errc::invalid,
                quoted(upload.file_name) + " holds a " +
                    std::string(name_of(found)) + " disk; name it ." +
                    std::string(name_of(found)) +
                    ", or, to keep these bytes as a raw disk, set "
                    "user.disk_format=raw on the image before the upload");
  }
  return found;
}

// Where an upload has guest bytes as they are. `offset`: of the disk file in
// it; nullopt when that is compressed there.
std::vector<Placement> placements_of(const format::Guest& guest,
                                     std::optional<std::uint64_t> offset) {
  std::vector<Placement> placements;
  if (!offset) return placements;
  guest.for_each_placement([&](Placement placement) {
    placement.file_offset += *offset;
    placements.push_back(placement);
  });
  return placements;
}

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

}  // namespace

block::SourcePtr open_upload(const Upload& upload) {
  const DiskFile disk = unwrapped(upload);
  return format::open_guest(agreed_format(disk.upload), disk.upload.file);
}

Ingested ingest(store::Store& store, Workers& workers, const Upload& upload) {
  const DiskFile disk = unwrapped(upload);
  Ingested result;
  result.wrapper = disk.wrapper;
  result.container = container_of(disk.wrapper);
  result.format = agreed_format(disk.upload);
  const auto guest = format::open_guest(result.format, disk.upload.file);
  result.guest = store_disk(store, workers, *guest);
  result.original = store_original(store, workers, upload.file,
                                   placements_of(*guest, disk.offset));
  // The views are sized from what was stored, as readers will see it: pages
  // of zeros in the upload are holes by now.
  const auto stored = image::open_disk(store, *result.guest);
  for (const Format format : format::kFormats) {
    if (!format::can_hold(format, *stored)) continue;
    const auto view = format::make_view(format, stored, upload.identity);
    result.view_sizes.emplace(name_of(format), view->size());
  }
  result.stored_size = image::stored_size(store, *result.guest) +
                       image::stored_size(store, result.original.literal);
  store.sync();
  return result;
}

}  // namespace platter::ingest
