// src/transfer/limits.cpp
#include "limits.h"

#include "platter/base/amounts.h"
#include "platter/base/error.h"

namespace platter::transfer {

void check_size(const Url& url, const FetchOptions& options,
                std::uint64_t size) {
  if (size <= options.max_bytes) return;
  throw Error(Errc::too_large, url.shown() + ": is larger than " +
                                   show_size(options.max_bytes) +
                                   ", the largest that is fetched");
}

void check_cancelled(const Url& url, Control& control) {
  if (control.cancelled()) {
    throw Error(Errc::cancelled, url.shown() + ": fetching it was ended");
  }
}

}  // namespace platter::transfer
