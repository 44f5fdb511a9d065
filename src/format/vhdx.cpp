// src/format/vhdx.cpp: the VHDX format, as the others see it.
#include <fmt/core.h>

#include "driver.h"
#include "vhdx_layout.h"
#include "vhdx_reader.h"
#include "vhdx_view.h"
#include "words.h"

namespace platter::format {

namespace {

bool recognises(const block::ByteSource& file) {
  if (file.size() < vhdx::kSignature.size()) return false;
  std::array<std::byte, vhdx::kSignature.size()> start;
  file.read(0, start);
  return as_text(start) == vhdx::kSignature;
}

// A log that waits to be replayed may change what is read here; what it holds
// is not looked at.
void describe(const block::ByteSource& file, Description& description) {
  const auto header = vhdx::Header::decode(file);
  const auto add = [&](bool there, const std::string& words) {
    if (there) description.features.push_back(words);
  };
  add(header.log_id != kNoGuid, "log to replay");
  const auto regions = vhdx::decode_regions(file);
  const auto metadata =
      vhdx::Metadata::decode(file, region_of(regions, vhdx::kMetadataRegion));
  description.variant = metadata.leave_blocks_allocated ? "fixed" : "dynamic";
  description.virtual_size = metadata.disk_size;
  add(true, "blocks of " + in_units(metadata.block_size));
  add(metadata.logical_sector != 512,
      fmt::format("logical sectors of {}", in_units(metadata.logical_sector)));
}

std::shared_ptr<const Guest> open(block::SourcePtr file) {
  return std::make_shared<vhdx::Reader>(std::move(file));
}

}  // namespace

const Driver kVhdxDriver = {
    .format = Format::vhdx,
    .name = "vhdx",
    .extensions = {"vhdx", ""},
    .largest_guest = vhdx::kLargestDisk,
    .recognises = recognises,
    .describe = describe,
    .open_guest = open,
    .make_view = vhdx::make_view,
};

}  // namespace platter::format
