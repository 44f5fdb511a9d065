// src/transfer/local_file.h
#pragma once

#include "platter/transfer/fetch.h"

namespace platter::transfer {

// fetch() of a file:// URL, which the rules allow. Throws Errc::forbidden for
// what is no plain file.
Fetched fetch_file(const Url& url, const FetchOptions& options, Sink& sink,
                   Control& control, const ResumePoint& from);

}  // namespace platter::transfer
