// src/format/qcow2.cpp: the qcow2 format, as the others see it.
#include "driver.h"
#include "platter/base/integers.h"
#include "qcow2_layout.h"
#include "qcow2_reader.h"
#include "qcow2_view.h"

namespace platter::format {

namespace {

// Version 1 is another format; later ones than we read are told so.
bool recognises(const block::ByteSource& file) {
  if (file.size() < 8) return false;
  std::array<std::byte, 8> start;
  file.read(0, start);
  return load_be<std::uint32_t>(start) == qcow2::kMagic &&
         load_be<std::uint32_t>(start, 4) != 1;
}

std::shared_ptr<const Guest> open(block::SourcePtr file) {
  return std::make_shared<qcow2::Reader>(std::move(file));
}

// Nothing in the file is an id or a time.
block::SourcePtr view(block::SourcePtr guest, const Identity&) {
  return qcow2::make_view(std::move(guest));
}

}  // namespace

const Driver kQcow2Driver = {
    .format = Format::qcow2,
    .name = "qcow2",
    .extensions = {"qcow2", "qcow"},
    .largest_guest = qcow2::kLargestView,
    .recognises = recognises,
    .open_guest = open,
    .make_view = view,
};

}  // namespace platter::format
