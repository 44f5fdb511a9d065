// src/format/vmdk_descriptor.cpp: descriptors, from and to text.
#include "vmdk_descriptor.h"

#include <algorithm>
#include <charconv>

#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::vmdk {

namespace {

constexpr std::string_view kFirstLine = "# Disk DescriptorFile";
constexpr std::string_view kMend =
    "Make it whole with: qemu-img convert -O vmdk";

// Untrusted text as it may stand in a sentence.
std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string result(text.substr(0, kLongest));
  for (char& letter : result) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return text.size() > kLongest ? result + "..." : result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes the first word off `line`.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line = trimmed(line.substr(end));
  return word;
}

std::string_view unquoted(std::string_view value) {
  const bool quoted =
      value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

[[noreturn]] void refuse_line(std::string_view line) {
  refuse(Errc::unsupported,
         "vmdk: the descriptor's line '{}' is not understood", shown(line));
}

void check_extent_name(std::string_view quoted) {
  const std::string_view name = unquoted(quoted);
  if (name.empty() || name.size() == quoted.size() ||
      name.find('"') != std::string_view::npos) {
    refuse(Errc::corrupt, "vmdk: the descriptor's extent has the name {}",
           shown(quoted));
  }
  if (name.find_first_of("/\\") != std::string_view::npos) {
    refuse(Errc::invalid,
           "vmdk: the descriptor's extent is '{}': a path to another file. {}",
           shown(name), kMend);
  }
}

// RW 4192256 SPARSE "disk.vmdk"
std::uint64_t sectors_of_extent(std::string_view line) {
  std::string_view rest = line;
  const std::string_view access = take_word(rest);
  const std::string_view count = take_word(rest);
  const std::string_view type = take_word(rest);
  if (access == "NOACCESS") refuse_line(line);
  if (type != "SPARSE") {
    refuse(Errc::invalid,
           "vmdk: the descriptor's extent '{}' is of type {}: it lies in "
           "another file. {}",
           shown(line), shown(type), kMend);
  }
  std::uint64_t sectors = 0;
  const auto [end, failed] =
      std::from_chars(count.data(), count.data() + count.size(), sectors);
  if (failed != std::errc() || end != count.data() + count.size() ||
      sectors == 0) {
    refuse(Errc::corrupt, "vmdk: the descriptor's extent has {} sectors",
           shown(count));
  }
  check_extent_name(rest);
  return sectors;
}

bool is_extent(std::string_view line) {
  const std::string_view access = take_word(line);
  return access == "RW" || access == "RDONLY" || access == "NOACCESS";
}

void check_parent(std::string_view key, std::string_view value,
                  std::string_view none) {
  if (value == none) return;
  refuse(Errc::invalid,
         "vmdk: the descriptor's {} is {}: the disk needs another file. {}",
         shown(key), shown(value), kMend);
}

void check_create_type(std::string_view value) {
  if (value == "monolithicSparse" || value == "streamOptimized") return;
  refuse(Errc::invalid,
         "vmdk: the descriptor's createType is {}: the disk lies in other "
         "files. {}",
         shown(value), kMend);
}

// Of the disk database: facts about the virtual hardware, and VirtualBox's
// word for a parent.
void check_database(std::string_view key, std::string_view value) {
  if (key == "ddb.uuid.parent" || key == "ddb.uuid.parentmodification") {
    return check_parent(key, value, "00000000-0000-0000-0000-000000000000");
  }
  if (key.find("Parent") != std::string_view::npos) {
    check_parent(key, value, "");
  }
}

void check_entry(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) refuse_line(line);
  const std::string_view key = trimmed(line.substr(0, equals));
  const std::string_view value = unquoted(trimmed(line.substr(equals + 1)));
  if (key == "createType") return check_create_type(value);
  if (key == "parentCID") return check_parent(key, value, "ffffffff");
  if (key == "parentFileNameHint") return check_parent(key, value, "");
  if (key.starts_with("ddb.")) return check_database(key, value);
  if (key == "encryptionKeys" || key == "keySafe") {
    refuse(Errc::unsupported,
           "vmdk: the descriptor has {}: encrypted disks are not read. Decrypt "
           "it before the upload",
           key);
  }
  const bool harmless = key == "version" || key == "CID" || key == "encoding" ||
                        (key == "isNativeSnapshot" && value == "no");
  if (!harmless) refuse_line(line);
}

std::string hex_groups(const Guid& id) {
  std::string text;
  for (std::size_t at = 0; at < id.bytes.size(); ++at) {
    if (at > 0) text += at == 8 ? '-' : ' ';
    text += fmt::format("{:02x}", std::to_integer<unsigned>(id.bytes[at]));
  }
  return text;
}

// Changes with the disk's content; two values mean "none".
std::uint32_t content_id(const Identity& identity) {
  const auto id = load_le<std::uint32_t>(derived_guid(identity, "vmdk CID").bytes);
  return id & 0x7fff'ffff;
}

}  // namespace

Extent Extent::of_descriptor(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (text.empty()) {
    refuse(Errc::invalid,
           "vmdk: the descriptor is empty: the file is one of several that a "
           "disk lies in. {}",
           kMend);
  }
  if (!text.starts_with(kFirstLine)) {
    refuse(Errc::corrupt,
           "vmdk: the descriptor begins with '{}', not with '{}'",
           shown(text.substr(0, kFirstLine.size())), kFirstLine);
  }
  Extent extent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (!is_extent(line)) {
      check_entry(line);
      continue;
    }
    if (extent.sectors != 0) {
      refuse(Errc::invalid,
             "vmdk: the descriptor has several extents: the disk lies in "
             "other files. {}",
             kMend);
    }
    extent.sectors = sectors_of_extent(line);
  }
  if (extent.sectors == 0) {
    refuse(Errc::corrupt, "vmdk: the descriptor has no extent");
  }
  return extent;
}

std::string make_descriptor(const Description& description,
                            const Identity& identity) {
  constexpr std::uint64_t kHeads = 255;
  constexpr std::uint64_t kSectors = 63;
  constexpr std::uint64_t kMaxCylinders = 65'535;  // as VMware writes
  return fmt::format(
      "# Disk DescriptorFile\n"
      "version=1\n"
      "CID={:08x}\n"
      "parentCID=ffffffff\n"
      "createType=\"{}\"\n"
      "\n"
      "# Extent description\n"
      "{} {} SPARSE \"{}\"\n"
      "\n"
      "# The Disk Data Base\n"
      "#DDB\n"
      "\n"
      "ddb.adapterType = \"lsilogic\"\n"
      "ddb.geometry.cylinders = \"{}\"\n"
      "ddb.geometry.heads = \"{}\"\n"
      "ddb.geometry.sectors = \"{}\"\n"
      "ddb.uuid = \"{}\"\n"
      "ddb.virtualHWVersion = \"4\"\n",
      content_id(identity), description.create_type, description.access,
      description.sectors, description.file_name,
      std::min(divide_up(description.sectors, kHeads * kSectors),
               kMaxCylinders),
      kHeads, kSectors, hex_groups(derived_guid(identity, "vmdk disk")));
}

}  // namespace platter::format::vmdk
