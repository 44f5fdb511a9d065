// src/format/vhd.cpp: the VHD format, as the others see it.
#include "driver.h"
#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "platter/format/azure_vhd.h"
#include "vhd_layout.h"
#include "vhd_reader.h"
#include "vhd_view.h"

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

}  // namespace

const Driver kVhdDriver = {
    .format = Format::vhd,
    .name = "vhd",
    .extensions = {"vhd", "vpc"},
    .largest_guest = vhd::kLargestDisk,
    .recognises = recognises,
    .open_guest = vhd::open_guest,
    .make_view = vhd::make_dynamic_view,
};

block::SourcePtr make_azure_vhd(block::SourcePtr guest,
                                const Identity& identity) {
  const std::uint64_t size = round_up(guest->size(), kMiB);
  return vhd::make_fixed_view(block::padded(std::move(guest), size), identity);
}

}  // namespace platter::format
