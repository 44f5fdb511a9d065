// include/platter/image/project.h
//
// A project: who owns images. Its members are those of a group of the host.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platter/base/clock.h"

namespace platter::image {

// Counts projects of a store and is never reused; node ids hold it. 0 is the
// store's own project, the operator's. Below 2^20.
using ProjectNumber = std::uint32_t;
inline constexpr ProjectNumber kMaxProjects = 1u << 20;

// What a project may have at most. Bytes are those that were uploaded.
enum class Limit : std::uint8_t {
  images = 1,      // in images/, those without data too
  bytes = 2,       // of all its images, its trash, and what is being uploaded
  uploads = 3,     // at once
  image_size = 4,  // bytes of one upload
  properties = 5,  // of an image
  members = 6,     // of an image
};
inline constexpr Limit kLimits[] = {Limit::images,     Limit::bytes,
                                    Limit::uploads,    Limit::image_size,
                                    Limit::properties, Limit::members};
// "image_size"
std::string_view name_of(Limit limit) noexcept;
std::optional<Limit> limit_of(std::string_view name) noexcept;

// A limit that is not in it is the configuration's; kUnlimited is none.
using Quota = std::map<Limit, std::uint64_t>;
inline constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};

struct Project {
  ProjectNumber number = 0;
  std::string name;
  std::string group;  // of the host; empty: the one of the project's name
  Timestamp created_at;
  Quota quota;  // what was set for this project

  bool operator==(const Project&) const = default;
};
using ProjectPtr = std::shared_ptr<const Project>;

// Throws Errc::invalid, saying what is allowed, unless `name` can be a
// project's: 1 to 64 of A-Z a-z 0-9 _ . -, neither dot nor dash in front.
void check_project_name(std::string_view name);

// Tagged fields as records have: docs/format/index.md. decode throws
// Errc::damaged.
std::string encode_project(const Project& project);
Project decode_project(std::string_view bytes);

}  // namespace platter::image
