// src/format/qcow2_reader.cpp: the file's bytes in, the guest's bytes out. The
// constructor has checked every pointer, so the read path only follows them;
// what is left to fail is decompression.
#include "qcow2_reader.h"

#include <algorithm>
#include <bit>

#include "inflate.h"
#include "platter/base/integers.h"
#include "qcow2_check.h"
#include "refusal.h"

namespace platter::format::qcow2 {

namespace {

// L2 tables are kept in pieces, as one may have 2 MiB.
constexpr std::uint64_t kPiece = 64 * kKiB;
constexpr std::size_t kPieces = 32;
constexpr std::uint64_t kClusterCache = 8 * kMiB;
constexpr std::uint64_t kMaxClusters = 64;

std::size_t cached_clusters(const Header& header) {
  return std::min(kMaxClusters, kClusterCache / header.cluster_size());
}

std::vector<std::uint64_t> read_l1(const Header& header,
                                   const block::ByteSource& file) {
  Bytes raw(divide_up(header.disk_size, header.l2_reach()) * 8);
  file.read(header.l1_offset, raw);
  std::vector<std::uint64_t> l1(raw.size() / 8);
  for (std::size_t index = 0; index < l1.size(); ++index) {
    l1[index] = load_be<std::uint64_t>(raw, index * 8);
  }
  return l1;
}

[[noreturn]] void refuse_encrypted(const Header& header) {
  throw Encrypted(
      fmt::format("qcow2: crypt_method is {}: the disk is encrypted with {}, "
                  "and is not read without the key",
                  static_cast<std::uint32_t>(header.encryption),
                  name_of(header.encryption)),
      name_of(header.encryption), round_up(header.disk_size, kSectorSize));
}

}  // namespace

// Looks up where guest bytes are; holds the piece of a table it used last.
class Reader::Cursor {
 public:
  explicit Cursor(const Reader& reader)
      : reader_(reader), header_(reader.header_) {}

  // What begins at `offset`, joined as far as it goes on alike, up to `end`.
  // REQUIRES: offset < end <= size().
  Run run_at(std::uint64_t offset, std::uint64_t end) {
    Run run = part_at(offset);
    while (run.kind != L2Entry::Kind::compressed && offset + run.length < end) {
      const Run next = part_at(offset + run.length);
      if (next.kind != run.kind) break;
      if (run.kind == L2Entry::Kind::data &&
          next.file_offset != run.file_offset + run.length) {
        break;
      }
      run.length += next.length;
    }
    run.length = std::min(run.length, end - offset);
    return run;
  }

  bool has_table(std::uint64_t offset) const {
    return offset < header_.disk_size &&
           (reader_.l1_[offset / header_.l2_reach()] & kOffsetMask) != 0;
  }

 private:
  // The same within one cluster, or for holes within one L2 table.
  Run part_at(std::uint64_t offset) {
    if (offset >= header_.disk_size) return {.length = reader_.size_ - offset};
    if (!has_table(offset)) {
      const std::uint64_t reach = header_.l2_reach();
      return {.length = std::min(round_down(offset, reach) + reach,
                                 header_.disk_size) -
                        offset};
    }
    Run run = part_of(entry_at(offset), offset % header_.cluster_size());
    run.length = std::min(run.length, header_.disk_size - offset);
    return run;
  }

  Run part_of(const L2Entry& entry, std::uint64_t within) const {
    const std::uint64_t rest = header_.cluster_size() - within;
    if (entry.kind == L2Entry::Kind::compressed) {
      return {entry.kind, rest, entry.file_offset, entry.compressed_length};
    }
    const std::uint64_t unit = header_.subcluster_size();
    const std::uint64_t first = within / unit;
    const std::uint32_t bits = entry.stored >> first;
    const bool stored = (bits & 1) != 0;
    const auto alike = static_cast<std::uint64_t>(
        stored ? std::countr_one(bits) : std::countr_zero(bits));
    const std::uint64_t length =
        std::min((first + alike) * unit - within, rest);
    if (!stored) return {.length = length};
    return {L2Entry::Kind::data, length, entry.file_offset + within, 0};
  }

  L2Entry entry_at(std::uint64_t offset) {
    const std::uint64_t number = offset / reader_.piece_reach();
    if (piece_ == nullptr || number != number_) {
      piece_ = reader_.tables_.get(number, [&] { return load(offset); });
      number_ = number;
    }
    const std::uint64_t index =
        offset % reader_.piece_reach() / header_.cluster_size();
    const std::uint64_t size = header_.l2_entry_size();
    return L2Entry::decode(
        header_, ByteView(*piece_).subspan(index * size, size), offset);
  }

  Bytes load(std::uint64_t offset) const {
    const std::uint64_t reach = header_.l2_reach();
    const std::uint64_t table = reader_.l1_[offset / reach] & kOffsetMask;
    Bytes piece(std::min(kPiece, header_.cluster_size()));
    const std::uint64_t number = offset % reach / reader_.piece_reach();
    reader_.file_->read(table + number * piece.size(), piece);
    return piece;
  }

  const Reader& reader_;
  const Header& header_;
  BlockCache::Block piece_;
  std::uint64_t number_ = 0;
};

Reader::Reader(block::SourcePtr file)
    : file_(std::move(file)),
      header_(Header::decode(*file_)),
      size_(round_up(header_.disk_size, kSectorSize)),
      l1_(read_l1(header_, *file_)),
      tables_(kPieces),
      clusters_(cached_clusters(header_)) {
  check_tables(header_, l1_, *file_);
  if (header_.encryption != Encryption::none) refuse_encrypted(header_);
}

void Reader::read(std::uint64_t offset, MutableBytes out) const {
  Cursor cursor(*this);
  while (!out.empty()) {
    const Run run = cursor.run_at(offset, offset + out.size());
    const MutableBytes part = out.first(run.length);
    switch (run.kind) {
      case L2Entry::Kind::hole:
        std::ranges::fill(part, std::byte{0});
        break;
      case L2Entry::Kind::data:
        file_->read(run.file_offset, part);
        break;
      case L2Entry::Kind::compressed:
        read_compressed(run, offset, part);
        break;
    }
    offset += run.length;
    out = out.subspan(run.length);
  }
}

// Stops where the next piece of a table would have to be read.
block::Extent Reader::extent_at(std::uint64_t offset) const {
  Cursor cursor(*this);
  const std::uint64_t reach = piece_reach();
  const auto kind_of = [](const Run& run) {
    return run.kind == L2Entry::Kind::hole ? block::ExtentKind::zero
                                           : block::ExtentKind::data;
  };
  const auto cheap_end = [&](std::uint64_t at) {
    return std::min(size_, round_down(at, reach) + reach);
  };
  std::uint64_t end = cheap_end(offset);
  const Run first = cursor.run_at(offset, end);
  block::Extent extent{offset, first.length, kind_of(first)};
  while (extent.end() < size_) {
    if (extent.end() == end) {
      if (cursor.has_table(end)) break;
      end = cheap_end(end);
    }
    const Run next = cursor.run_at(extent.end(), end);
    if (kind_of(next) != extent.kind) break;
    extent.length += next.length;
  }
  return extent;
}

void Reader::for_each_placement(const PlacementVisitor& visit) const {
  visit_in_file_order(
      [this](const PlacementVisitor& inner) { walk_placements(inner); }, visit);
}

void Reader::walk_placements(const PlacementVisitor& visit) const {
  Cursor cursor(*this);
  for (std::uint64_t offset = 0; offset < size_;) {
    const Run run = cursor.run_at(offset, size_);
    if (run.kind == L2Entry::Kind::data) {
      visit({run.file_offset, offset, run.length});
    }
    offset += run.length;
  }
}

std::uint64_t Reader::piece_reach() const noexcept {
  return std::min(kPiece, header_.cluster_size()) / header_.l2_entry_size() *
         header_.cluster_size();
}

void Reader::read_compressed(const Run& run, std::uint64_t offset,
                             MutableBytes out) const {
  const std::uint64_t size = header_.cluster_size();
  const std::uint64_t start = round_down(offset, size);
  if (out.size() == size) return decompress(run, start, out);
  const BlockCache::Block cluster = clusters_.get(start / size, [&] {
    Bytes plain(size);
    decompress(run, start, plain);
    return plain;
  });
  std::copy_n(cluster->begin() + static_cast<std::ptrdiff_t>(offset - start),
              out.size(), out.begin());
}

void Reader::decompress(const Run& run, std::uint64_t guest_offset,
                        MutableBytes out) const {
  Bytes stored(
      std::min(run.compressed_length, file_->size() - run.file_offset));
  file_->read(run.file_offset, stored);
  const bool done = header_.compression == Compression::zstd
                        ? unzstd(stored, out)
                        : inflate(stored, out);
  if (!done) {
    refuse(Errc::corrupt,
           "qcow2: the compressed cluster of guest offset {:#x} at {:#x} does "
           "not decompress to {} bytes",
           guest_offset, run.file_offset, out.size());
  }
}

}  // namespace platter::format::qcow2
