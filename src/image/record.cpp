// src/image/record.cpp
//
// The names and rules of a record's values.
#include "platter/image/record.h"

#include <algorithm>

#include "platter/base/digest.h"
#include "platter/base/error.h"

namespace platter::image {
namespace {

// A bit per status.
constexpr unsigned set_of(std::initializer_list<Status> statuses) {
  unsigned set = 0;
  for (const Status status : statuses) set |= 1u << static_cast<int>(status);
  return set;
}

// What each status may become, itself aside.
constexpr unsigned successors(Status from) noexcept {
  using enum Status;
  switch (from) {
    case queued:
      return set_of({saving, active, interrupted, error});
    case saving:
      return set_of({queued, active, interrupted, error});
    case active:
      return set_of({saving, deactivated});
    case deactivated:
      return set_of({active});
    case interrupted:
      return set_of({queued, saving, active, error});
    case error:
      return set_of({queued, saving, active, interrupted});
  }
  return 0;
}

}  // namespace

std::string original_name(const Record& record) {
  if (!record.parts.empty()) return record.file_name;
  if (record.wrapper == "ova") return "disk.ova";
  const std::string name = "disk." + record.disk_format;
  return record.wrapper.empty() ? name : name + "." + record.wrapper;
}

ImageId ImageId::random() {
  ImageId id;
  fill_random(id.bytes);
  // RFC 9562, 5.4: version 4 and the variant.
  id.bytes[6] = (id.bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  id.bytes[8] = (id.bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  return id;
}

std::string to_text(const ImageId& id) {
  std::string text = to_hex(id.bytes);
  for (const std::size_t dash : {8, 13, 18, 23}) text.insert(dash, 1, '-');
  return text;
}

std::optional<ImageId> image_id_in(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits(text);
  std::erase(digits, '-');
  const auto bytes = from_hex(digits);
  ImageId id;
  if (!bytes || bytes->size() != id.bytes.size()) return std::nullopt;
  std::ranges::copy(*bytes, id.bytes.begin());
  return id;
}

std::string_view name_of(Status status) noexcept {
  switch (status) {
    case Status::queued:
      return "queued";
    case Status::saving:
      return "saving";
    case Status::active:
      return "active";
    case Status::deactivated:
      return "deactivated";
    case Status::interrupted:
      return "interrupted";
    case Status::error:
      return "error";
  }
  return "unknown";
}

bool may_become(Status from, Status to) noexcept {
  return from == to || (successors(from) & set_of({to})) != 0;
}

std::string_view name_of(Visibility visibility) noexcept {
  switch (visibility) {
    case Visibility::private_:
      return "private";
    case Visibility::shared:
      return "shared";
    case Visibility::community:
      return "community";
    case Visibility::public_:
      return "public";
  }
  return "unknown";
}

std::optional<Visibility> visibility_of(std::string_view name) noexcept {
  for (const Visibility visibility :
       {Visibility::private_, Visibility::shared, Visibility::community,
        Visibility::public_}) {
    if (name == name_of(visibility)) return visibility;
  }
  return std::nullopt;
}

}  // namespace platter::image
