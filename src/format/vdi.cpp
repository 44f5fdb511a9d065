// src/format/vdi.cpp: the VDI format, as the others see it.
#include "driver.h"
#include "platter/base/integers.h"
#include "vdi_layout.h"
#include "vdi_reader.h"
#include "vdi_view.h"
#include "words.h"

namespace platter::format {

namespace {

bool recognises(const block::ByteSource& file) {
  std::array<std::byte, 4> signature;
  if (file.size() < vdi::kSignatureAt + signature.size()) return false;
  file.read(vdi::kSignatureAt, signature);
  return load_le<std::uint32_t>(signature) == vdi::kSignature;
}

std::string name_of(vdi::ImageType type) {
  switch (type) {
    case vdi::ImageType::dynamic:
      return "dynamic";
    case vdi::ImageType::fixed:
      return "static";
    case vdi::ImageType::undo:
      return "undo";
    case vdi::ImageType::differencing:
      return "differencing";
  }
  return "type " + std::to_string(static_cast<std::uint32_t>(type));
}

void describe(const block::ByteSource& file, Description& description) {
  Bytes raw(vdi::Header::kSize);
  if (file.size() < raw.size()) return;
  file.read(0, raw);
  const auto header = vdi::Header::fields(raw);
  description.variant = name_of(header.type);
  description.virtual_size = header.disk_size;
  description.features.push_back("blocks of " + in_units(header.block_size));
}

std::shared_ptr<const Guest> open(block::SourcePtr file) {
  return std::make_shared<vdi::Reader>(std::move(file));
}

}  // namespace

const Driver kVdiDriver = {
    .format = Format::vdi,
    .name = "vdi",
    .extensions = {"vdi", ""},
    .largest_guest = vdi::kLargestView,
    .recognises = recognises,
    .describe = describe,
    .open_guest = open,
    .make_view = vdi::make_view,
};

}  // namespace platter::format
