// src/transfer/url.h: URLs read and put together, whoever may fetch them.
#pragma once

#include "platter/transfer/url_rules.h"

namespace platter::transfer {

// Throws Errc::invalid as check_url() does. Of a URL that is neither http,
// https nor file only scheme and text are set.
Url parse_url(std::string_view text);

// The URL that `location`, of an answer to `base`, stands for, as it would
// be written. Throws Errc::invalid when there is none.
std::string resolve_location(const Url& base, std::string_view location);

}  // namespace platter::transfer
