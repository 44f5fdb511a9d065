// src/image/sections.h
//
// The keys of KeySpace::shown, which lead from a section to its images.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "platter/image/section.h"

namespace platter::image {

// What the keys of one section begin with, as `viewer` sees it, and the key of
// one image. REQUIRES: none of the names holds a 0 byte.
std::string section_key(Section section, std::string_view viewer);
std::string section_key(Section section, std::string_view viewer,
                        std::string_view name, std::string_view owner);

// All keys that lead to the image.
std::set<std::string> shown_keys(const Record& record);

// Whether `key`, of that section as `viewer` sees it, leads to the image.
bool leads_to(std::string_view key, Section section, std::string_view viewer,
              const Record& record);

}  // namespace platter::image
