// src/format/qcow2_check.cpp: every pointer of the tables is bounded and every
// host cluster has one owner. Memory: two bits a cluster that is used, and a
// piece of one table.
#include "qcow2_check.h"

#include <algorithm>
#include <bit>

#include "claims.h"
#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::qcow2 {

namespace {

constexpr std::uint64_t kPiece = 64 * kKiB;

class Checker {
 public:
  Checker(const Header& header, const block::ByteSource& file)
      : header_(header), file_(file), claims_(cluster_count()) {}

  void own_table(std::string_view name, std::uint64_t offset,
                 std::uint64_t length) {
    const std::uint64_t cluster = header_.cluster_size();
    if (!claims_.own(offset / cluster, divide_up(length, cluster))) {
      refuse(Errc::corrupt,
             "qcow2: the {} at {:#x} overlaps another table or a cluster of "
             "the disk",
             name, offset);
    }
  }

  // The L2 table at `offset` for the disk from `guest_offset` on.
  void check_l2(std::uint64_t offset, std::uint64_t guest_offset) {
    const std::uint64_t clusters = std::min(
        header_.l2_entries(),
        divide_up(header_.disk_size - guest_offset, header_.cluster_size()));
    // What the file does not store is zeros, so unallocated.
    block::for_each_extent(file_, offset, clusters * header_.l2_entry_size(),
                           [&](const block::Extent& extent) {
                             if (extent.kind == block::ExtentKind::zero) return;
                             check_entries(offset, extent, guest_offset);
                           });
  }

 private:
  std::uint64_t cluster_count() const {
    const std::uint64_t count = divide_up(file_.size(), header_.cluster_size());
    if (count > Claims::kMost) {
      refuse(Errc::unsupported,
             "qcow2: the file has {} clusters of {} bytes; at most {} can be "
             "checked. Convert it with larger clusters",
             count, header_.cluster_size(), Claims::kMost);
    }
    return count;
  }

  // The entries of the table that lie in `extent` of the file.
  void check_entries(std::uint64_t table, const block::Extent& extent,
                     std::uint64_t guest_offset) {
    const std::uint64_t size = header_.l2_entry_size();
    std::uint64_t at = table + round_down(extent.offset - table, size);
    const std::uint64_t end = table + round_up(extent.end() - table, size);
    while (at < end) {
      piece_.resize(std::min(kPiece, end - at));
      file_.read(at, piece_);
      for (std::uint64_t within = 0; within < piece_.size(); within += size) {
        const std::uint64_t index = (at + within - table) / size;
        check_entry(ByteView(piece_).subspan(within, size),
                    guest_offset + index * header_.cluster_size());
      }
      at += piece_.size();
    }
  }

  void check_entry(ByteView raw, std::uint64_t guest_offset) {
    const L2Entry entry = L2Entry::decode(header_, raw, guest_offset);
    if (entry.kind == L2Entry::Kind::hole && entry.file_offset == 0) return;
    const bool compressed = entry.kind == L2Entry::Kind::compressed;
    const std::uint64_t length = compressed
                                     ? entry.compressed_length
                                     : visible_length(entry, guest_offset);
    // Sectors are counted whole, but the file may end inside the last.
    const std::uint64_t end =
        compressed ? round_up(file_.size(), kSectorSize) : file_.size();
    if (entry.file_offset >= file_.size() || length > end - entry.file_offset) {
      refuse(Errc::corrupt,
             "qcow2: the cluster of guest offset {:#x} is at {:#x} with {} "
             "bytes: outside the file of {} bytes",
             guest_offset, entry.file_offset, length, file_.size());
    }
    claim(entry, guest_offset, compressed ? length : 1);
  }

  void claim(const L2Entry& entry, std::uint64_t guest_offset,
             std::uint64_t length) {
    const std::uint64_t cluster = header_.cluster_size();
    const std::uint64_t first = entry.file_offset / cluster;
    const std::uint64_t last =
        (std::min(entry.file_offset + length, file_.size()) - 1) / cluster;
    const bool free = entry.kind == L2Entry::Kind::compressed
                          ? claims_.share(first, last - first + 1)
                          : claims_.own(first, 1);
    if (!free) {
      refuse(Errc::corrupt,
             "qcow2: the cluster of guest offset {:#x} at {:#x} overlaps a "
             "table or another cluster",
             guest_offset, entry.file_offset);
    }
  }

  // The bytes of a cluster that the file must have: those that are stored and
  // that the guest can see. qemu writes clusters whole but for the rest.
  std::uint64_t visible_length(const L2Entry& entry,
                               std::uint64_t guest_offset) const {
    const auto last = static_cast<std::uint64_t>(std::bit_width(entry.stored));
    return std::min(last * header_.subcluster_size(),
                    header_.disk_size - guest_offset);
  }

  const Header& header_;
  const block::ByteSource& file_;
  Claims claims_;
  Bytes piece_;
};

void check_l1_entry(const Header& header, std::uint64_t entry,
                    std::uint64_t index, std::uint64_t file_size) {
  const std::uint64_t offset = entry & kOffsetMask;
  const std::uint64_t cluster = header.cluster_size();
  const auto bad = [&](std::string_view why) {
    refuse(Errc::corrupt, "qcow2: L1 entry {} is {:#x}: {}", index, entry, why);
  };
  if (entry & ~(kCopied | kOffsetMask)) bad("reserved bits are set");
  if (offset % cluster != 0) bad("the L2 table is misaligned");
  if (offset > file_size || cluster > file_size - offset) {
    bad("the L2 table ends outside the file");
  }
}

}  // namespace

void check_tables(const Header& header, const std::vector<std::uint64_t>& l1,
                  const block::ByteSource& file) {
  Checker checker(header, file);
  checker.own_table("header", 0, 1);
  checker.own_table("L1 table", header.l1_offset, header.l1_entries * 8ull);
  checker.own_table("refcount table", header.refcount_table_offset,
                    header.refcount_table_clusters * header.cluster_size());
  if (header.has_key) {
    checker.own_table("key header", header.key_offset, header.key_length);
  }
  for (std::uint64_t index = 0; index < l1.size(); ++index) {
    const std::uint64_t offset = l1[index] & kOffsetMask;
    check_l1_entry(header, l1[index], index, file.size());
    if (offset != 0) {
      checker.own_table("L2 table", offset, header.cluster_size());
    }
  }
  for (std::uint64_t index = 0; index < l1.size(); ++index) {
    const std::uint64_t offset = l1[index] & kOffsetMask;
    if (offset != 0) checker.check_l2(offset, index * header.l2_reach());
  }
}

}  // namespace platter::format::qcow2
