// tests/support/vhdx_file.h
//
// A dynamic VHDX of a few blocks of 1 MiB, laid out so that a test can break
// one field of it: headers, region tables, log, metadata, table, two blocks;
// and logs for it. Written from the specification, not by the code under test.
#pragma once

#include <optional>
#include <vector>

#include "support/disks.h"
#include "support/sparse_file.h"

namespace platter::test {

// Byte by byte, out of a table that is made bit by bit as the definition goes.
inline std::uint32_t plain_crc32c(ByteView bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t byte = 0; byte < made.size(); ++byte) {
      std::uint32_t crc = byte;
      for (int bit = 0; bit < 8; ++bit) {
        crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
      }
      made[byte] = crc;
    }
    return made;
  }();
  std::uint32_t crc = ~std::uint32_t{0};
  const std::byte* const end = bytes.data() + bytes.size();
  for (const std::byte* at = bytes.data(); at != end; ++at) {
    crc = crc >> 8 ^ table.data()[(crc ^ static_cast<std::uint8_t>(*at)) & 255];
  }
  return ~crc;
}

// Sets the checksum of `length` bytes at `offset`.
inline void seal_vhdx(SparseFile& file, std::uint64_t offset,
                      std::uint64_t length) {
  file.set_le(offset + 4, std::uint32_t{0});
  file.set_le(offset + 4, plain_crc32c(file.part(offset, length)));
}

class VhdxFile : public SparseFile {
 public:
  static constexpr std::uint64_t kHeaders[] = {64 * kKiB, 128 * kKiB};
  static constexpr std::uint64_t kRegions[] = {192 * kKiB, 256 * kKiB};
  static constexpr std::uint64_t kLog = 1 * kMiB;
  static constexpr std::uint64_t kMetadata = 2 * kMiB;
  static constexpr std::uint64_t kTable = 3 * kMiB;
  static constexpr std::uint64_t kData = 4 * kMiB;
  static constexpr std::uint64_t kBlock = kMiB;
  static constexpr std::uint64_t kDisk = 5 * kMiB - 4'096;
  static constexpr std::uint64_t kItems = kMetadata + 64 * kKiB;
  static constexpr std::uint64_t kPresent = 6;

  // A disk of 5 blocks, the last one short, of which the last and the second
  // are stored, in this order.
  VhdxFile() : SparseFile(kData + 2 * kBlock) {
    write(0, as_bytes("vhdxfile"));
    header(0, 7);
    header(1, 8);
    for (const std::uint64_t at : kRegions) {
      write(at, as_bytes("regi"));
      set_le(at + 8, std::uint32_t{2});
      region(at + 16, "66 77 c2 2d 23 f6 00 42 9d 64 11 5e 9b fd 4a 08",
             kTable);
      region(at + 48, "06 a2 7c 8b 90 47 9a 4b b8 fe 57 5f 05 0f 88 6e",
             kMetadata);
    }
    metadata();
    set_entry(4, kData | kPresent);
    set_entry(1, (kData + kBlock) | kPresent);
    // Little of it is not zeros, to keep the file small.
    write(kData + 8'192, random_bytes(10'000, 1));
    write(kData + kBlock, random_bytes(512, 2));
    write(kData + 2 * kBlock - 5'000, random_bytes(5'000, 3));
    seal();
  }

  void set_entry(std::uint64_t index, std::uint64_t entry) {
    set_le(kTable + index * 8, entry);
  }
  template <std::unsigned_integral T>
  void set_headers(std::uint64_t at, T value) {
    for (const std::uint64_t header : kHeaders) set_le(header + at, value);
  }
  template <std::unsigned_integral T>
  void set_regions(std::uint64_t at, T value) {
    for (const std::uint64_t table : kRegions) set_le(table + at, value);
  }
  // Makes all checksums right, but those of the log.
  void seal() {
    for (const std::uint64_t at : kHeaders) seal_vhdx(*this, at, 4'096);
    for (const std::uint64_t at : kRegions) seal_vhdx(*this, at, 64 * kKiB);
  }

  // What the guest of the unchanged file reads as.
  Bytes disk() const {
    Bytes disk(kDisk);
    std::ranges::copy(part(kData + kBlock, kBlock), disk.begin() + kBlock);
    std::ranges::copy(part(kData, kBlock - 4'096), disk.begin() + 4 * kBlock);
    return disk;
  }

 private:
  static Bytes hex(std::string_view text) {
    Bytes bytes;
    for (std::size_t at = 0; at < text.size(); at += 3) {
      bytes.push_back(static_cast<std::byte>(
          std::stoi(std::string(text.substr(at, 2)), nullptr, 16)));
    }
    return bytes;
  }

  void header(std::size_t which, std::uint64_t sequence) {
    const std::uint64_t at = kHeaders[which];
    write(at, as_bytes("head"));
    set_le(at + 8, sequence);
    set_le(at + 66, std::uint16_t{1});
    set_le(at + 68, static_cast<std::uint32_t>(kMiB));
    set_le(at + 72, kLog);
  }

  void region(std::uint64_t at, std::string_view id, std::uint64_t offset) {
    write(at, hex(id));
    set_le(at + 16, offset);
    set_le(at + 24, static_cast<std::uint32_t>(kMiB));
    set_le(at + 28, std::uint32_t{1});
  }

  void item(std::string_view id, std::uint32_t length, std::uint32_t flags,
            std::uint64_t value) {
    const std::uint64_t at = kMetadata + 32 + items_ * 32;
    write(at, hex(id));
    set_le(at + 16, static_cast<std::uint32_t>(64 * kKiB + items_ * 16));
    set_le(at + 20, length);
    set_le(at + 24, flags);
    set_le(kItems + items_ * 16, value);
    ++items_;
    set_le(kMetadata + 10, items_);
  }

  // The items' values stand 16 bytes apart from kItems on.
  void metadata() {
    write(kMetadata, as_bytes("metadata"));
    item("37 67 a1 ca 36 fa 43 4d b3 b6 33 f0 aa 44 e7 6b", 8, 4, kBlock);
    item("24 42 a5 2f 1b cd 76 48 b2 11 5d be d8 3b f4 b8", 8, 6, kDisk);
    item("ab 12 ca be e6 b2 23 45 93 ef c3 09 e0 00 c7 46", 16, 6, 1);
    item("1d bf 41 81 6f a9 09 47 ba 47 f2 33 a8 fa ab 5f", 4, 6, 512);
    item("c7 48 a3 cd 5d 44 71 44 9c c9 e9 88 52 51 c5 56", 4, 6, 4'096);
  }

  std::uint16_t items_ = 0;
};

// One entry of a log, to be written into a VhdxFile.
class VhdxLogEntry {
 public:
  VhdxLogEntry(std::uint64_t sequence, std::uint32_t tail,
               std::uint64_t file_size)
      : sequence_(sequence), tail_(tail), file_size_(file_size) {}

  // The page of the file at `offset` becomes `page` (4096 bytes).
  VhdxLogEntry& page(std::uint64_t offset, Bytes page) {
    writes_.push_back({offset, 0, std::move(page)});
    return *this;
  }
  VhdxLogEntry& zeros(std::uint64_t offset, std::uint64_t length) {
    writes_.push_back({offset, length, std::nullopt});
    return *this;
  }

  Bytes encode() const {
    SparseFile raw(round_up(64 + writes_.size() * 32, 4'096));
    std::uint64_t at = 64;
    for (const Write& write : writes_) {
      raw.write(at, as_bytes(write.page ? "desc" : "zero"));
      raw.set_le(at + 8, write.length);
      raw.set_le(at + 16, write.offset);
      raw.set_le(at + 24, sequence_);
      if (write.page) add_page(raw, at, *write.page);
      at += 32;
    }
    raw.write(0, as_bytes("loge"));
    raw.set_le(8, static_cast<std::uint32_t>(raw.size()));
    raw.set_le(12, tail_);
    raw.set_le(16, sequence_);
    raw.set_le(24, static_cast<std::uint32_t>(writes_.size()));
    raw.set_le(32, kLogId);
    raw.set_le(48, file_size_);
    raw.set_le(56, file_size_);
    seal_vhdx(raw, 0, raw.size());
    return block::read_all(raw);
  }

  static constexpr std::uint64_t kLogId = 0x1234;  // the other half is 0

 private:
  struct Write {
    std::uint64_t offset;
    std::uint64_t length;
    std::optional<Bytes> page;
  };

  // The page's first 8 and last 4 bytes go into the descriptor.
  void add_page(SparseFile& raw, std::uint64_t descriptor,
                const Bytes& page) const {
    const std::uint64_t data = raw.size();
    const ByteView view(page);
    raw.write(data, as_bytes("data"));
    raw.set_le(data + 4, static_cast<std::uint32_t>(sequence_ >> 32));
    raw.write(data + 8, view.subspan(8, 4'084));
    raw.set_le(data + 4'092, static_cast<std::uint32_t>(sequence_));
    raw.write(descriptor + 4, view.subspan(4'092));
    raw.write(descriptor + 8, view.first(8));
  }

  std::uint64_t sequence_;
  std::uint32_t tail_;
  std::uint64_t file_size_;
  std::vector<Write> writes_;
};

// Writes the entry at `position` of the log, round its end, and says in the
// headers that there is a log.
inline void put_log_entry(VhdxFile& file, std::uint64_t position,
                          const VhdxLogEntry& entry) {
  const Bytes raw = entry.encode();
  for (std::uint64_t at = 0; at < raw.size(); at += 4'096) {
    file.write(VhdxFile::kLog + (position + at) % kMiB,
               ByteView(raw).subspan(at, 4'096));
  }
  file.set_headers(48, VhdxLogEntry::kLogId);
  file.seal();
}

}  // namespace platter::test
