// src/transfer/fetch.cpp
#include "platter/transfer/fetch.h"

#include "download.h"
#include "local_file.h"
#include "platter/base/error.h"

namespace platter::transfer {

namespace {

// Of others curl would look names up itself.
void check_proxy(const std::string& proxy) {
  if (proxy.empty() || proxy.starts_with("http://") ||
      proxy.starts_with("https://")) {
    return;
  }
  throw Error(Errc::invalid, "proxy \"" + proxy +
                                 "\" is none; write http://host:port or "
                                 "https://host:port");
}

}  // namespace

Fetched fetch(std::string_view url, const FetchOptions& options, Sink& sink,
              Control& control, const ResumePoint& from) {
  check_proxy(options.proxy);
  const Url checked = check_url(options.rules, url);
  if (checked.scheme == "file") {
    return fetch_file(checked, options, sink, control, from);
  }
  return Download(checked, options, sink, control).run(from);
}

}  // namespace platter::transfer
