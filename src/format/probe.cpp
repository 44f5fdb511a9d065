// src/format/probe.cpp: what a file is, by its content and nothing else.
#include <vector>

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
    {0, "QFI\xfb\0\0\0\1"sv, "qcow"},
    {0, "QED\0"sv, "QED"},
    {0, "COWD"sv, "VMDK (COWD)"},
    {0, "\xbe\xba\xfe\xca\0\0\0\0"sv, "VMDK (seSparse)"},
    {0, "WithoutFreeSpace"sv, "Parallels"},
    {0, "WithouFreSpacExt"sv, "Parallels"},
    {0, "Bochs Virtual HD Image"sv, "Bochs"},
    {0, "#!/bin/sh\n#V2.0 Format\n"sv, "cloop"},
};

// What a file is marked as. Of formats that are not read `driver` is null.
struct Mark {
  std::string_view format;
  const Driver* driver = nullptr;
};

std::vector<Mark> marks_of(const ByteSource& file) {
  std::vector<Mark> marks;
  for (const Driver* driver : drivers()) {
    if (driver->recognises != nullptr && driver->recognises(file)) {
      marks.push_back({driver->name, driver});
    }
  }
  for (const Magic& magic : kRefused) {
    if (has(file, magic.offset, magic.bytes)) marks.push_back({magic.format});
  }
  if (is_descriptor(file)) marks.push_back({"VMDK descriptor"});
  if (is_dmg(file)) marks.push_back({"DMG"});
  return marks;
}

}  // namespace

std::vector<std::string_view> looks_like(const ByteSource& file) {
  std::vector<std::string_view> formats;
  for (const Mark& mark : marks_of(file)) formats.push_back(mark.format);
  return formats;
}

// A file with two marks, such as a fixed VHD whose guest begins like a qcow2,
// would be one disk to us and another to who guesses differently.
Format probe(const ByteSource& file) {
  const std::vector<Mark> marks = marks_of(file);
  if (marks.empty()) return Format::raw;
  if (marks.size() > 1) {
    refuse(Errc::invalid,
           "the file is two formats at once, {} and {}. Convert it to the one "
           "that it is meant to be with: qemu-img convert -f",
           marks[0].format, marks[1].format);
  }
  if (is_descriptor(file)) {
    refuse(Errc::invalid,
           "the file is a VMDK descriptor, which only names the files of a "
           "disk. Send it with them to one image's folder");
  }
  if (marks[0].driver == nullptr) {
    refuse(Errc::unsupported,
           "the file is a {} disk, which is not read. Convert it with: "
           "qemu-img convert -O qcow2",
           marks[0].format);
  }
  return marks[0].driver->format;
}

}  // namespace platter::format
