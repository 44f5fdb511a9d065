// src/tree/attributes.h
#pragma once

#include "context.h"

namespace platter::tree {

// What changes only through this mount: the kernel sees that itself, or is
// told.
inline constexpr std::chrono::milliseconds kLong{60'000};
// What a request for something else may change.
inline constexpr std::chrono::milliseconds kShort{1'000};

inline constexpr unsigned kMembersFolder = 02770;

// With the project's group, and owned by whoever runs the service.
Attributes blank(const Context& context, const std::string& project, NodeId id,
                 NodeType type, unsigned permissions);

// The node is the administrators': of their group, where there is one. (The
// kernel looks at no access list of a node whose mode gives its group nothing.)
void give_to_admins(const Context& context, Attributes& attributes);

// A file whose text is worked out. `size`: bytes.
Attributes text_file(const Context& context, NodeId id, std::uint64_t size,
                     Timestamp modified, unsigned permissions);

// Of an image's folder or one of its files.
Attributes image_attributes(Context& context, const Caller& caller, NodeId id);
Attributes scratch_attributes(const Context& context, NodeId id);

}  // namespace platter::tree
