// src/format/qcow2.cpp: the qcow2 format, as the others see it.
#include <fmt/core.h>

#include "driver.h"
#include "platter/base/integers.h"
#include "qcow2_layout.h"
#include "qcow2_reader.h"
#include "qcow2_view.h"
#include "words.h"

namespace platter::format {

namespace {

// Version 1 is another format; later ones than we read are told so.
bool recognises(const block::ByteSource& file) {
  if (file.size() < 8) return false;
  std::array<std::byte, 8> start;
  file.read(0, start);
  return load_be<std::uint32_t>(start) == qcow2::kMagic &&
         load_be<std::uint32_t>(start, 4) != 1;
}

void describe_features(const qcow2::Header& header, Description& description) {
  const auto add = [&](bool there, const std::string& words) {
    if (there) description.features.push_back(words);
  };
  if (header.cluster_bits < 32) {
    add(true, "clusters of " + in_units(header.cluster_size()));
  }
  add(header.extended_l2(), "extended L2 entries");
  if (header.refcount_order != 4 && header.refcount_order <= 6) {
    add(true, "refcounts of " + counted(1u << header.refcount_order, "bit"));
  }
  add(header.snapshots > 0, counted(header.snapshots, "internal snapshot"));
  add(header.autoclear & qcow2::kBitmaps, "bitmaps");
  add(header.hints & qcow2::kLazyRefcounts, "lazy refcounts");
  add(header.features & qcow2::kDirty, "dirty");
  add(header.features & qcow2::kCorrupt, "marked as corrupt");
  add(header.features & qcow2::kDataFile, "data file");
  add(header.backing_offset != 0, "backing file");
}

void describe(const block::ByteSource& file, Description& description) {
  Bytes raw(std::min(file.size(), qcow2::Header::kFieldsEnd));
  file.read(0, raw);
  const auto header = qcow2::Header::fields(raw);
  description.variant = fmt::format("version {}", header.version);
  description.virtual_size = header.disk_size;
  description.compression =
      header.compression == qcow2::Compression::zstd ? "zstd" : "zlib";
  description.encryption = name_of(header.encryption);
  describe_features(header, description);
}

std::shared_ptr<const Guest> open(block::SourcePtr file) {
  return std::make_shared<qcow2::Reader>(std::move(file));
}

// Nothing in the file is an id or a time.
block::SourcePtr view(block::SourcePtr guest, const Identity&) {
  return qcow2::make_view(std::move(guest));
}

}  // namespace

const Driver kQcow2Driver = {
    .format = Format::qcow2,
    .name = "qcow2",
    .extensions = {"qcow2", "qcow"},
    .largest_guest = qcow2::kLargestView,
    .recognises = recognises,
    .describe = describe,
    .open_guest = open,
    .make_view = view,
};

}  // namespace platter::format
