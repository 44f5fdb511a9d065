// src/transfer/file_name.h
#pragma once

#include <string>
#include <string_view>

#include "platter/transfer/url_rules.h"

namespace platter::transfer {

// What a file that came from `url` under a Content-Disposition (RFC 6266;
// empty: none) may be called here: letters, digits and "._-+~@=", at most 200,
// with neither '.' nor '-' first. "download" when nothing is left.
std::string file_name(std::string_view disposition, const Url& url);

}  // namespace platter::transfer
