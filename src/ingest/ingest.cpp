// src/ingest/ingest.cpp
#include "platter/ingest/ingest.h"

#include "rebuild.h"
#include "recognise.h"
#include "store_original.h"
#include "unwrap.h"

namespace platter::ingest {

namespace {

using format::Format;
using format::Placement;

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
    result.view_sizes = view_sizes(result.format, stored, upload.identity);
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
