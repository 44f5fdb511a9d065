// src/transfer/resolve.h
#pragma once

#include <vector>

#include "platter/transfer/url_rules.h"

namespace platter::transfer {

// The addresses that the host's resolver has for `url`, which the rules all
// allow: one that they refuse refuses the name, because an answer that mixes
// public and private addresses is a trick or a mistake. Throws
// Errc::forbidden, and MayPass when there are none.
std::vector<Address> resolve(const Rules& rules, const Url& url);

}  // namespace platter::transfer
