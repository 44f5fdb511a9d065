// src/format/vmdk.cpp: the VMDK format, as the others see it.
#include <fmt/core.h>

#include "driver.h"
#include "platter/base/integers.h"
#include "vmdk_keys.h"
#include "vmdk_layout.h"
#include "vmdk_reader.h"
#include "vmdk_view.h"
#include "words.h"

namespace platter::format {

namespace {

bool recognises(const block::ByteSource& file) {
  if (file.size() < 4) return false;
  std::array<std::byte, 4> start;
  file.read(0, start);
  return load_le<std::uint32_t>(start) == vmdk::kMagic;
}

// What the descriptor says of "createType"; empty when it does not.
std::string create_type(std::string_view descriptor) {
  constexpr std::string_view kKey = "\ncreateType=\"";
  const std::size_t at = descriptor.find(kKey);
  if (at == descriptor.npos) return {};
  const std::string_view value = descriptor.substr(at + kKey.size());
  return printable(as_bytes(value.substr(0, value.find_first_of("\"\n"))));
}

void describe_features(const vmdk::Header& header, Description& description) {
  const auto add = [&](bool there, const std::string& words) {
    if (there) description.features.push_back(words);
  };
  add(header.grain_sectors <= kMiB,
      "grains of " + in_units(header.grain_size()));
  add(header.has_zero_grains(), "zeroed grains");
  add(header.flags & vmdk::kRedundantTables, "a second grain directory");
  add(header.directory_sector == vmdk::kAtEnd, "footer");
  add(header.descriptor_sector == 0, "no descriptor");
}

void describe(const block::ByteSource& file, Description& description) {
  Bytes raw(kSectorSize);
  if (file.size() < raw.size()) return;
  file.read(0, raw);
  const auto header = vmdk::Header::fields(raw);
  const std::string descriptor = read_descriptor(header, file);
  const std::string type = create_type(descriptor);
  description.variant = fmt::format("{}{}version {}", type,
                                    type.empty() ? "" : ", ", header.version);
  if (header.capacity <= ~std::uint64_t{0} / kSectorSize) {
    description.virtual_size = header.capacity * kSectorSize;
  }
  if (header.compressed()) description.compression = "deflate";
  if (vmdk::has_keys(descriptor)) description.encryption = vmdk::kKeysOf;
  describe_features(header, description);
}

std::shared_ptr<const Guest> open(block::SourcePtr file) {
  return std::make_shared<vmdk::Reader>(std::move(file));
}

}  // namespace

const Driver kVmdkDriver = {
    .format = Format::vmdk,
    .name = "vmdk",
    .extensions = {"vmdk", ""},
    .largest_guest = vmdk::kLargestView,
    .recognises = recognises,
    .describe = describe,
    .open_guest = open,
    .make_view = vmdk::make_view,
    .has_room_for = vmdk::has_room_for,
};

}  // namespace platter::format
