// src/tree/links.h
#pragma once

#include "context.h"

namespace platter::tree {

// Where a link of a catalogue, or a version pointer, leads. Throws
// Errc::not_found when what it means is gone.
std::string target_of(Context& context, NodeId link);
// Where `mine` leads for the caller: to their project, or, for one who is in
// none, to the folder of all.
std::string mine_of(Context& context, const Caller& caller);

}  // namespace platter::tree
