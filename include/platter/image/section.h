// include/platter/image/section.h
//
// What a project sees of images besides its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "platter/image/record.h"

namespace platter::image {

enum class Section : std::uint8_t {
  public_ = 1,    // of every project
  community = 2,  // of every project
  shared = 3,     // shared with this one, which accepted
  offered = 4,    // shared with this one, which has not answered
};

// Where project `viewer` sees the image, by its visibility and its members
// alone; nullopt: nowhere. The owner sees its own as everybody does.
std::optional<Section> section_of(const Record& record,
                                  std::string_view viewer);

// Whether others may see it at all: it lies in images/, and has its data.
bool is_presentable(const Record& record) noexcept;

}  // namespace platter::image
