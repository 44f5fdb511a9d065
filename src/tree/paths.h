// src/tree/paths.h
#pragma once

#include "context.h"

namespace platter::tree {

// Where a caller meets a node.
struct Place {
  std::string project;
  std::string path;   // from the mount's root; the root's own is empty
  std::string image;  // the name and the id of the image it is of
  std::string id;
};

Place place_of(Context& context, const Caller& caller, NodeId node);

}  // namespace platter::tree
