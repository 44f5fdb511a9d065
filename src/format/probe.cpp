// src/format/probe.cpp: what a file is, by its content and nothing else.
#include "driver.h"
#include "platter/base/integers.h"
#include "platter/format/disk_set.h"
#include "refusal.h"

namespace platter::format {

namespace {

using block::ByteSource;

// Whether `file` has `magic` at `offset`.
bool has(const ByteSource& file, std::uint64_t offset, std::string_view magic) {
  if (file.size() < offset + magic.size()) return false;
  std::string found(magic.size(), '\0');
  file.read(offset, std::as_writable_bytes(std::span(found)));
  return found == magic;
}

std::optional<std::array<std::byte, 512>> last_sector(const ByteSource& file) {
  std::array<std::byte, 512> sector;
  if (file.size() < sector.size()) return std::nullopt;
  file.read(file.size() - sector.size(), sector);
  return sector;
}

// An Apple disk image ends with a trailer: "koly", version 4, 512 bytes.
bool is_dmg(const ByteSource& file) {
  const auto trailer = last_sector(file);
  return trailer && as_text(*trailer).substr(0, 4) == "koly" &&
         load_be<std::uint32_t>(*trailer, 4) == 4 &&
         load_be<std::uint32_t>(*trailer, 8) == trailer->size();
}

struct Magic {
  std::uint64_t offset;
  std::string_view bytes;
  std::string_view format;
};

using namespace std::string_view_literals;

// Formats that are no disk as they stand, and are not read.
constexpr Magic kRefused[] = {
    {0, "QFI\xfb"sv, "qcow"},
    {0, "QED\0"sv, "QED"},
    {0, "COWD"sv, "VMDK (COWD)"},
    {0, "\xbe\xba\xfe\xca\0\0\0\0"sv, "VMDK (seSparse)"},
    {0, "WithoutFreeSpace"sv, "Parallels"},
    {0, "WithouFreSpacExt"sv, "Parallels"},
    {0, "Bochs Virtual HD Image"sv, "Bochs"},
    {0, "#!/bin/sh\n#V2.0 Format\n"sv, "cloop"},
};

[[noreturn]] void refuse_format(std::string_view format) {
  refuse(Errc::unsupported,
         "the file is a {} disk, which is not read. Convert it with: qemu-img "
         "convert -O qcow2",
         format);
}

// The one driver that recognises the file; null if there is none. One that
// two recognise, such as a fixed VHD whose guest begins like a qcow2, would be
// one disk to us and another to who guesses differently.
const Driver* recognised(const ByteSource& file) {
  const Driver* found = nullptr;
  for (const Driver* driver : drivers()) {
    if (driver->recognises == nullptr || !driver->recognises(file)) continue;
    if (found != nullptr) {
      refuse(Errc::invalid,
             "the file is a {} disk and a {} disk at once. Convert it to the "
             "one that it is meant to be with: qemu-img convert -f",
             found->name, driver->name);
    }
    found = driver;
  }
  return found;
}

}  // namespace

Format probe(const ByteSource& file) {
  if (const Driver* driver = recognised(file)) return driver->format;
  for (const Magic& magic : kRefused) {
    if (has(file, magic.offset, magic.bytes)) refuse_format(magic.format);
  }
  if (is_descriptor(file)) {
    refuse(Errc::invalid,
           "the file is a VMDK descriptor, which only names the files of a "
           "disk. Send it with them to one image's folder");
  }
  if (is_dmg(file)) refuse_format("DMG");
  return Format::raw;
}

}  // namespace platter::format
