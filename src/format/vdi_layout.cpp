// src/format/vdi_layout.cpp: the header, from and to bytes.
#include "vdi_layout.h"

#include <algorithm>
#include <bit>

#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::vdi {

namespace {

constexpr std::uint64_t kSize = Header::kSize;

constexpr std::uint64_t kVersionAt = 0x44;
constexpr std::uint32_t kVersion = 0x00010001;
constexpr std::uint64_t kHeaderSizeAt = 0x48;  // counted from here on
constexpr std::uint64_t kTypeAt = 0x4c;
constexpr std::uint64_t kMapOffsetAt = 0x154;
constexpr std::uint64_t kDataOffsetAt = 0x158;
constexpr std::uint64_t kSectorSizeAt = 0x168;
constexpr std::uint64_t kDiskSizeAt = 0x170;
constexpr std::uint64_t kBlockSizeAt = 0x178;
constexpr std::uint64_t kBlockExtraAt = 0x17c;
constexpr std::uint64_t kBlockCountAt = 0x180;
constexpr std::uint64_t kAllocatedAt = 0x184;
constexpr std::uint64_t kImageIdAt = 0x188;
constexpr std::uint64_t kStateIdAt = 0x198;
constexpr std::uint64_t kLinkIdAt = 0x1a8;
constexpr std::uint64_t kParentIdAt = 0x1b8;
constexpr std::uint64_t kEnd = 0x1c8;  // of the fields that are read

constexpr std::uint32_t kHeaderWritten = 0x180;
constexpr std::string_view kText = "<<< Platter virtual disk image >>>\n";

constexpr std::uint32_t kMinBlock = 4 * kKiB;
constexpr std::uint32_t kMaxBlock = 256 * kMiB;

std::uint32_t field(ByteView raw, std::uint64_t at) {
  return load_le<std::uint32_t>(raw, at);
}

void check_identity(ByteView raw) {
  if (field(raw, kSignatureAt) != kSignature) {
    refuse(Errc::corrupt, "vdi: the signature is {:#x}, not {:#x}",
           field(raw, kSignatureAt), kSignature);
  }
  if (const auto version = field(raw, kVersionAt); version != kVersion) {
    refuse(Errc::unsupported,
           "vdi: version is {}.{}; 1.1 is read. Convert it with: qemu-img "
           "convert -O qcow2",
           version >> 16, version & 0xffff);
  }
  const auto length = field(raw, kHeaderSizeAt);
  if (length < kEnd - kHeaderSizeAt) {
    refuse(Errc::corrupt, "vdi: header_size is {}; {} or more are needed",
           length, kEnd - kHeaderSizeAt);
  }
}

void check_self_contained(ByteView raw, ImageType type) {
  const auto has_id = [&](std::uint64_t at) {
    return !all_zero(raw.subspan(at, sizeof(Guid)));
  };
  if (type == ImageType::undo || type == ImageType::differencing) {
    refuse(Errc::invalid,
           "vdi: image_type is {} ({}): the disk needs another file. Make it "
           "whole with: VBoxManage clonemedium",
           static_cast<std::uint32_t>(type),
           type == ImageType::undo ? "undo" : "differencing");
  }
  if (type != ImageType::dynamic && type != ImageType::fixed) {
    refuse(Errc::unsupported,
           "vdi: image_type is {}; 1 (dynamic) and 2 (static) are read",
           static_cast<std::uint32_t>(type));
  }
  if (has_id(kLinkIdAt) || has_id(kParentIdAt)) {
    refuse(Errc::invalid,
           "vdi: {} is set: the disk needs another file. Make it whole with: "
           "VBoxManage clonemedium",
           has_id(kLinkIdAt) ? "uuid_link" : "uuid_parent");
  }
}

void check_blocks(ByteView raw, const Header& header) {
  if (!std::has_single_bit(header.block_size) ||
      header.block_size < kMinBlock || header.block_size > kMaxBlock) {
    refuse(Errc::corrupt,
           "vdi: block_size is {}; a power of two from {} to {} is allowed",
           header.block_size, kMinBlock, kMaxBlock);
  }
  if (const auto extra = field(raw, kBlockExtraAt); extra != 0) {
    refuse(Errc::unsupported,
           "vdi: block_extra is {}; blocks with data of their own before them "
           "are not read",
           extra);
  }
  if (const auto sector = field(raw, kSectorSizeAt); sector != kSectorSize) {
    refuse(Errc::unsupported, "vdi: sector_size is {}; 512 is read", sector);
  }
  if (header.disk_size == 0) {
    refuse(Errc::invalid, "vdi: disk_size is 0: there is no disk in the file");
  }
  if (header.block_count > kMaxBlocks) {
    refuse(Errc::corrupt, "vdi: blocks_in_image is {}; {} are allowed",
           header.block_count, kMaxBlocks);
  }
  if (divide_up(header.disk_size, header.block_size) > header.block_count) {
    refuse(Errc::corrupt,
           "vdi: disk_size is {} but {} blocks of {} bytes reach less",
           header.disk_size, header.block_count, header.block_size);
  }
}

void check_places(ByteView raw, const Header& header, std::uint64_t file_size) {
  const std::uint64_t header_end =
      std::uint64_t{kHeaderSizeAt} + field(raw, kHeaderSizeAt);
  const std::uint64_t map_end =
      header.map_offset + std::uint64_t{4} * header.block_count;
  if (header.map_offset < header_end) {
    refuse(Errc::corrupt,
           "vdi: offset_blocks is {:#x}: the map lies in the header of {} "
           "bytes",
           header.map_offset, header_end);
  }
  if (map_end > file_size) {
    refuse(Errc::corrupt,
           "vdi: the map at {:#x} with {} entries ends outside the file of {} "
           "bytes",
           header.map_offset, header.block_count, file_size);
  }
  if (header.data_offset < map_end) {
    refuse(Errc::corrupt,
           "vdi: offset_data is {:#x}: the blocks overlap the map, which ends "
           "at {:#x}",
           header.data_offset, map_end);
  }
}

}  // namespace

Header Header::fields(ByteView raw) {
  Header header;
  header.type = static_cast<ImageType>(field(raw, kTypeAt));
  header.map_offset = field(raw, kMapOffsetAt);
  header.data_offset = field(raw, kDataOffsetAt);
  header.disk_size = load_le<std::uint64_t>(raw, kDiskSizeAt);
  header.block_size = field(raw, kBlockSizeAt);
  header.block_count = field(raw, kBlockCountAt);
  header.allocated = field(raw, kAllocatedAt);
  header.image_id = guid_at(raw.subspan(kImageIdAt));
  header.state_id = guid_at(raw.subspan(kStateIdAt));
  return header;
}

Header Header::decode(const block::ByteSource& file) {
  if (file.size() < kSize) {
    refuse(Errc::corrupt, "vdi: the file has {} bytes; a header needs {}",
           file.size(), kSize);
  }
  Bytes raw(kSize);
  file.read(0, raw);
  check_identity(raw);
  const Header header = fields(raw);
  check_self_contained(raw, header.type);
  check_blocks(raw, header);
  check_places(raw, header, file.size());
  return header;
}

Bytes Header::encode() const {
  Bytes raw(kSize);
  std::ranges::copy(as_bytes(kText), raw.begin());
  store_le(raw, kSignatureAt, kSignature);
  store_le(raw, kVersionAt, kVersion);
  store_le(raw, kHeaderSizeAt, kHeaderWritten);
  store_le(raw, kTypeAt, static_cast<std::uint32_t>(type));
  store_le(raw, kMapOffsetAt, map_offset);
  store_le(raw, kDataOffsetAt, data_offset);
  store_le(raw, kSectorSizeAt, static_cast<std::uint32_t>(kSectorSize));
  store_le(raw, kDiskSizeAt, disk_size);
  store_le(raw, kBlockSizeAt, block_size);
  store_le(raw, kBlockCountAt, block_count);
  store_le(raw, kAllocatedAt, allocated);
  std::ranges::copy(image_id.bytes, raw.begin() + kImageIdAt);
  std::ranges::copy(state_id.bytes, raw.begin() + kStateIdAt);
  return raw;
}

}  // namespace platter::format::vdi
