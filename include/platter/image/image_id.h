// include/platter/image/image_id.h
//
// How users name an image for ever, whatever it is called.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace platter::image {

// The id users see: a random UUID (version 4), never reused.
struct ImageId {
  std::array<std::byte, 16> bytes{};

  auto operator<=>(const ImageId&) const = default;
  static ImageId random();
};
// "6f1c0a52-....": 36 characters, lower case.
std::string to_text(const ImageId& id);
// The id that such a text is, in any letter case; nullopt for another text.
std::optional<ImageId> image_id_in(std::string_view text);

}  // namespace platter::image
