// src/format/vhdx_log.cpp: finds the entries of a log that count, and replays
// them.
//
// The log is a ring of entries of whole pages. Those that count are the ones
// with the highest sequence numbers in a row, from the one that the last of
// them calls the tail. Every entry has a checksum over all its bytes; a file
// that wants it computed again and again for nothing is given up.
#include "vhdx_log.h"

#include <algorithm>

#include "crc32c.h"
#include "refusal.h"

namespace platter::format::vhdx {

namespace {

constexpr std::string_view kEntrySignature = "loge";
constexpr std::string_view kZeroSignature = "zero";
constexpr std::string_view kPageSignature = "desc";
constexpr std::string_view kDataSignature = "data";
constexpr std::uint64_t kEntryHeader = 64;
constexpr std::uint64_t kDescriptor = 32;
constexpr std::uint64_t kStep = kPageSize;

// Logs have 1 MiB unless somebody asked for more.
constexpr std::uint64_t kLongestLog = 64 * kMiB;
constexpr std::uint64_t kMostChecked = 64 * kMiB;  // bytes
constexpr std::uint64_t kLargestFile = 1024 * kTiB;

struct Entry {
  std::uint64_t position = 0;  // in the log
  std::uint64_t length = 0;
  std::uint64_t tail = 0;  // the position of the first entry still needed
  std::uint64_t sequence = 0;
  std::uint64_t descriptors = 0;
  std::uint64_t flushed_size = 0;  // of the file, when it was written
  std::uint64_t last_size = 0;     // ... and that it is to have

  std::uint64_t descriptor_pages() const {
    return divide_up(kEntryHeader + descriptors * kDescriptor, kStep);
  }
};

using Entries = std::vector<Entry>;

[[noreturn]] void refuse_log(Errc code, std::string_view why) {
  refuse(code,
         "vhdx: the file was not closed, and its log cannot be replayed: {}. "
         "Clean it where it was written: mount it once in Hyper-V, or run "
         "qemu-img check -r all",
         why);
}

class Log {
 public:
  Log(const block::ByteSource& file, const Header& header)
      : file_(file), header_(header) {}

  // The entries to replay, in order; empty when there are none.
  Entries active() {
    Entries best;
    for (std::uint64_t position = 0; position < header_.log_length;) {
      Entries run = run_at(position);
      if (run.empty()) {
        position += kStep;
        continue;
      }
      position += length_of(run);
      // Only what its last entry still needs, and only if all of it is here.
      const auto tail =
          std::ranges::find(run, run.back().tail, &Entry::position);
      if (tail == run.end()) continue;
      run.erase(run.begin(), tail);
      if (best.empty() || run.back().sequence > best.back().sequence) {
        best = std::move(run);
      }
    }
    return best;
  }

  // REQUIRES: offset + out.size() <= the log's length from `position` on,
  // counted round.
  void read(std::uint64_t position, MutableBytes out) const {
    while (!out.empty()) {
      const std::uint64_t at = position % header_.log_length;
      const auto part = out.first(
          std::min<std::uint64_t>(out.size(), header_.log_length - at));
      file_.read(header_.log_offset + at, part);
      position += part.size();
      out = out.subspan(part.size());
    }
  }

  std::uint64_t file_offset(std::uint64_t position) const {
    return header_.log_offset + position % header_.log_length;
  }

 private:
  static std::uint64_t length_of(const Entries& run) {
    std::uint64_t length = 0;
    for (const Entry& entry : run) length += entry.length;
    return length;
  }

  // The valid entries in a row from `position` on, each with the next number.
  Entries run_at(std::uint64_t position) {
    Entries run;
    std::uint64_t length = 0;
    while (const auto entry =
               entry_at((position + length) % header_.log_length)) {
      if (!run.empty() && entry->sequence != run.back().sequence + 1) break;
      if (entry->length > header_.log_length - length) break;
      length += entry->length;
      run.push_back(*entry);
      if (length == header_.log_length) break;
    }
    return run;
  }

  std::optional<Entry> entry_at(std::uint64_t position) {
    std::array<std::byte, kEntryHeader> raw;
    read(position, raw);
    if (as_text(raw).substr(0, kEntrySignature.size()) != kEntrySignature ||
        guid_at(ByteView(raw).subspan(32)) != header_.log_id) {
      return std::nullopt;
    }
    Entry entry;
    entry.position = position;
    entry.length = load_le<std::uint32_t>(raw, 8);
    entry.tail = load_le<std::uint32_t>(raw, 12);
    entry.sequence = load_le<std::uint64_t>(raw, 16);
    entry.descriptors = load_le<std::uint32_t>(raw, 24);
    entry.flushed_size = load_le<std::uint64_t>(raw, 48);
    entry.last_size = load_le<std::uint64_t>(raw, 56);
    const bool possible = entry.length > 0 && entry.length % kStep == 0 &&
                          entry.length <= header_.log_length &&
                          entry.sequence > 0 &&
                          entry.descriptor_pages() <= entry.length / kStep;
    if (!possible || load_le<std::uint32_t>(raw, 4) != checksum(entry)) {
      return std::nullopt;
    }
    return entry;
  }

  // Of all the entry's bytes, its own counted as zeros.
  std::uint32_t checksum(const Entry& entry) {
    checked_ += entry.length;
    if (checked_ > kMostChecked + 4 * header_.log_length) {
      refuse_log(Errc::corrupt, "its entries lie over each other");
    }
    Bytes piece(std::min(entry.length, 64 * kKiB));
    std::uint32_t crc = 0;
    for (std::uint64_t at = 0; at < entry.length; at += piece.size()) {
      piece.resize(std::min<std::uint64_t>(piece.size(), entry.length - at));
      read(entry.position + at, piece);
      if (at == 0) store_le(piece, 4, std::uint32_t{0});
      crc = crc32c(piece, crc);
    }
    return crc;
  }

  const block::ByteSource& file_;
  const Header& header_;
  std::uint64_t checked_ = 0;
};

// Lays the writes of entries over the file, one entry after another.
class Replay {
 public:
  Replay(const Log& log, const Header& header, Replayed& file)
      : log_(log), header_(header), file_(file) {}

  void apply(const Entry& entry) {
    Bytes raw(entry.descriptor_pages() * kStep);
    log_.read(entry.position, raw);
    std::uint64_t page = entry.position + raw.size();
    const std::uint64_t end = entry.position + entry.length;
    for (std::uint64_t n = 0; n < entry.descriptors; ++n) {
      const ByteView descriptor =
          ByteView(raw).subspan(kEntryHeader + n * kDescriptor, kDescriptor);
      if (load_le<std::uint64_t>(descriptor, 24) != entry.sequence) {
        refuse_log(Errc::corrupt, "a descriptor has another sequence number");
      }
      const std::string_view signature = as_text(descriptor.first(4));
      if (signature == kZeroSignature) {
        apply_zeros(descriptor);
      } else if (signature == kPageSignature && page < end) {
        apply_page(descriptor, page, entry.sequence);
        page += kStep;
      } else {
        refuse_log(Errc::corrupt, "a descriptor is unknown or has no data");
      }
    }
  }

 private:
  void apply_zeros(ByteView descriptor) {
    const auto length = load_le<std::uint64_t>(descriptor, 8);
    const auto offset = load_le<std::uint64_t>(descriptor, 16);
    check_target(offset, length);
    file_.write_zeros(offset, length);
  }

  void apply_page(ByteView descriptor, std::uint64_t page,
                  std::uint64_t sequence) {
    const auto offset = load_le<std::uint64_t>(descriptor, 16);
    check_target(offset, kPageSize);
    std::array<std::byte, kPageSize> data;
    log_.read(page, data);
    const std::uint64_t found = std::uint64_t{load_le<std::uint32_t>(data, 4)}
                                    << 32 |
                                load_le<std::uint32_t>(data, kPageSize - 4);
    if (as_text(data).substr(0, 4) != kDataSignature || found != sequence) {
      refuse_log(Errc::corrupt, "a page has another sequence number");
    }
    file_.write_page(offset, {log_.file_offset(page) + 8,
                              load_le<std::uint64_t>(descriptor, 8),
                              load_le<std::uint32_t>(descriptor, 4)});
  }

  // Neither the headers, which say where the log is, nor the log.
  void check_target(std::uint64_t offset, std::uint64_t length) const {
    const bool fits = offset <= kLargestFile && length <= kLargestFile &&
                      offset % kPageSize == 0 && length % kPageSize == 0;
    const bool apart = offset >= kRegionTables[0] &&
                       (offset >= header_.log_offset + header_.log_length ||
                        offset + length <= header_.log_offset);
    if (!fits || !apart) {
      refuse_log(Errc::corrupt,
                 fmt::format("it writes {} bytes at {:#x}: on the headers, on "
                             "itself or misaligned",
                             length, offset));
    }
  }

  const Log& log_;
  const Header& header_;
  Replayed& file_;
};

void check_log(const Header& header) {
  if (header.log_version != 0) {
    refuse_log(Errc::unsupported,
               fmt::format("its version is {}; 0 is read", header.log_version));
  }
  if (header.log_length > kLongestLog || header.log_length == 0) {
    refuse_log(Errc::unsupported,
               fmt::format("it has {} bytes; 1 to {} are replayed",
                           header.log_length, kLongestLog));
  }
}

// The file's size when the last entry was written, and what it is to be.
void check_sizes(const Entry& last, std::uint64_t file_size) {
  if (last.flushed_size > file_size || last.last_size > kLargestFile) {
    refuse_log(Errc::corrupt,
               fmt::format("it was written to a file of {} bytes, but this "
                           "one has {}: it was cut off",
                           last.flushed_size, file_size));
  }
}

}  // namespace

std::shared_ptr<const Replayed> replay_log(block::SourcePtr file,
                                           const Header& header) {
  auto replayed = std::make_shared<Replayed>(file);
  if (header.log_id == kNoGuid) return replayed;
  check_log(header);
  Log log(*file, header);
  const Entries entries = log.active();
  if (entries.empty()) {
    refuse_log(Errc::corrupt, "it has no entry that is whole");
  }
  check_sizes(entries.back(), file->size());
  Replay replay(log, header, *replayed);
  for (const Entry& entry : entries) replay.apply(entry);
  replayed->grow_to(entries.back().last_size);
  return replayed;
}

}  // namespace platter::format::vhdx
