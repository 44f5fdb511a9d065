// src/format/vmdk_check.cpp: every pointer of the tables is bounded and every
// sector has one owner. Memory: the directory, one table, and a bit for each
// sector that is used.
#include "vmdk_check.h"

#include <algorithm>

#include "claims.h"
#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::vmdk {

namespace {

class Checker {
 public:
  Checker(const Header& header, std::uint64_t disk_size,
          const block::ByteSource& file)
      : header_(header),
        disk_size_(disk_size),
        file_(file),
        claims_(sector_count()) {}

  void own(std::string_view name, std::uint64_t sector, std::uint64_t length) {
    if (!claims_.own(sector, divide_up(length, kSectorSize))) {
      refuse(Errc::corrupt,
             "vmdk: the {} at sector {} overlaps another table or a grain",
             name, sector);
    }
  }

  void own_table(std::uint64_t number, std::uint64_t sector) {
    const std::uint64_t at = sector * kSectorSize;
    if (at > file_.size() || kTableSize > file_.size() - at) {
      refuse(Errc::corrupt,
             "vmdk: grain table {} at sector {} ends outside the file of {} "
             "bytes",
             number, sector, file_.size());
    }
    own("grain table", sector, kTableSize);
  }

  // False if no grain of the table is there.
  bool check_table(std::uint64_t number, std::uint64_t sector) {
    const std::uint64_t at = sector * kSectorSize;
    // Where the file has nothing it has no entry.
    const block::Extent extent = file_.extent_at(at);
    if (extent.kind == block::ExtentKind::zero && extent.length >= kTableSize) {
      return false;
    }
    table_.resize(kTableSize);
    file_.read(at, table_);
    if (all_zero(table_)) return false;
    const std::uint64_t first = number * kTableEntries;
    const std::uint64_t grains = std::min(
        kTableEntries, divide_up(disk_size_, header_.grain_size()) - first);
    for (std::uint64_t index = 0; index < grains; ++index) {
      check_grain(first + index, load_le<std::uint32_t>(table_, index * 4));
    }
    return true;
  }

 private:
  std::uint64_t sector_count() const {
    const std::uint64_t count = divide_up(file_.size(), kSectorSize);
    if (count > Claims::kMost) {
      refuse(Errc::unsupported,
             "vmdk: the file has {} sectors; at most {} can be checked. "
             "Convert it with: qemu-img convert -O qcow2",
             count, Claims::kMost);
    }
    return count;
  }

  void check_grain(std::uint64_t grain, std::uint32_t sector) {
    if (sector == 0) return;
    if (sector == kZeroGrain && header_.has_zero_grains()) return;
    const std::uint64_t at = sector * kSectorSize;
    const std::uint64_t length = header_.compressed()
                                     ? compressed_length(grain, at)
                                     : visible_length(grain);
    if (at > file_.size() || length > file_.size() - at) {
      refuse(Errc::corrupt,
             "vmdk: the grain of guest offset {:#x} is at sector {} with {} "
             "bytes: outside the file of {} bytes",
             grain * header_.grain_size(), sector, length, file_.size());
    }
    if (!claims_.own(sector, divide_up(length, kSectorSize))) {
      refuse(Errc::corrupt,
             "vmdk: the grain of guest offset {:#x} at sector {} overlaps a "
             "table or another grain",
             grain * header_.grain_size(), sector);
    }
  }

  // Writers may leave out what lies past the end of the disk.
  std::uint64_t visible_length(std::uint64_t grain) const {
    const std::uint64_t size = header_.grain_size();
    return std::min(size, disk_size_ - grain * size);
  }

  // With the marker.
  std::uint64_t compressed_length(std::uint64_t grain, std::uint64_t at) const {
    if (at > file_.size() || Marker::kGrainSize > file_.size() - at) {
      return Marker::kGrainSize;
    }
    std::array<std::byte, Marker::kGrainSize> raw;
    file_.read(at, raw);
    const Marker marker = Marker::decode(raw);
    if (marker.value != grain * header_.grain_sectors || marker.size == 0 ||
        marker.size > 2 * header_.grain_size()) {
      refuse(Errc::corrupt,
             "vmdk: the grain of guest offset {:#x} at sector {} has a marker "
             "for sector {} with {} bytes",
             grain * header_.grain_size(), at / kSectorSize, marker.value,
             marker.size);
    }
    return Marker::kGrainSize + marker.size;
  }

  const Header& header_;
  std::uint64_t disk_size_;
  const block::ByteSource& file_;
  Claims claims_;
  Bytes table_;
};

std::vector<std::uint32_t> read_directory(const Header& header,
                                          const block::ByteSource& file) {
  Bytes raw(header.table_count() * 4);
  file.read(header.directory_sector * kSectorSize, raw);
  std::vector<std::uint32_t> directory(header.table_count());
  for (std::size_t index = 0; index < directory.size(); ++index) {
    directory[index] = load_le<std::uint32_t>(raw, index * 4);
  }
  return directory;
}

}  // namespace

std::vector<std::uint32_t> check_tables(const Header& header,
                                        std::uint64_t disk_size,
                                        const block::ByteSource& file) {
  Checker checker(header, disk_size, file);
  std::vector<std::uint32_t> directory = read_directory(header, file);
  checker.own("header", 0, kSectorSize);
  checker.own("descriptor", header.descriptor_sector,
              header.descriptor_sectors * kSectorSize);
  checker.own("grain directory", header.directory_sector, directory.size() * 4);
  for (std::size_t number = 0; number < directory.size(); ++number) {
    if (directory[number] != 0) checker.own_table(number, directory[number]);
  }
  for (std::size_t number = 0; number < directory.size(); ++number) {
    std::uint32_t& table = directory[number];
    if (table != 0 && !checker.check_table(number, table)) table = 0;
  }
  return directory;
}

}  // namespace platter::format::vmdk
