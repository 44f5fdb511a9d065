// src/transfer/host_name.h
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace platter::transfer {

// `text` in lower case and without a last dot. nullopt unless it is labels of
// letters, digits, '-' and '_' with dots between, of which the last does not
// start with a digit: what does is read as a number by some, and as a name by
// others.
std::optional<std::string> host_name(std::string_view text);

}  // namespace platter::transfer
