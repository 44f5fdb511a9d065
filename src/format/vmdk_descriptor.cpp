// src/format/vmdk_descriptor.cpp: descriptors, from and to text.
#include "vmdk_descriptor.h"

#include <algorithm>
#include <charconv>

#include "platter/base/integers.h"
#include "refusal.h"

namespace platter::format::vmdk {

namespace {

constexpr std::string_view kMend =
    "Make it whole with: qemu-img convert -O vmdk";

// Where the disk that a descriptor describes may lie.
enum class Files { one, several };

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

std::optional<std::uint64_t> number(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, failed] =
      std::from_chars(word.data(), word.data() + word.size(), value);
  if (failed != std::errc() || end != word.data() + word.size()) {
    return std::nullopt;
  }
  return value;
}

// Takes the name in quotes off what `line` has left.
std::string_view take_name(std::string_view line, std::string_view& rest) {
  constexpr std::size_t kLongest = 255;  // bytes; no file's name is longer
  const std::size_t end =
      rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
  if (end == std::string_view::npos || end == 1 || end > kLongest + 1) {
    refuse(Errc::corrupt, "vmdk: the descriptor's extent '{}' has no name",
           shown(line));
  }
  const std::string_view name = rest.substr(1, end - 1);
  rest = trimmed(rest.substr(end + 1));
  const bool path = name.find_first_of("/\\") != std::string_view::npos ||
                    name == "." || name == "..";
  if (path) {
    refuse(Errc::invalid,
           "vmdk: the descriptor's extent '{}' has a path to another file; "
           "only files that are sent along are read, by their plain names",
           shown(line));
  }
  return name;
}

Extent::Type type_of_extent(std::string_view line, std::string_view word,
                            Files files) {
  if (word == "SPARSE") return Extent::Type::sparse;
  if (files == Files::one) {
    refuse(Errc::invalid,
           "vmdk: the descriptor's extent '{}' is of type {}: it lies in "
           "another file. {}",
           shown(line), shown(word), kMend);
  }
  if (word == "FLAT" || word == "VMFS") return Extent::Type::flat;
  if (word == "ZERO") return Extent::Type::zero;
  refuse(Errc::unsupported,
         "vmdk: the descriptor's extent '{}' is of type {}; SPARSE, FLAT, VMFS "
         "and ZERO are read. {}",
         shown(line), shown(word), kMend);
}

// RW 4192256 SPARSE "disk-s001.vmdk"
// RW 4192256 FLAT "disk-f001.vmdk" 0
// RW 4192256 VMFS "disk-flat.vmdk"
// RW 4192256 ZERO
Extent extent_of_line(std::string_view line, Files files) {
  std::string_view rest = line;
  const std::string_view access = take_word(rest);
  const std::string_view count = take_word(rest);
  const std::string_view type = take_word(rest);
  if (access == "NOACCESS") refuse_line(line);
  Extent extent;
  extent.type = type_of_extent(line, type, files);
  extent.sectors = number(count).value_or(0);
  if (extent.sectors == 0) {
    refuse(Errc::corrupt, "vmdk: the descriptor's extent '{}' has {} sectors",
           shown(line), shown(count));
  }
  if (extent.type != Extent::Type::zero) {
    extent.file_name = take_name(line, rest);
  }
  if (extent.type == Extent::Type::flat) {
    const bool given = type == "FLAT" || !rest.empty();
    const auto offset = given ? number(take_word(rest)) : 0;
    if (!offset) refuse_line(line);
    extent.offset = *offset;
  }
  if (!rest.empty()) {
    refuse(Errc::corrupt, "vmdk: the descriptor's extent '{}' goes on with {}",
           shown(line), shown(rest));
  }
  return extent;
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

void check_create_type(std::string_view value, Files files) {
  const bool whole = value == "monolithicSparse" || value == "streamOptimized";
  if (files == Files::one) {
    if (whole) return;
    refuse(Errc::invalid,
           "vmdk: the descriptor's createType is {}: the disk lies in other "
           "files. {}",
           shown(value), kMend);
  }
  if (value == "monolithicFlat" || value == "vmfs" ||
      value == "twoGbMaxExtentFlat" || value == "twoGbMaxExtentSparse") {
    return;
  }
  refuse(whole ? Errc::corrupt : Errc::unsupported,
         "vmdk: the descriptor's createType is {}; of disks in several files "
         "monolithicFlat, vmfs, twoGbMaxExtentFlat and twoGbMaxExtentSparse "
         "are read. {}",
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

void check_entry(std::string_view line, Files files) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) refuse_line(line);
  const std::string_view key = trimmed(line.substr(0, equals));
  const std::string_view value = unquoted(trimmed(line.substr(equals + 1)));
  if (key == "createType") return check_create_type(value, files);
  if (key == "parentCID") return check_parent(key, value, "ffffffff");
  if (key == "parentFileNameHint") return check_parent(key, value, "");
  if (key.starts_with("ddb.")) return check_database(key, value);
  if (key == "encryptionKeys" || key == "keySafe") {
    refuse(Errc::unsupported,
           "vmdk: the descriptor has {}: encrypted disks are not read. Decrypt "
           "it before the upload",
           key);
  }
  // Beside VMware's disks lies a list of what changed since a backup.
  const bool harmless = key == "version" || key == "CID" || key == "encoding" ||
                        (key == "isNativeSnapshot" && value == "no") ||
                        (key == "changeTrackPath" && files == Files::several);
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
  const auto id =
      load_le<std::uint32_t>(derived_guid(identity, "vmdk CID").bytes);
  return id & 0x7fff'ffff;
}

// Calls `visit` for each line that says something.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  if (!text.starts_with(kFirstLine)) {
    refuse(Errc::corrupt,
           "vmdk: the descriptor begins with '{}', not with '{}'",
           shown(text.substr(0, kFirstLine.size())), kFirstLine);
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && !line.starts_with('#')) visit(line);
  }
}

std::vector<Extent> extents_of(std::string_view text, Files files) {
  std::vector<Extent> extents;
  for_each_line(text, [&](std::string_view line) {
    if (!is_extent(line)) return check_entry(line, files);
    if (files == Files::one && !extents.empty()) {
      refuse(Errc::invalid,
             "vmdk: the descriptor has several extents: the disk lies in "
             "other files. {}",
             kMend);
    }
    extents.push_back(extent_of_line(line, files));
  });
  if (extents.empty()) {
    refuse(Errc::corrupt, "vmdk: the descriptor has no extent");
  }
  return extents;
}

}  // namespace

std::uint64_t sectors_of_one_file(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (text.empty()) {
    refuse(Errc::invalid,
           "vmdk: the descriptor is empty: the file is one of several that a "
           "disk lies in. Send it with the others to one image's folder");
  }
  return extents_of(text, Files::one).front().sectors;
}

std::vector<Extent> extents_of_several(std::string_view text) {
  return extents_of(text, Files::several);
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
