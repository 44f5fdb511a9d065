// src/format/vmdk_reader.cpp: the file's bytes in, the guest's bytes out. The
// constructor has checked every pointer, so the read path only follows them;
// what is left to fail is decompression.
#include "vmdk_reader.h"

#include "inflate.h"
#include "platter/base/integers.h"
#include "refusal.h"
#include "vmdk_check.h"
#include "vmdk_descriptor.h"
#include "vmdk_keys.h"

namespace platter::format::vmdk {

namespace {

constexpr std::size_t kTables = 32;
constexpr std::uint64_t kGrainCache = 8 * kMiB;
constexpr std::uint64_t kMaxGrains = 64;

std::string descriptor_of(const Header& header, const block::ByteSource& file) {
  std::string text(header.descriptor_sectors * kSectorSize, '\0');
  file.read(header.descriptor_sector * kSectorSize,
            std::as_writable_bytes(std::span(text)));
  return text.substr(0, text.find('\0'));
}

std::uint64_t described(const Header& header, const block::ByteSource& file) {
  return sectors_of_one_file(without_keys(descriptor_of(header, file)));
}

// The disk ends where the descriptor says; the header may count the last
// grain whole.
std::uint64_t size_of(const Header& header, std::uint64_t sectors) {
  if (sectors > header.capacity ||
      header.capacity - sectors >= header.grain_sectors) {
    refuse(Errc::corrupt,
           "vmdk: capacity is {} but the descriptor's extent has {} sectors",
           header.capacity, sectors);
  }
  return sectors * kSectorSize;
}

}  // namespace

Reader::Reader(block::SourcePtr source)
    : Reader(source, Header::decode(*source)) {}

Reader::Reader(block::SourcePtr source, const Header& header)
    : Reader(source, header, described(header, *source)) {
  if (has_keys(descriptor_of(header, *source))) {
    throw Encrypted(
        "vmdk: the descriptor has encryptionKeys or keySafe: the disk is "
        "encrypted with VMware's keys, and is not read without them",
        "VMware's keys", size());
  }
}

Reader::Reader(block::SourcePtr source, const Header& header,
               std::uint64_t sectors)
    : MappedGuest(source, size_of(header, sectors)),
      header_(header),
      directory_(check_tables(header, size(), *source)),
      tables_(kTables),
      grains_(std::min(kMaxGrains, kGrainCache / header.grain_size())) {}

Run Reader::run_at(std::uint64_t offset, std::uint64_t end) const {
  const std::uint64_t reach = header_.table_reach();
  const std::uint64_t number = offset / reach;
  end = std::min(end, (number + 1) * reach);
  if (directory_[number] == 0) return {{}, end - offset};
  const BlockCache::Block table = tables_.get(number, [&] {
    Bytes entries(kTableSize);
    file().read(directory_[number] * kSectorSize, entries);
    return entries;
  });
  return run_of_blocks(
      offset, end, header_.grain_size(), [&](std::uint64_t grain) {
        const std::uint64_t index = grain % kTableEntries;
        return place_of(load_le<std::uint32_t>(*table, index * 4));
      });
}

Place Reader::place_of(std::uint32_t entry) const {
  if (entry == 0) return {};
  if (entry == kZeroGrain && header_.has_zero_grains()) return {};
  return {header_.compressed() ? Place::Kind::packed : Place::Kind::stored,
          entry * kSectorSize};
}

void Reader::read_run(const Run& run, std::uint64_t offset,
                      MutableBytes out) const {
  if (run.place.kind != Place::Kind::packed) {
    return MappedGuest::read_run(run, offset, out);
  }
  const std::uint64_t size = header_.grain_size();
  const std::uint64_t start = round_down(offset, size);
  if (out.size() == size) return decompress(start, run.place.file_offset, out);
  const BlockCache::Block grain = grains_.get(start / size, [&] {
    Bytes plain(size);
    decompress(start, run.place.file_offset, plain);
    return plain;
  });
  std::copy_n(grain->begin() + static_cast<std::ptrdiff_t>(offset - start),
              out.size(), out.begin());
}

void Reader::decompress(std::uint64_t start, std::uint64_t file_offset,
                        MutableBytes out) const {
  std::array<std::byte, Marker::kGrainSize> raw;
  file().read(file_offset, raw);
  Bytes stored(Marker::decode(raw).size);
  file().read(file_offset + raw.size(), stored);
  const auto filled = inflate_zlib(stored, out);
  // The last grain may hold no more than the disk does.
  const std::uint64_t wanted =
      std::min<std::uint64_t>(out.size(), size() - start);
  if (!filled || *filled < wanted) {
    refuse(Errc::corrupt,
           "vmdk: the compressed grain of guest offset {:#x} at {:#x} does not "
           "decompress to {} bytes",
           start, file_offset, wanted);
  }
}

}  // namespace platter::format::vmdk
