// src/fuse/acl.h
//
// POSIX access lists, as the kernel asks for them: what lets members of the
// administrators' group through modes that are a project's.
//
// Layout (include/uapi/linux/posix_acl_xattr.h), little endian: a version (32
// bits, 2), then for each entry a tag and its permissions (16 bits each) and
// an id (32 bits).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platter/tree/shown.h"

namespace platter::fuse {

inline constexpr std::string_view kAccessList = "system.posix_acl_access";

// The list of a node: its mode, and what `admins` may do. nullopt when the mode
// lets them anyway.
std::optional<std::string> access_list(const tree::Attributes& attributes,
                                       gid_t admins);

// Whether setting this attribute to that value says no more than modes and
// `admins` do: what tools hand on that copy one file's permissions to another.
// No value: removing it.
bool is_plain_list(std::string_view name, std::string_view value, gid_t admins);

}  // namespace platter::fuse
