// src/ingest/ingest.cpp
#include "platter/ingest/ingest.h"

#include <algorithm>

#include "platter/base/integers.h"
#include "platter/format/view.h"
#include "rebuild.h"
#include "recognise.h"
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

// Of an optical disc, which is nobody's hard disk, only its bytes are shown.
bool is_shown(Format sent, format::View view) {
  return sent != Format::iso || view == format::View::raw;
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

using GuestPtr = std::shared_ptr<const format::Guest>;

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

// A file that is kept, and where it has guest bytes as they are.
struct Kept {
  block::SourcePtr file;
  std::vector<Placement> placements;
  bool rebuilt = false;
};

// Another file in the place of `sent`, or that one where it costs little.
// `stored`: the guest as the store has it.
Kept rebuilt_file(const Upload& upload, Format format, Kept sent,
                  const block::SourcePtr& stored) {
  const auto besides = bytes_besides(*sent.file, sent.placements);
  if (!is_costly(besides, *stored)) return sent;
  const auto file = rebuilt(format, stored, upload.identity);
  if (!file) return sent;
  return {file, placements_of(*format::open_guest(format, file), 0), true};
}

std::map<std::string, std::uint64_t> sizes_of_views(
    Format sent, const block::SourcePtr& guest,
    const format::Identity& identity) {
  std::map<std::string, std::uint64_t> sizes;
  for (const format::View view : format::views()) {
    if (!is_shown(sent, view) || !format::can_hold(view, *guest)) continue;
    const auto file = format::make_view(view, guest, identity);
    sizes.emplace(name_of(view), file->size());
  }
  return sizes;
}

}  // namespace

block::SourcePtr open_upload(const Upload& upload) {
  const DiskFile disk = unwrapped(upload);
  return format::open_guest(recognise(disk.upload).format, disk.upload.file);
}

Ingested ingest(store::Store& store, Workers& workers, const Upload& upload) {
  const DiskFile disk = unwrapped(upload);
  Ingested result;
  const Recognised found = recognise(disk.upload);
  result.format = found.format;
  result.looks_like = found.looks_like;
  const GuestPtr guest = open_guest(disk.upload.file, result);
  Kept kept{upload.file, {}};
  if (guest) {
    result.guest = store_disk(store, workers, *guest);
    // Views are made of what was stored, as readers will see it: pages of
    // zeros in the upload are holes by now.
    const auto stored = image::open_disk(store, *result.guest);
    kept.placements = placements_of(*guest, disk.offset);
    if (upload.keep == Keep::rebuild) {
      kept = rebuilt_file(upload, result.format, std::move(kept), stored);
    }
    result.view_sizes = sizes_of_views(result.format, stored, upload.identity);
    result.stored_size += image::stored_size(store, *result.guest);
  }
  result.rebuilt = kept.rebuilt;
  result.wrapper = kept.rebuilt ? "" : disk.wrapper;
  result.container = container_of(result.wrapper);
  result.original = store_original(store, workers, std::move(kept.file),
                                   std::move(kept.placements));
  result.stored_size += image::stored_size(store, result.original.literal);
  store.sync();
  return result;
}

}  // namespace platter::ingest
