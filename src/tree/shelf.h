// src/tree/shelf.h
#pragma once

#include "context.h"

namespace platter::tree {

// What the project may use as of now.
ShelfPtr shelf_of(Context& context, image::ProjectNumber project);

// What an image's name says by the convention
// <os>-<version>-<profile>-v<major>.<minor>.
struct Release {
  std::string distro;
  std::string version;  // of the system
  std::string profile;
  std::pair<std::uint64_t, std::uint64_t> release;  // major, minor
};
std::optional<Release> release_of(const std::string& name);

// What runs in the guest: what the properties say, or else the name does.
struct System {
  std::string distro;  // either may be empty
  std::string version;
};
System system_of(const image::Record& record);

}  // namespace platter::tree
