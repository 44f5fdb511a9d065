// src/image/keys.h
//
// The keys under which the catalogue keeps images. docs/format/index.md has
// the bytes.
#pragma once

#include <string>
#include <string_view>

#include "platter/image/record.h"

namespace platter::image {

// In KeySpace::images.
std::string image_key(Number number);

// In KeySpace::names: what the keys of one folder begin with, and the key of
// one image. REQUIRES: project holds no 0 byte.
std::string folder_key(std::string_view project, Place place);
std::string name_key(std::string_view project, Place place,
                     std::string_view name);
std::string name_key(const Record& record);

// In KeySpace::ids, and the value of an id whose image is gone.
std::string id_key(const ImageId& id);
std::string tombstone(Number number);
bool is_tombstone(std::string_view value) noexcept;

// In KeySpace::pointers. REQUIRES: project holds no 0 byte.
std::string pointer_key(std::string_view project, std::string_view name);

// Values that are one number.
std::string encode_number(std::uint64_t number);
// Throws Errc::damaged; `key` is for the sentence.
std::uint64_t decode_number(std::string_view key, std::string_view value);

}  // namespace platter::image
