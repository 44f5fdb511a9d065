// src/format/vdi.cpp: the VDI format, as the others see it.
#include "driver.h"
#include "platter/base/integers.h"
#include "vdi_layout.h"
#include "vdi_reader.h"
#include "vdi_view.h"

namespace platter::format {

namespace {

bool recognises(const block::ByteSource& file) {
  std::array<std::byte, 4> signature;
  if (file.size() < vdi::kSignatureAt + signature.size()) return false;
  file.read(vdi::kSignatureAt, signature);
  return load_le<std::uint32_t>(signature) == vdi::kSignature;
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
    .open_guest = open,
    .make_view = vdi::make_view,
};

}  // namespace platter::format
