// src/format/vmdk_stream_view.cpp: a guest as a stream of grains, each a zlib
// stream whose blocks are stored, not compressed: so all have one length, and
// where each lies is known without reading the guest.
//
// The file is header, descriptor, for each grain table in use its grains and
// itself, then directory, footer and end, each with a marker before it.
#include <libdeflate.h>

#include <algorithm>

#include "block_cache.h"
#include "entry_table.h"
#include "platter/block/regions.h"
#include "platter/block/sources.h"
#include "platter/format/stream_vmdk.h"
#include "vmdk_view.h"

namespace platter::format::vmdk {

namespace {

// A grain in the file: marker, zlib header, a stored block of 65,535 bytes,
// which is the longest there is, one of one byte, checksum, zeros.
constexpr std::uint64_t kStoredBlock = 5;  // the header of one
constexpr std::uint64_t kFirstBlock = Marker::kGrainSize + 2;
constexpr std::uint64_t kFirstBytes = kFirstBlock + kStoredBlock;
constexpr std::uint64_t kSecondBlock = kFirstBytes + kViewGrain - 1;
constexpr std::uint64_t kChecksum = kSecondBlock + kStoredBlock + 1;
constexpr std::uint64_t kPackedEnd = kChecksum + 4;
constexpr std::uint64_t kPackedSectors = divide_up(kPackedEnd, kSectorSize);
constexpr std::uint64_t kPackedSize = kPackedSectors * kSectorSize;

constexpr std::uint64_t kFirstGrain = 128;                  // sector
constexpr std::uint64_t kEntrySectors = 1 + kTableSectors;  // with its marker
constexpr std::uint64_t kPartTables = 2;
constexpr std::uint64_t kPartSize = kPartTables * kTableEntries * kViewGrain;
constexpr std::size_t kCachedGrains = 8;

// Which parts the file has and where; numbers count sectors. A part of the
// file is that of 64 MiB of the guest which hold data: their grains, then their
// two tables, though one may be empty. So where each part lies follows from the
// number of grains before it; which ones these are need not be known.
struct Layout {
  explicit Layout(const block::ByteSource& guest)
      : grains(guest, kViewGrain), parts(guest, kPartSize) {}

  std::uint64_t table_count() const {
    return divide_up(grains.count(), kTableEntries);
  }
  // Of the part with rank `k`: one where the disk ends in its first half.
  std::uint64_t tables_of(std::uint64_t k) const {
    return std::min(kPartTables, table_count() - parts.select(k) * kPartTables);
  }
  // Grains of the parts before the one with rank `k`.
  std::uint64_t grains_before(std::uint64_t k) const {
    if (k == parts.used()) return grains.used();
    return grains.rank(parts.select(k) * kPartTables * kTableEntries);
  }
  // Where the part with rank `k` begins; for k = parts.used(), where the last
  // one ends.
  std::uint64_t part(std::uint64_t k) const {
    const std::uint64_t tables =
        k == 0 ? 0 : (k - 1) * kPartTables + tables_of(k - 1);
    return kFirstGrain + kPackedSectors * grains_before(k) +
           kEntrySectors * tables;
  }
  // Table `number` of the disk, which is in the part with rank `k`.
  std::uint64_t table(std::uint64_t number, std::uint64_t k) const {
    const std::uint64_t follow = tables_of(k) - number % kPartTables;
    return part(k + 1) - kEntrySectors * follow + 1;
  }
  std::uint64_t directory() const { return part(parts.used()) + 1; }
  std::uint64_t directory_sectors() const {
    return divide_up(4 * table_count(), kSectorSize);
  }
  std::uint64_t file_sectors() const {
    return directory() + directory_sectors() + 3;
  }

  block::ClusterMap grains;
  block::ClusterMap parts;
};

using Shared = std::shared_ptr<const Layout>;

Header header(const Layout& layout) {
  Header header;
  header.version = 3;
  header.flags = kNewlineTest | kCompressed | kMarkers;
  header.capacity = layout.grains.count() * kGrainSectors;
  header.grain_sectors = kGrainSectors;
  header.descriptor_sector = kDescriptorSector;
  header.descriptor_sectors = kDescriptorSectors;
  header.directory_sector = kAtEnd;
  header.overhead = kFirstGrain;
  return header;
}

// The grains and tables of the file, from kFirstGrain on.
class Parts final : public block::ByteSource {
 public:
  Parts(block::SourcePtr guest, Shared layout)
      : layout_(std::move(layout)),
        guest_(block::padded(std::move(guest),
                             layout_->grains.count() * kViewGrain)),
        size_((layout_->part(layout_->parts.used()) - kFirstGrain) *
              kSectorSize),
        cache_(kCachedGrains) {}

  std::uint64_t size() const noexcept override { return size_; }

  void read(std::uint64_t offset, MutableBytes out) const override {
    while (!out.empty()) {
      const std::uint64_t length = read_piece(offset, out);
      out = out.subspan(length);
      offset += length;
    }
  }

  block::Extent extent_at(std::uint64_t offset) const override {
    return {offset, size_ - offset, block::ExtentKind::data};
  }

 private:
  // The rank of the part that holds a sector of the file.
  std::uint64_t part_of(std::uint64_t sector) const {
    std::uint64_t low = 0;
    std::uint64_t high = layout_->parts.used() - 1;
    while (low < high) {
      const std::uint64_t middle = (low + high + 1) / 2;
      if (layout_->part(middle) <= sector) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  // Reads up to the end of one grain, or of one table with its marker.
  // Returns how much.
  std::uint64_t read_piece(std::uint64_t offset, MutableBytes out) const {
    const std::uint64_t part = part_of(kFirstGrain + offset / kSectorSize);
    const std::uint64_t within =
        offset - (layout_->part(part) - kFirstGrain) * kSectorSize;
    const std::uint64_t before = layout_->grains_before(part);
    const std::uint64_t packed =
        (layout_->grains_before(part + 1) - before) * kPackedSize;
    if (within < packed) {
      return read_grain(before + within / kPackedSize, within % kPackedSize,
                        out);
    }
    constexpr std::uint64_t kEntrySize = kEntrySectors * kSectorSize;
    const std::uint64_t table = (within - packed) / kEntrySize;
    return copy_part(table_with_marker(part, table),
                     (within - packed) % kEntrySize, out);
  }

  static std::uint64_t copy_part(ByteView whole, std::uint64_t from,
                                 MutableBytes out) {
    const ByteView part = whole.subspan(
        from, std::min<std::uint64_t>(out.size(), whole.size() - from));
    std::ranges::copy(part, out.begin());
    return part.size();
  }

  std::uint64_t read_grain(std::uint64_t rank, std::uint64_t within,
                           MutableBytes out) const {
    if (within == 0 && out.size() >= kPackedSize) {
      pack(layout_->grains.select(rank), out.first(kPackedSize));
      return kPackedSize;
    }
    const BlockCache::Block packed = cache_.get(rank, [&] {
      Bytes grain(kPackedSize);
      pack(layout_->grains.select(rank), grain);
      return grain;
    });
    return copy_part(*packed, within, out);
  }

  void pack(std::uint64_t grain, MutableBytes out) const {
    const MutableBytes plain = out.subspan(kFirstBytes, kViewGrain);
    guest_->read(grain * kViewGrain, plain);
    const std::uint32_t checksum =
        libdeflate_adler32(1, plain.data(), plain.size());
    const std::byte last = plain.back();
    store_le(out, 0, grain * kGrainSectors);
    store_le(out, 8,
             static_cast<std::uint32_t>(kPackedEnd) -
                 static_cast<std::uint32_t>(Marker::kGrainSize));
    store_be(out, Marker::kGrainSize, std::uint16_t{0x7801});
    put_block_header(out.subspan(kFirstBlock), false, kViewGrain - 1);
    put_block_header(out.subspan(kSecondBlock), true, 1);
    out[kChecksum - 1] = last;
    store_be(out, kChecksum, checksum);
    std::ranges::fill(out.subspan(kPackedEnd), std::byte{0});
  }

  // Of a stored deflate block.
  static void put_block_header(MutableBytes out, bool is_last,
                               std::uint64_t length) {
    const auto count = static_cast<std::uint16_t>(length);
    out[0] = std::byte{is_last};
    store_le(out, 1, count);
    store_le(out, 3, static_cast<std::uint16_t>(~count));
  }

  // Table `table`, 0 or 1, of the part with rank `k`.
  Bytes table_with_marker(std::uint64_t k, std::uint64_t table) const {
    const std::uint64_t number = layout_->parts.select(k) * kPartTables + table;
    const std::uint64_t first = number * kTableEntries;
    const std::uint64_t begin = layout_->part(k);
    const std::uint64_t before = layout_->grains_before(k);
    Bytes bytes =
        Marker{.value = kTableSectors, .type = Marker::Type::table}.encode();
    bytes.resize(kEntrySectors * kSectorSize);
    layout_->grains.for_each_used(
        first, first + kTableEntries,
        [&](std::uint64_t grain, std::uint64_t rank) {
          store_le(bytes, kSectorSize + (grain - first) * 4,
                   static_cast<std::uint32_t>(begin + kPackedSectors *
                                                          (rank - before)));
        });
    return bytes;
  }

  Shared layout_;
  block::SourcePtr guest_;
  std::uint64_t size_;
  mutable BlockCache cache_;
};

block::SourcePtr directory(const Shared& layout) {
  return entry_table<std::uint32_t, std::endian::little>(
      layout->table_count(),
      [layout](std::uint64_t first, std::span<std::uint32_t> entries) {
        std::ranges::fill(entries, std::uint32_t{0});
        const std::uint64_t end = first + entries.size();
        layout->parts.for_each_used(
            first / kPartTables, divide_up(end, kPartTables),
            [&](std::uint64_t part, std::uint64_t k) {
              const std::uint64_t number = part * kPartTables;
              for (std::uint64_t n = number; n < number + layout->tables_of(k);
                   ++n) {
                if (n < first || n >= end) continue;
                entries[n - first] =
                    static_cast<std::uint32_t>(layout->table(n, k));
              }
            });
      });
}

block::SourcePtr make_stream(block::SourcePtr guest, const Identity& identity) {
  const auto layout = std::make_shared<const Layout>(*guest);
  Header footer = header(*layout);
  auto view = std::make_shared<block::Regions>();
  view->append(footer.encode());
  view->append(descriptor_sectors({.create_type = "streamOptimized",
                                   .access = "RDONLY",
                                   .file_name = kStreamVmdkName},
                                  guest->size(), identity));
  view->align_to(kFirstGrain * kSectorSize);
  view->append(std::make_shared<Parts>(std::move(guest), layout));
  view->append(Marker{.value = layout->directory_sectors(),
                      .type = Marker::Type::directory}
                   .encode());
  view->append(directory(layout));
  view->align_to(kSectorSize);
  footer.directory_sector = layout->directory();
  view->append(Marker{.value = 1, .type = Marker::Type::footer}.encode());
  view->append(footer.encode());
  view->append(Marker{}.encode());
  return view;
}

}  // namespace

}  // namespace platter::format::vmdk

namespace platter::format {

bool can_stream_vmdk(const block::ByteSource& guest) {
  return can_hold(Format::vmdk, guest.size()) &&
         vmdk::Layout(guest).file_sectors() <= vmdk::kMaxSectors;
}

block::SourcePtr make_stream_vmdk(block::SourcePtr guest,
                                  const Identity& identity) {
  return vmdk::make_stream(std::move(guest), identity);
}

}  // namespace platter::format
