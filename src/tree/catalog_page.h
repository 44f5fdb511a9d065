// src/tree/catalog_page.h
//
// info/catalog.html and info/operator/catalog.html: what the page of the
// catalogue is given.
#pragma once

#include "context.h"

namespace platter::tree {

// A project's images and pointers, and what its catalogue shows it. The same
// for all who read it: without what members may not.
std::string project_catalog(const Context& context, const std::string& project);
// The images and pointers of all projects, for administrators.
std::string store_catalog(const Context& context, const std::string& project);

// What both depend on, as one number.
std::uint64_t catalog_stamp(const Context& context, const std::string& project);

}  // namespace platter::tree
