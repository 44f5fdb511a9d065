// src/ingest/ingest.cpp
#include "platter/ingest/ingest.h"

#include <algorithm>

#include "platter/base/integers.h"
#include "platter/format/view.h"
#include "recognise.h"
#include "unwrap.h"

namespace platter::ingest {

namespace {

using format::Format;
using format::Placement;
using GuestPtr = std::shared_ptr<const format::Guest>;

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
bool is_shown(Format sent, format::View view) {
  return sent != Format::iso || view == format::View::raw;
}

// Where an upload has guest bytes as they are: nowhere if `guest` is null.
// `offset`: of the disk file in it; nullopt when that is compressed there.
std::vector<Placement> placements_of(const GuestPtr& guest,
                                     std::optional<std::uint64_t> offset) {
  std::vector<Placement> placements;
  if (!guest || !offset) return placements;
  guest->for_each_placement([&](Placement placement) {
    placement.file_offset += *offset;
    placements.push_back(placement);
  });
  return placements;
}

// What is said of an encrypted disk when its guest was asked for.
void note_encrypted(Ingested& result, const format::Encrypted& disk) {
  result.encrypted_size = disk.guest_size();
  result.note = "the disk is encrypted with " + std::string(disk.method()) +
                " inside the " + std::string(name_of(result.format)) +
                "; only the file as it was sent is here";
}

// nullptr: the disk is encrypted, which `result` then says.
GuestPtr open_guest(const block::SourcePtr& file, Ingested& result) {
  try {
    return format::open_guest(result.format, file);
  } catch (const format::Encrypted& disk) {
    note_encrypted(result, disk);
    return nullptr;
  }
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

// The disk, and the sizes of its views. These are worked out from what was
// stored, as readers will see it: pages of zeros in the upload are holes by
// now.
void store_guest(store::Store& store, Workers& workers, const Upload& upload,
                 const format::Guest& guest, Ingested& result) {
  result.guest = store_disk(store, workers, guest);
  const auto stored = image::open_disk(store, *result.guest);
  for (const format::View view : format::views()) {
    if (!is_shown(result.format, view)) continue;
    if (!format::can_hold(view, *stored)) continue;
    const auto file = format::make_view(view, stored, upload.identity);
    result.view_sizes.emplace(name_of(view), file->size());
  }
  result.stored_size += image::stored_size(store, *result.guest);
}

}  // namespace

block::SourcePtr open_upload(const Upload& upload) {
  const DiskFile disk = unwrapped(upload);
  return format::open_guest(recognise(disk.upload).format, disk.upload.file);
}

Ingested ingest(store::Store& store, Workers& workers, const Upload& upload) {
  const DiskFile disk = unwrapped(upload);
  Ingested result;
  result.wrapper = disk.wrapper;
  result.container = container_of(disk.wrapper);
  const Recognised found = recognise(disk.upload);
  result.format = found.format;
  result.looks_like = found.looks_like;
  const GuestPtr guest = open_guest(disk.upload.file, result);
  if (guest) store_guest(store, workers, upload, *guest, result);
  result.original = store_original(store, workers, upload.file,
                                   placements_of(guest, disk.offset));
  result.stored_size += image::stored_size(store, result.original.literal);
  store.sync();
  return result;
}

}  // namespace platter::ingest
