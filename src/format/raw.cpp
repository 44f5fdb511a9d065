// src/format/raw.cpp: the raw format. The file is the disk, but for zeros that
// fill its last sector; a partition table that says the disk is longer than
// the file tells of an upload that was cut off.
#include <libdeflate.h>

#include <limits>

#include "driver.h"
#include "platter/base/integers.h"
#include "refusal.h"
#include "whole_file.h"

namespace platter::format {

namespace {

// Of a GPT header (UEFI specification, "GPT Header").
constexpr std::string_view kGptSignature = "EFI PART";
constexpr std::uint32_t kGptHeaderSize = 92;

// The last block that a disk with this GPT header has; nullopt if the sector
// holds none that is whole.
std::optional<std::uint64_t> backup_block(ByteView sector) {
  if (as_text(sector.first(8)) != kGptSignature) return std::nullopt;
  const auto length = load_le<std::uint32_t>(sector, 12);
  if (length < kGptHeaderSize || length > sector.size()) return std::nullopt;
  Bytes header = to_bytes(sector.first(length));
  store_le(header, 16, std::uint32_t{0});
  const std::uint32_t crc = libdeflate_crc32(0, header.data(), header.size());
  const bool whole = crc == load_le<std::uint32_t>(sector, 16) &&
                     load_le<std::uint64_t>(sector, 24) == 1;
  if (!whole) return std::nullopt;
  return load_le<std::uint64_t>(sector, 32);
}

void check_not_cut_off(const block::ByteSource& file, std::uint64_t block) {
  if (file.size() < 2 * block) return;
  Bytes sector(block);
  file.read(block, sector);
  const auto last = backup_block(sector);
  if (last && *last >= file.size() / block) {
    refuse(Errc::corrupt,
           "raw: the partition table (GPT) has its backup in sector {} of {} "
           "bytes, but the file has only {} bytes: it was cut off. Upload it "
           "again",
           *last, block, file.size());
  }
}

std::shared_ptr<const Guest> open(block::SourcePtr file) {
  if (file->size() == 0) {
    refuse(Errc::invalid, "raw: the file is empty: there is no disk in it");
  }
  check_not_cut_off(*file, 512);
  check_not_cut_off(*file, 4096);
  return whole_file(std::move(file));
}

block::SourcePtr view(block::SourcePtr guest, const Identity&) { return guest; }

}  // namespace

const Driver kRawDriver = {
    .format = Format::raw,
    .name = "raw",
    .extensions = {"raw", ""},
    // What a file's offsets can count.
    .largest_guest =
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()),
    .recognises = nullptr,
    .open_guest = open,
    .make_view = view,
};

}  // namespace platter::format
