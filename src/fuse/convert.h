// src/fuse/convert.h
//
// The kernel's types and ours.
#pragma once

#include "lowlevel.h"
#include "platter/tree/tree.h"

namespace platter::fuse {

tree::Caller caller_of(fuse_req_t request);
tree::NodeId node_of(fuse_ino_t inode) noexcept;
// S_IFDIR and the like.
mode_t type_bits(tree::NodeType type) noexcept;
struct stat to_stat(const tree::Attributes& attributes);
fuse_entry_param to_entry(const tree::Attributes& attributes);
double seconds_of(std::chrono::milliseconds time) noexcept;
// What setattr's `to_set` bits say.
tree::Changes to_changes(const struct stat& wanted, int to_set);

}  // namespace platter::fuse
