// src/format/vmdk.cpp: the VMDK format, as the others see it.
#include "driver.h"
#include "platter/base/integers.h"
#include "vmdk_layout.h"
#include "vmdk_reader.h"
#include "vmdk_view.h"

namespace platter::format {

namespace {

bool recognises(const block::ByteSource& file) {
  if (file.size() < 4) return false;
  std::array<std::byte, 4> start;
  file.read(0, start);
  return load_le<std::uint32_t>(start) == vmdk::kMagic;
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
    .open_guest = open,
    .make_view = vmdk::make_view,
    .has_room_for = vmdk::has_room_for,
};

}  // namespace platter::format
