// src/tree/entries.h
//
// Entries: the images in a project's catalogue, as that project may know them.
#pragma once

#include "context.h"

namespace platter::tree {

// The image of an entry, or of its image.json. Throws Errc::not_found when the
// project does not see it there any more.
image::RecordPtr record_of_entry(const Context& context, NodeId entry);
// ... for a caller who is of that project, or may see it otherwise.
image::RecordPtr record_of_entry(const Context& context, const Caller& caller,
                                 NodeId entry);

}  // namespace platter::tree
