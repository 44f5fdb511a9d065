// src/format/vhdx_metadata.cpp: what a VHDX says of its disk, from and to
// bytes.
#include <algorithm>
#include <bit>
#include <map>

#include "refusal.h"
#include "vhdx_layout.h"

namespace platter::format::vhdx {

namespace {

constexpr std::string_view kTableSignature = "metadata";
constexpr std::size_t kFirstItem = 32;
constexpr std::size_t kItemEntry = 32;
constexpr std::uint16_t kMostItems = 2'047;
constexpr std::uint32_t kLongestItem = kMiB;

// Flags of an item's entry.
constexpr std::uint32_t kIsUser = 1;
constexpr std::uint32_t kIsVirtualDisk = 2;
constexpr std::uint32_t kIsRequired = 4;

// Flags of the file parameters.
constexpr std::uint32_t kLeaveBlocksAllocated = 1;
constexpr std::uint32_t kHasParent = 2;

constexpr std::uint32_t kSmallestBlock = kMiB;
constexpr std::uint32_t kLargestBlock = 256 * kMiB;

struct Item {
  Guid id;
  std::string_view name;
  std::uint32_t length;
  std::uint32_t flags;
};

// Those that a disk must have, in the order that we write them.
constexpr Item kItems[] = {
    {guid("CAA16737-FA36-4D43-B3B6-33F0AA44E76B"), "file parameters", 8,
     kIsRequired},
    {guid("2FA54224-CD1B-4876-B211-5DBED83BF4B8"), "virtual disk size", 8,
     kIsRequired | kIsVirtualDisk},
    {guid("BECA12AB-B2E6-4523-93EF-C309E000C746"), "virtual disk id", 16,
     kIsRequired | kIsVirtualDisk},
    {guid("8141BF1D-A96F-4709-BA47-F233A8FAAB5F"), "logical sector size", 4,
     kIsRequired | kIsVirtualDisk},
    {guid("CDA348C7-445D-4471-9CC9-E9885251C556"), "physical sector size", 4,
     kIsRequired | kIsVirtualDisk},
};
enum Place { kFileParameters, kDiskSize, kDiskId, kLogical, kPhysical };

constexpr Guid kParentLocator = guid("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C");

[[noreturn]] void refuse_parent(std::string_view sign) {
  refuse(Errc::invalid,
         "vhdx: {}: the disk is a differencing one and needs another file. "
         "Merge it into its parent, or make it whole with Convert-VHD",
         sign);
}

// The known items' bytes, by their place in kItems.
class Items {
 public:
  Items(const block::ByteSource& file, const Region& region)
      : file_(file), region_(region), table_(kTableSize) {
    file.read(region.offset, table_);
    if (as_text(table_).substr(0, kTableSignature.size()) != kTableSignature) {
      refuse(Errc::corrupt,
             "vhdx: the metadata table at {:#x} does not begin "
             "with {}",
             region.offset, kTableSignature);
    }
    const auto count = load_le<std::uint16_t>(table_, 10);
    if (count > kMostItems) {
      refuse(Errc::corrupt,
             "vhdx: the metadata table has {} entries; at most {} are allowed",
             count, kMostItems);
    }
    for (std::size_t n = 0; n < count; ++n) {
      take(ByteView(table_).subspan(kFirstItem + n * kItemEntry, kItemEntry));
    }
    check_complete();
  }

  ByteView operator[](Place place) const { return bytes_[place]; }

 private:
  void take(ByteView entry) {
    const Guid id = guid_at(entry);
    if (id == kParentLocator) refuse_parent("there is a parent locator");
    const auto flags = load_le<std::uint32_t>(entry, 24);
    const auto* item = std::ranges::find(kItems, id, &Item::id);
    if (item == std::end(kItems) || (flags & kIsUser) != 0) {
      if ((flags & kIsRequired) == 0) return;
      refuse(Errc::unsupported,
             "vhdx: metadata item {} is required but not known", to_text(id));
    }
    const auto offset = load_le<std::uint32_t>(entry, 16);
    const auto length = load_le<std::uint32_t>(entry, 20);
    if (offset < kTableSize || length > kLongestItem || length < item->length ||
        offset > region_.length || length > region_.length - offset) {
      refuse(Errc::corrupt,
             "vhdx: the metadata item {} is at {:#x} with {} bytes: outside "
             "its region, or not {} bytes",
             item->name, offset, length, item->length);
    }
    Bytes& bytes = bytes_[item - std::begin(kItems)];
    if (!bytes.empty()) {
      refuse(Errc::corrupt, "vhdx: the metadata item {} is there twice",
             item->name);
    }
    bytes.resize(item->length);
    file_.read(region_.offset + offset, bytes);
  }

  void check_complete() const {
    for (std::size_t place = 0; place < std::size(kItems); ++place) {
      if (!bytes_[place].empty()) continue;
      refuse(Errc::corrupt, "vhdx: the metadata item {} is missing",
             kItems[place].name);
    }
  }

  const block::ByteSource& file_;
  const Region& region_;
  Bytes table_;
  std::array<Bytes, std::size(kItems)> bytes_;
};

void check_sector(std::uint32_t size, std::string_view name) {
  if (size != 512 && size != 4'096) {
    refuse(Errc::corrupt,
           "vhdx: the {} sector size is {}; 512 and 4096 are "
           "allowed",
           name, size);
  }
}

void check(const Metadata& metadata) {
  if (!std::has_single_bit(metadata.block_size) ||
      metadata.block_size < kSmallestBlock ||
      metadata.block_size > kLargestBlock) {
    refuse(Errc::corrupt,
           "vhdx: the block size is {}; powers of two from {} to {} are "
           "allowed",
           metadata.block_size, kSmallestBlock, kLargestBlock);
  }
  check_sector(metadata.logical_sector, "logical");
  check_sector(metadata.physical_sector, "physical");
  if (metadata.disk_size == 0) {
    refuse(Errc::invalid, "vhdx: the virtual disk size is 0");
  }
  if (metadata.disk_size > kLargestDisk ||
      metadata.disk_size % metadata.logical_sector != 0) {
    refuse(Errc::corrupt,
           "vhdx: the virtual disk size is {}; multiples of the sector ({}) "
           "up to {} are allowed",
           metadata.disk_size, metadata.logical_sector, kLargestDisk);
  }
}

}  // namespace

Metadata Metadata::decode(const block::ByteSource& file, const Region& region) {
  const Items items(file, region);
  const auto flags = load_le<std::uint32_t>(items[kFileParameters], 4);
  if ((flags & kHasParent) != 0) refuse_parent("HasParent is set");
  Metadata metadata;
  metadata.block_size = load_le<std::uint32_t>(items[kFileParameters]);
  metadata.leave_blocks_allocated = (flags & kLeaveBlocksAllocated) != 0;
  metadata.disk_size = load_le<std::uint64_t>(items[kDiskSize]);
  metadata.disk_id = guid_at(items[kDiskId]);
  metadata.logical_sector = load_le<std::uint32_t>(items[kLogical]);
  metadata.physical_sector = load_le<std::uint32_t>(items[kPhysical]);
  check(metadata);
  return metadata;
}

Bytes Metadata::encode() const {
  Bytes raw(2 * kTableSize);
  std::ranges::copy(as_bytes(kTableSignature), raw.begin());
  store_le(raw, 10, static_cast<std::uint16_t>(std::size(kItems)));
  std::array<std::size_t, std::size(kItems)> places{};
  std::size_t entry = kFirstItem;
  std::size_t place = kTableSize;
  for (std::size_t n = 0; n < std::size(kItems); ++n) {
    const Item& item = kItems[n];
    std::ranges::copy(item.id.bytes,
                      raw.begin() + static_cast<std::ptrdiff_t>(entry));
    store_le(raw, entry + 16, static_cast<std::uint32_t>(place));
    store_le(raw, entry + 20, item.length);
    store_le(raw, entry + 24, item.flags);
    places[n] = place;
    entry += kItemEntry;
    place += item.length;
  }
  store_le(raw, places[kFileParameters], block_size);
  store_le(raw, places[kFileParameters] + 4,
           std::uint32_t{leave_blocks_allocated});
  store_le(raw, places[kDiskSize], disk_size);
  std::ranges::copy(disk_id.bytes,
                    raw.begin() + static_cast<std::ptrdiff_t>(places[kDiskId]));
  store_le(raw, places[kLogical], logical_sector);
  store_le(raw, places[kPhysical], physical_sector);
  return raw;
}

}  // namespace platter::format::vhdx
