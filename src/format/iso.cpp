// src/format/iso.cpp: optical discs, ISO 9660 and UDF. The file is the disc,
// sector by sector; docs/format/iso.md says what is looked at.
#include <algorithm>

#include "driver.h"
#include "platter/base/integers.h"
#include "refusal.h"
#include "whole_file.h"

namespace platter::format {

namespace {

// Of the first volume descriptor (ECMA-119, 8; ECMA-167, part 2): a disc
// begins with 16 sectors of 2048 bytes that belong to no standard.
constexpr std::uint64_t kDescriptor = 16 * 2'048;
constexpr std::uint64_t kDescriptorSize = 2'048;
constexpr std::size_t kIdentifier = 1;
constexpr std::size_t kIdentifierSize = 5;
constexpr std::string_view kIso9660 = "CD001";
constexpr std::string_view kIdentifiers[] = {kIso9660, "BEA01", "NSR02",
                                             "NSR03"};

// Of a primary volume descriptor. Numbers are there twice, little endian and
// then big endian.
constexpr std::byte kPrimary{1};
constexpr std::size_t kSpaceSize = 80;   // blocks, 4 bytes
constexpr std::size_t kBlockSize = 128;  // 2 bytes

// Blocks at the end of a disc that hold nothing, and that some programs that
// copy discs leave out.
constexpr std::uint64_t kRunOut = 150;

std::string_view identifier_of(ByteView descriptor) {
  return as_text(descriptor.subspan(kIdentifier, kIdentifierSize));
}

bool recognises(const block::ByteSource& file) {
  if (file.size() < kDescriptor + kDescriptorSize) return false;
  std::array<std::byte, kIdentifier + kIdentifierSize> start;
  file.read(kDescriptor, start);
  return std::ranges::count(kIdentifiers, identifier_of(start)) > 0;
}

// A number that is there twice; nullopt when it is not.
template <std::unsigned_integral T>
std::optional<T> both(ByteView raw, std::size_t at) {
  const auto little = load_le<T>(raw, at);
  if (little != load_be<T>(raw, at + sizeof(T))) return std::nullopt;
  return little;
}

void check_not_cut_off(const block::ByteSource& file) {
  Bytes raw(kDescriptorSize);
  file.read(kDescriptor, raw);
  if (identifier_of(raw) != kIso9660 || raw[0] != kPrimary) return;
  const auto blocks = both<std::uint32_t>(raw, kSpaceSize);
  const auto block_size = both<std::uint16_t>(raw, kBlockSize);
  if (!blocks || !block_size) return;
  const std::uint64_t whole = std::uint64_t{*blocks} * *block_size;
  if (whole > file.size() + kRunOut * *block_size) {
    refuse(
        Errc::corrupt,
        "iso: the volume space size is {} blocks of {} bytes, {} in all, but "
        "the file has only {} bytes: it was cut off. Upload it again",
        *blocks, *block_size, whole, file.size());
  }
}

std::shared_ptr<const Guest> open(block::SourcePtr file) {
  if (!recognises(*file)) {
    refuse(Errc::corrupt, "iso: there is no volume descriptor at {:#x}",
           kDescriptor);
  }
  check_not_cut_off(*file);
  return whole_file(std::move(file));
}

}  // namespace

const Driver kIsoDriver = {
    .format = Format::iso,
    .name = "iso",
    .extensions = {"iso", ""},
    // A disk is not shown as a disc.
    .largest_guest = 0,
    .recognises = recognises,
    .open_guest = open,
    .make_view = nullptr,
};

}  // namespace platter::format
