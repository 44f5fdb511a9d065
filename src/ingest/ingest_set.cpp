// src/ingest/ingest_set.cpp
#include "platter/ingest/ingest_set.h"

#include "platter/format/disk_set.h"
#include "store_original.h"

namespace platter::ingest {

namespace {

std::vector<format::Placement> placements_of(const format::SetGuest& guest,
                                             std::size_t part) {
  std::vector<format::Placement> placements;
  guest.for_each_placement(part, [&](const format::Placement& placement) {
    placements.push_back(placement);
  });
  return placements;
}

}  // namespace

IngestedSet ingest_set(store::Store& store, Workers& workers,
                       const SetUpload& upload) {
  const auto guest = format::open_set(*upload.descriptor, upload.parts);
  IngestedSet result;
  Ingested& disk = result.disk;
  disk.format = format::Format::vmdk;
  disk.container = "bare";
  disk.guest = store_disk(store, workers, *guest);
  disk.original = store_original(store, workers, upload.descriptor, {});
  disk.view_sizes = view_sizes(
      disk.format, image::open_disk(store, *disk.guest), upload.identity);
  disk.stored_size = image::stored_size(store, *disk.guest) +
                     image::stored_size(store, disk.original.literal);
  for (std::size_t part = 0; part < upload.parts.size(); ++part) {
    result.parts.push_back(store_original(store, workers, upload.parts[part],
                                          placements_of(*guest, part)));
    disk.stored_size += image::stored_size(store, result.parts.back().literal);
  }
  store.sync();
  return result;
}

}  // namespace platter::ingest
