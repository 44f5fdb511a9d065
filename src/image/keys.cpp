// src/image/keys.cpp
#include "keys.h"

#include <fmt/core.h>

#include "platter/base/digest.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"

namespace platter::image {

std::string image_key(Number number) {
  std::array<std::byte, 8> key;
  store_be<std::uint64_t>(key, 0, number);
  return std::string(as_text(key));
}

std::string folder_key(std::string_view project, Place place) {
  std::string key(1, static_cast<char>(place));
  key += project;
  key += '\0';
  return key;
}

std::string name_key(std::string_view project, Place place,
                     std::string_view name) {
  return folder_key(project, place).append(name);
}

std::string name_key(const Record& record) {
  return name_key(record.project, record.place, record.name);
}

std::string id_key(const ImageId& id) { return std::string(as_text(id.bytes)); }

std::string tombstone(Number number) { return encode_number(number) + '\1'; }

bool is_tombstone(std::string_view value) noexcept { return value.size() == 9; }

std::string pointer_key(std::string_view project, std::string_view name) {
  std::string key(project);
  key += '\0';
  key += name;
  return key;
}

std::string encode_number(std::uint64_t number) {
  std::array<std::byte, 8> value;
  store_le<std::uint64_t>(value, 0, number);
  return std::string(as_text(value));
}

std::uint64_t decode_number(std::string_view key, std::string_view value) {
  if (value.size() != 8) {
    throw Error(Errc::damaged,
                fmt::format("index: the value of {} has {} bytes, not 8",
                            to_hex(as_bytes(key)), value.size()));
  }
  return load_le<std::uint64_t>(as_bytes(value));
}

}  // namespace platter::image
