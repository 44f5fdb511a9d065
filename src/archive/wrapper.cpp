// src/archive/wrapper.cpp: what a file is, by its content; names decide
// nothing.
#include "wrapper.h"

#include <algorithm>

#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "refusal.h"
#include "tar.h"

namespace platter::archive {

namespace {

using block::ByteSource;
using namespace std::string_view_literals;

constexpr std::string_view kGzip = "\x1f\x8b\x08"sv;  // RFC 1952: deflate
constexpr std::string_view kXz = "\xfd\x37zXZ\0"sv;
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd"sv;
constexpr std::string_view kBzip2 = "BZh"sv;
// What a bzip2 stream's first block begins with; an empty stream has its end.
constexpr std::string_view kBzip2Block = "\x31\x41\x59\x26\x53\x59"sv;
constexpr std::string_view kBzip2End = "\x17\x72\x45\x38\x50\x90"sv;

struct Magic {
  std::string_view bytes;
  std::string_view kind;
};

constexpr Magic kRefused[] = {
    {"PK\x03\x04"sv, "zip archive"},        {"PK\x05\x06"sv, "zip archive"},
    {"7z\xbc\xaf\x27\x1c"sv, "7z archive"}, {"Rar!\x1a\x07"sv, "rar archive"},
    {"\x04\x22\x4d\x18"sv, "lz4 file"},     {"LZIP\x01"sv, "lzip file"},
    {"\x89LZO\0\r\n\x1a\n"sv, "lzop file"}, {"\x1f\x9d\x90"sv, ".Z file"},
};

Bytes bytes_at(const ByteSource& file, std::uint64_t offset,
               std::uint64_t length) {
  if (offset >= file.size()) return {};
  Bytes bytes(std::min(length, file.size() - offset));
  file.read(offset, bytes);
  return bytes;
}

// RFC 8878, 3.1.2: sixteen magics.
bool begins_skippable(ByteView bytes) {
  return bytes.size() >= 8 &&
         load_le<std::uint32_t>(bytes) >> 4 == 0x184d2a50 >> 4;
}

bool begins_bzip2(std::string_view text) {
  if (text.size() < 10 || !text.starts_with(kBzip2)) return false;
  const std::string_view block = text.substr(4);
  return text[3] >= '1' && text[3] <= '9' &&
         (block.starts_with(kBzip2Block) || block.starts_with(kBzip2End));
}

// Skippable frames alone say nothing: other formats have the same.
bool is_zstd(const ByteSource& file) {
  constexpr int kMostSkipped = 16;
  std::uint64_t offset = 0;
  for (int skipped = 0; skipped <= kMostSkipped; ++skipped) {
    const Bytes bytes = bytes_at(file, offset, kLongestMagic);
    if (as_text(bytes).starts_with(kZstd)) return true;
    if (!begins_skippable(bytes)) return false;
    offset += 8 + load_le<std::uint32_t>(bytes, 4);
  }
  return false;
}

std::optional<Wrapper> compression_of(const ByteSource& file) {
  const Bytes first = bytes_at(file, 0, kLongestMagic);
  for (const Wrapper wrapper : {Wrapper::gz, Wrapper::xz, Wrapper::bz2}) {
    if (begins(wrapper, first)) return wrapper;
  }
  return is_zstd(file) ? std::optional(Wrapper::zst) : std::nullopt;
}

bool is_tar(const ByteSource& file) {
  return as_text(bytes_at(file, 257, 5)) == "ustar";
}

std::optional<Wrapper> wrapper_of_tar(const ByteSource& file) {
  const auto members = members_of_tar(file);
  if (!members) return std::nullopt;
  const bool has_ovf = std::ranges::any_of(*members, [](const Member& member) {
    return ends_in(member.name, ".ovf");
  });
  if (!has_ovf) {
    refuse(Errc::unsupported,
           "the file is a tar archive without an .ovf, which is not opened: "
           "unpack it and send the disk that is in it");
  }
  return Wrapper::ova;
}

}  // namespace

std::string_view name_of(Wrapper wrapper) noexcept {
  switch (wrapper) {
    case Wrapper::gz:
      return "gz";
    case Wrapper::xz:
      return "xz";
    case Wrapper::zst:
      return "zst";
    case Wrapper::bz2:
      return "bz2";
    case Wrapper::ova:
      break;
  }
  return "ova";
}

std::optional<Wrapper> wrapper_claimed_by(std::string_view name) {
  for (const Wrapper wrapper : kWrappers) {
    if (ends_in(name, "." + std::string(name_of(wrapper)))) return wrapper;
  }
  return std::nullopt;
}

bool ends_in(std::string_view name, std::string_view ending) noexcept {
  return name.size() > ending.size() &&
         std::ranges::equal(name.substr(name.size() - ending.size()), ending,
                            {},
                            [](unsigned char c) { return std::tolower(c); });
}

bool begins(Wrapper wrapper, ByteView bytes) noexcept {
  const std::string_view text = as_text(bytes);
  switch (wrapper) {
    case Wrapper::gz:
      return text.starts_with(kGzip);
    case Wrapper::xz:
      return text.starts_with(kXz);
    case Wrapper::zst:
      return text.starts_with(kZstd) || begins_skippable(bytes);
    case Wrapper::bz2:
      return begins_bzip2(text);
    case Wrapper::ova:
      break;
  }
  return false;
}

std::optional<Wrapper> compression_of(ByteView first) {
  const block::SourcePtr file =
      block::memory_source(Bytes(first.begin(), first.end()));
  return compression_of(*file);
}

std::optional<Wrapper> wrapper_of(const ByteSource& file) {
  if (const auto compression = compression_of(file)) return compression;
  const Bytes first = bytes_at(file, 0, kLongestMagic);
  for (const Magic& magic : kRefused) {
    if (!as_text(first).starts_with(magic.bytes)) continue;
    refuse(Errc::unsupported,
           "the file is a {}, which is not opened: unpack it and send the disk "
           "that is in it",
           magic.kind);
  }
  return is_tar(file) ? wrapper_of_tar(file) : std::nullopt;
}

std::string shown(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  std::string text = "\"" + std::string(name.substr(0, kLongest));
  for (char& letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < ' ' || code == 0x7f) letter = '?';
  }
  return text + (name.size() > kLongest ? "...\"" : "\"");
}

}  // namespace platter::archive
