// tests/fuzz/set_target.h
//
// Any bytes, opened as a disk in several files: the descriptor, a 0 byte, and
// of each file in the order of its name there a length (2 bytes, little endian)
// and so many bytes. make-disk-corpus writes it. The fuzzer and the replay of
// its corpus share it.
#pragma once

#include "fuzz/guest_laws.h"
#include "platter/base/integers.h"
#include "support/vmdk_set.h"

namespace platter::test {

// Takes the next file off `packed`: what is there of it.
inline block::SourcePtr take_file(ByteView& packed) {
  if (packed.size() < 2) return block::memory_source({});
  const std::size_t length =
      std::min<std::size_t>(load_le<std::uint16_t>(packed), packed.size() - 2);
  Bytes bytes = to_bytes(packed.subspan(2, length));
  packed = packed.subspan(2 + length);
  return block::memory_source(std::move(bytes));
}

// Throws what the set is refused for.
inline void check_set(ByteView input) {
  const std::size_t end = std::min(as_text(input).find('\0'), input.size());
  const auto descriptor = block::memory_source(to_bytes(input.first(end)));
  ByteView packed = input.subspan(std::min(end + 1, input.size()));
  std::vector<block::SourcePtr> files(format::part_names(*descriptor).size());
  for (block::SourcePtr& file : files) file = take_file(packed);
  const auto set = format::open_set(*descriptor, files);
  require(set->size() > 0 && set->size() % kSectorSize == 0,
          "a guest has whole sectors");
  for (std::size_t file = 0; file < files.size(); ++file) {
    check_guest_placements(FileOfSet(set, file), *files[file]);
  }
  check_source_extents(FileOfSet(set, 0));
  constexpr std::uint64_t kPart = 128 * kKiB;
  read_part(*set, 0, kPart);
  read_part(*set, set->size() - std::min(set->size(), kPart), kPart);
}

inline void check_set_bytes(ByteView input) {
  try {
    check_set(input);
  } catch (const Error& error) {
    require(error.code() == Errc::corrupt || error.code() == Errc::invalid ||
                error.code() == Errc::unsupported,
            "untrusted files are refused as such");
  }
}

}  // namespace platter::test
