// src/tree/rename.h
#pragma once

#include "context.h"

namespace platter::tree {

// Moves what bears the name `from` to the name `to`; `replace`: what is there
// may go. Throws Errc::forbidden, with the mend, where moving means nothing.
void rename(Context& context, const Caller& caller, const Tree::Name& from,
            const Tree::Name& to, bool replace);

}  // namespace platter::tree
