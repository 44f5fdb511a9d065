// src/format/vdi_reader.cpp: the file's bytes in, the guest's bytes out. The
// constructor has checked every entry of the map, so the read path only
// follows them.
#include "vdi_reader.h"

#include "claims.h"
#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::vdi {

namespace {

// Entries of the map that are read at a time.
constexpr std::uint64_t kPiece = 16 * kKiB;
constexpr std::size_t kPieces = 32;

bool is_stored(std::uint32_t entry) {
  return entry != kUnallocated && entry != kZero;
}

}  // namespace

Reader::Reader(block::SourcePtr file) : Reader(file, Header::decode(*file)) {}

Reader::Reader(block::SourcePtr file, const Header& header)
    : MappedGuest(std::move(file), round_up(header.disk_size, kSectorSize)),
      header_(header),
      pieces_(kPieces) {
  check_map();
}

void Reader::check_map() const {
  const std::uint64_t stored =
      divide_up(file().size() -
                    std::min<std::uint64_t>(header_.data_offset, file().size()),
                header_.block_size);
  if (stored > Claims::kMost) {
    refuse(
        Errc::unsupported,
        "vdi: the file has {} blocks of {} bytes; at most {} can be checked. "
        "Convert it with larger blocks",
        stored, header_.block_size, Claims::kMost);
  }
  Claims claims(stored);
  BlockCache::Block entries;
  for (std::uint64_t block = 0; block < block_count(); ++block) {
    if (block % kPiece == 0) entries = piece(block / kPiece);
    const auto entry = load_le<std::uint32_t>(*entries, block % kPiece * 4);
    if (!is_stored(entry)) continue;
    const std::uint64_t guest_offset = block * header_.block_size;
    const std::uint64_t length =
        std::min<std::uint64_t>(header_.block_size, size() - guest_offset);
    const std::uint64_t at = place_of(entry).file_offset;
    if (at > file().size() || length > file().size() - at) {
      refuse(Errc::corrupt,
             "vdi: map entry {} is {}: its block at {:#x} with {} bytes is "
             "outside the file of {} bytes",
             block, entry, at, length, file().size());
    }
    if (!claims.own(entry, 1)) {
      refuse(Errc::corrupt,
             "vdi: map entry {} is {}: another entry has this block", block,
             entry);
    }
  }
}

Run Reader::run_at(std::uint64_t offset, std::uint64_t end) const {
  const std::uint64_t reach = kPiece * header_.block_size;
  const std::uint64_t number = offset / reach;
  const BlockCache::Block entries = piece(number);
  return run_of_blocks(
      offset, std::min(end, (number + 1) * reach), header_.block_size,
      [&](std::uint64_t block) {
        return place_of(load_le<std::uint32_t>(*entries, block % kPiece * 4));
      });
}

BlockCache::Block Reader::piece(std::uint64_t number) const {
  return pieces_.get(number, [&] {
    const std::uint64_t first = number * kPiece;
    Bytes entries(std::min(kPiece, block_count() - first) * 4);
    file().read(header_.map_offset + first * 4, entries);
    return entries;
  });
}

Place Reader::place_of(std::uint32_t entry) const {
  if (!is_stored(entry)) return {};
  return {Place::Kind::stored,
          header_.data_offset + std::uint64_t{entry} * header_.block_size};
}

std::uint64_t Reader::block_count() const {
  return divide_up(size(), header_.block_size);
}

}  // namespace platter::format::vdi
