// src/format/format.cpp: which driver does what is asked of a Format.
#include "platter/format/format.h"

#include <algorithm>
#include <cassert>
#include <string>

#include "driver.h"

namespace platter::format {

namespace {

// In the order of kReadFormats.
constexpr const Driver* kDrivers[] = {
    &kRawDriver,  &kQcow2Driver, &kVmdkDriver, &kVhdDriver,
    &kVhdxDriver, &kVdiDriver,   &kIsoDriver,
};
static_assert(std::size(kDrivers) == std::size(kReadFormats));

const Driver& driver_of(Format format) noexcept {
  const auto* found = std::ranges::find(kDrivers, format, &Driver::format);
  assert(found != std::end(kDrivers));
  return **found;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter += 'a' - 'A';
  }
  return lower;
}

}  // namespace

std::span<const Driver* const> drivers() noexcept { return kDrivers; }

std::string_view name_of(Format format) noexcept {
  return driver_of(format).name;
}

std::optional<Format> format_of(std::string_view name) noexcept {
  for (const Driver* driver : kDrivers) {
    if (driver->name == name) return driver->format;
  }
  return std::nullopt;
}

std::optional<Format> format_claimed_by(std::string_view file_name) noexcept {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == file_name.size()) {
    return std::nullopt;
  }
  const std::string extension = lower_case(file_name.substr(dot + 1));
  for (const Driver* driver : kDrivers) {
    if (std::ranges::count(driver->extensions, extension) > 0) {
      return driver->format;
    }
  }
  return std::nullopt;
}

std::shared_ptr<const Guest> open_guest(Format format, block::SourcePtr file) {
  return driver_of(format).open_guest(std::move(file));
}

block::SourcePtr make_view(Format format, block::SourcePtr guest,
                           const Identity& identity) {
  assert(can_hold(format, guest->size()));
  return driver_of(format).make_view(std::move(guest), identity);
}

bool can_hold(Format format, std::uint64_t guest_size) noexcept {
  return guest_size > 0 && guest_size % kSectorSize == 0 &&
         guest_size <= driver_of(format).largest_guest;
}

bool can_hold(Format format, const block::ByteSource& guest) {
  const auto has_room_for = driver_of(format).has_room_for;
  return can_hold(format, guest.size()) &&
         (has_room_for == nullptr || has_room_for(guest));
}

}  // namespace platter::format
