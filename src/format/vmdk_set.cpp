// src/format/vmdk_set.cpp: a disk in several files. Each extent becomes a
// region of the guest: a slice of a flat file, the guest of a sparse one, or
// zeros.
#include <algorithm>
#include <set>

#include "platter/base/integers.h"
#include "platter/block/regions.h"
#include "platter/block/sources.h"
#include "platter/format/disk_set.h"
#include "refusal.h"
#include "vmdk_descriptor.h"
#include "vmdk_reader.h"

namespace platter::format {

namespace vmdk {

namespace {

using block::ByteSource;
using block::SourcePtr;

// As large as a disk in one file may be; see docs/format/vmdk.md.
constexpr std::uint64_t kLargestSet = 128 * kTiB;

std::string text_of(const ByteSource& descriptor) {
  if (descriptor.size() > kMaxDescriptor) {
    refuse(Errc::corrupt, "vmdk: the descriptor has {} bytes; {} are allowed",
           descriptor.size(), kMaxDescriptor);
  }
  std::string text(descriptor.size(), '\0');
  descriptor.read(0, std::as_writable_bytes(std::span(text)));
  // Writers that change a line fill the rest of it with 0 bytes.
  return text.substr(0, text.find('\0'));
}

void check_names(const std::vector<Extent>& extents) {
  std::set<std::string_view> names;
  for (const Extent& extent : extents) {
    if (extent.type == Extent::Type::zero) continue;
    if (!names.insert(extent.file_name).second) {
      refuse(Errc::invalid, "vmdk: the descriptor names the part {} twice",
             extent.file_name);
    }
  }
  if (names.empty()) {
    refuse(Errc::invalid, "vmdk: the descriptor names no part");
  }
  if (names.size() > kMaxParts) {
    refuse(Errc::unsupported,
           "vmdk: the descriptor names {} parts; {} are allowed. Make "
           "it whole with: qemu-img convert -O vmdk",
           names.size(), kMaxParts);
  }
}

void check_size(const std::vector<Extent>& extents) {
  constexpr std::uint64_t kMost = kLargestSet / kSectorSize;
  std::uint64_t sectors = 0;
  for (const Extent& extent : extents) {
    if (extent.sectors > kMost - sectors) {
      refuse(Errc::unsupported,
             "vmdk: the descriptor's extents have more than {} sectors", kMost);
    }
    sectors += extent.sectors;
  }
}

std::vector<Extent> checked_extents(const ByteSource& descriptor) {
  std::vector<Extent> extents = extents_of_several(text_of(descriptor));
  check_names(extents);
  check_size(extents);
  return extents;
}

// The disk's run that one part holds.
struct Part {
  std::uint64_t guest_offset = 0;
  Placement flat;                        // of a flat one; guest_offset 0
  std::shared_ptr<const Reader> sparse;  // null if flat
};

class Set final : public SetGuest {
 public:
  Set(const std::vector<Extent>& extents, const std::vector<SourcePtr>& files) {
    std::size_t next = 0;
    for (const Extent& extent : extents) {
      switch (extent.type) {
        case Extent::Type::zero:
          regions_.append_zeros(extent.sectors * kSectorSize);
          break;
        case Extent::Type::flat:
          append_flat(extent, files[next++]);
          break;
        case Extent::Type::sparse:
          append_sparse(extent, files[next++], &extent == &extents.back());
          break;
      }
    }
  }

  std::uint64_t size() const noexcept override { return regions_.size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    regions_.read(offset, out);
  }
  block::Extent extent_at(std::uint64_t offset) const override {
    return regions_.extent_at(offset);
  }

  void for_each_placement(std::size_t number,
                          const PlacementVisitor& visit) const override {
    const Part& part = parts_[number];
    const auto shifted = [&](Placement placement) {
      placement.guest_offset += part.guest_offset;
      visit(placement);
    };
    if (part.sparse) return part.sparse->for_each_placement(shifted);
    shifted(part.flat);
  }

 private:
  void append_flat(const Extent& extent, const SourcePtr& file) {
    const std::uint64_t length = extent.sectors * kSectorSize;
    const std::uint64_t whole = file->size() / kSectorSize;
    if (extent.offset > whole || extent.sectors > whole - extent.offset) {
      refuse(Errc::corrupt,
             "vmdk: the part {} has {} bytes; the descriptor says that "
             "{} sectors from sector {} on are the disk's",
             extent.file_name, file->size(), extent.sectors, extent.offset);
    }
    const std::uint64_t offset = extent.offset * kSectorSize;
    parts_.push_back({regions_.size(), {offset, 0, length}, nullptr});
    regions_.append(block::slice(file, offset, length));
  }

  void append_sparse(const Extent& extent, const SourcePtr& file, bool last) {
    try {
      const Header header = header_of(extent, *file, last);
      auto reader = std::make_shared<Reader>(file, header, extent.sectors);
      parts_.push_back({regions_.size(), {}, reader});
      regions_.append(std::move(reader));
    } catch (const Error& problem) {
      throw Error(problem.code(), extent.file_name + ": " + problem.what());
    }
  }

  Header header_of(const Extent& extent, const ByteSource& file, bool last) {
    const Header header = Header::decode(file, Header::File::part);
    if (header.compressed()) {
      refuse(Errc::unsupported,
             "vmdk: flags are {:#x}: of disks in several files no compressed "
             "grains are read",
             header.flags);
    }
    // Readers that go by the file's own size would find what follows at another
    // place. Only a last grain may be counted whole.
    if (!last && header.capacity != extent.sectors) {
      refuse(Errc::corrupt,
             "vmdk: capacity is {} but the descriptor's extent has {} sectors",
             header.capacity, extent.sectors);
    }
    tables_ += header.table_count();
    if (tables_ > kMaxTables) {
      refuse(Errc::unsupported,
             "vmdk: capacity is {}: the parts so need more than {} grain "
             "tables",
             header.capacity, kMaxTables);
    }
    return header;
  }

  block::Regions regions_;
  std::vector<Part> parts_;
  std::uint64_t tables_ = 0;
};

}  // namespace

}  // namespace vmdk

bool is_descriptor(const block::ByteSource& file) {
  if (file.size() < vmdk::kFirstLine.size()) return false;
  std::string start(vmdk::kFirstLine.size(), '\0');
  file.read(0, std::as_writable_bytes(std::span(start)));
  return start == vmdk::kFirstLine;
}

bool is_whole_vmdk(const block::ByteSource& file) {
  if (file.size() < kSectorSize) return false;
  Bytes header(kSectorSize);
  file.read(0, header);
  if (load_le<std::uint32_t>(header) != vmdk::kMagic) return false;
  const auto sector = load_le<std::uint64_t>(header, 28);
  if (sector == 0 || sector >= file.size() / kSectorSize) return false;
  std::array<std::byte, 1> first;
  file.read(sector * kSectorSize, first);
  return first[0] != std::byte{0};
}

std::vector<std::string> part_names(const block::ByteSource& descriptor) {
  std::vector<std::string> names;
  for (vmdk::Extent& extent : vmdk::checked_extents(descriptor)) {
    if (extent.type == vmdk::Extent::Type::zero) continue;
    names.push_back(std::move(extent.file_name));
  }
  return names;
}

std::shared_ptr<const SetGuest> open_set(
    const block::ByteSource& descriptor,
    const std::vector<block::SourcePtr>& parts) {
  return std::make_shared<vmdk::Set>(vmdk::checked_extents(descriptor), parts);
}

}  // namespace platter::format
