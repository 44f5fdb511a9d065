// src/format/vhdx.cpp: the VHDX format, as the others see it.
#include "driver.h"
#include "vhdx_layout.h"
#include "vhdx_reader.h"
#include "vhdx_view.h"

namespace platter::format {

namespace {

bool recognises(const block::ByteSource& file) {
  if (file.size() < vhdx::kSignature.size()) return false;
  std::array<std::byte, vhdx::kSignature.size()> start;
  file.read(0, start);
  return as_text(start) == vhdx::kSignature;
}

std::shared_ptr<const Guest> open(block::SourcePtr file) {
  return std::make_shared<vhdx::Reader>(std::move(file));
}

}  // namespace

const Driver kVhdxDriver = {
    .format = Format::vhdx,
    .name = "vhdx",
    .extensions = {"vhdx", ""},
    .largest_guest = vhdx::kLargestDisk,
    .recognises = recognises,
    .open_guest = open,
    .make_view = vhdx::make_view,
};

}  // namespace platter::format
