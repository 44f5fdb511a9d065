// src/transfer/limits.h: what ends a fetch that goes well otherwise.
#pragma once

#include "platter/transfer/fetch.h"

namespace platter::transfer {

// Throws Errc::too_large when a file of `size` bytes is not to be fetched.
void check_size(const Url& url, const FetchOptions& options,
                std::uint64_t size);

// Throws Errc::cancelled when somebody asked for it.
void check_cancelled(const Url& url, Control& control);

}  // namespace platter::transfer
