// src/format/vhd.cpp: the VHD format, as the others see it.
#include "driver.h"
#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "platter/format/azure_vhd.h"
#include "vhd_layout.h"
#include "vhd_reader.h"
#include "vhd_view.h"
#include "words.h"

namespace platter::format {

namespace {

// A dynamic disk begins with a copy of its footer; a fixed one has only the
// footer, where a raw disk may have anything: so there the checksum counts.
bool recognises(const block::ByteSource& file) {
  if (file.size() < vhd::kFooterSize) return false;
  std::array<std::byte, vhd::kFooterSize> sector;
  file.read(0, sector);
  if (as_text(sector).substr(0, vhd::kCookie.size()) == vhd::kCookie) {
    return true;
  }
  file.read(file.size() - sector.size(), sector);
  return vhd::is_footer(sector);
}

std::string name_of(vhd::DiskType type) {
  switch (type) {
    case vhd::DiskType::fixed:
      return "fixed";
    case vhd::DiskType::dynamic:
      return "dynamic";
    case vhd::DiskType::differencing:
      return "differencing";
  }
  return "type " + std::to_string(static_cast<std::uint32_t>(type));
}

// The footer that the file ends with; if that is cut off, its copy.
Bytes some_footer(const block::ByteSource& file) {
  Bytes sector(vhd::kFooterSize);
  for (const std::uint64_t at :
       {file.size() - sector.size(), std::uint64_t{0}}) {
    file.read(at, sector);
    if (as_text(sector).starts_with(vhd::kCookie)) return sector;
  }
  return {};
}

void describe(const block::ByteSource& file, Description& description) {
  if (file.size() < vhd::kFooterSize) return;
  const Bytes sector = some_footer(file);
  if (sector.empty()) return;
  const auto footer = vhd::Footer::fields(sector);
  description.variant = name_of(footer.type);
  description.virtual_size = footer.disk_size();
  description.features.push_back("creator " +
                                 printable(as_bytes(footer.creator)));
  if (footer.type == vhd::DiskType::fixed) return;
  const auto header = vhd::checked_header(file, footer);
  description.features.push_back("blocks of " + in_units(header.block_size));
}

}  // namespace

const Driver kVhdDriver = {
    .format = Format::vhd,
    .name = "vhd",
    .extensions = {"vhd", "vpc"},
    .largest_guest = vhd::kLargestDisk,
    .recognises = recognises,
    .describe = describe,
    .open_guest = vhd::open_guest,
    .make_view = vhd::make_dynamic_view,
};

block::SourcePtr make_azure_vhd(block::SourcePtr guest,
                                const Identity& identity) {
  const std::uint64_t size = round_up(guest->size(), kMiB);
  return vhd::make_fixed_view(block::padded(std::move(guest), size), identity);
}

}  // namespace platter::format
