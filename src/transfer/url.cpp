// src/transfer/url.cpp
//
// The host is read by hand and strictly, then curl must have understood the
// same one: what two readers see differently is refused.
#include "url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "host_name.h"
#include "platter/base/amounts.h"
#include "platter/base/error.h"

namespace platter::transfer {

namespace {

constexpr std::size_t kLongestUrl = 8192;

// Shows neither a query nor what may be a password.
[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  text = text.substr(0, text.find_first_of("?#"));
  text = text.substr(text.rfind('@') + 1).substr(0, 200);
  std::string shown(text);
  for (char& c : shown) {
    if (c < 0x20 || c == 0x7f) c = '?';
  }
  throw Error(Errc::invalid, shown + ": " + why);
}

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

Handle parsed_by_curl(std::string_view text) {
  Handle handle(curl_url(), curl_url_cleanup);
  if (!handle) throw std::bad_alloc();
  const CURLUcode code =
      curl_url_set(handle.get(), CURLUPART_URL, std::string(text).c_str(),
                   CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER);
  if (code != CURLUE_OK) refuse(text, curl_url_strerror(code));
  return handle;
}

// Empty when there is no such part.
std::string part(const Handle& handle, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  const CURLUcode code = curl_url_get(handle.get(), which, &text, flags);
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
  if (code == CURLUE_URLDECODE) {
    throw Error(Errc::invalid,
                "the path of a URL holds control characters; "
                "name the file without them");
  }
  return code == CURLUE_OK ? text : "";
}

void check_characters(std::string_view text) {
  if (text.size() > kLongestUrl) {
    refuse(text, "a URL is at most " + std::to_string(kLongestUrl) + " bytes");
  }
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7f || c == '\\') {
      refuse(text,
             "a URL has no spaces, backslashes, control characters or "
             "letters beyond ASCII; write %20, and names as xn--");
    }
  }
}

std::string_view authority_of(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) {
    refuse(text, "no URL; write https://host/path");
  }
  text.remove_prefix(colon + 3);
  return text.substr(0, text.find_first_of("/?#"));
}

// Sets host, address and port, unless it is 0 by default.
void read_authority(std::string_view text, std::string_view authority,
                    Url& url) {
  std::size_t end = authority.find(':');
  std::string_view host = authority.substr(0, end);
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) refuse(text, "']' is missing");
    host = authority.substr(1, close - 1);
    end = close + 1 == authority.size() ? std::string_view::npos : close + 1;
    if (host.find(':') != std::string_view::npos) {
      url.address = Address::parse(host);
    }
  } else if (const auto name = host_name(host)) {
    url.host = *name;
  } else {
    url.address = Address::parse(host);
  }
  if (url.address) url.host = url.address->to_text();
  if (url.host.empty()) {
    refuse(text, "\"" + std::string(host) +
                     "\" is no host; write a name, or an address as four "
                     "decimal numbers or in brackets, with nothing encoded");
  }
  if (end == std::string_view::npos) return;
  const auto port = parse_number<std::uint16_t>(authority.substr(end + 1));
  if (authority[end] != ':' || !port || *port == 0) {
    refuse(text, "the port is no number from 1 to 65535");
  }
  url.port = *port;
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "http") return 80;
  return scheme == "https" ? 443 : 0;
}

bool curl_agrees(const Handle& handle, const Url& url) {
  std::string host = part(handle, CURLUPART_HOST);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  const auto name = host_name(host);
  const auto port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  return (url.address ? Address::parse(host) == url.address
                      : name && *name == url.host) &&
         (port.empty() || port == std::to_string(url.port));
}

std::string put_together(const Url& url) {
  const bool v6 = url.address && !url.address->is_v4();
  std::string text =
      url.scheme + "://" + (v6 ? "[" + url.host + "]" : url.host);
  if (url.port != default_port(url.scheme)) {
    text += ":" + std::to_string(url.port);
  }
  text += url.path;
  return url.query.empty() ? text : text + "?" + url.query;
}

Url parse_file_url(std::string_view text, std::string_view authority,
                   const Handle& handle) {
  if (!authority.empty() && authority != "localhost") {
    refuse(text, "a file is on this host; write file:///path");
  }
  Url url;
  url.scheme = "file";
  url.path = part(handle, CURLUPART_PATH, CURLU_URLDECODE);
  url.text = text;
  return url;
}

}  // namespace

Url parse_url(std::string_view text) {
  check_characters(text);
  const std::string_view authority = authority_of(text);
  if (authority.find('@') != std::string_view::npos) {
    refuse(authority,
           "a URL must not hold a user or a password, which would be logged");
  }
  const Handle handle = parsed_by_curl(text);
  Url url;
  url.scheme = part(handle, CURLUPART_SCHEME);
  if (url.scheme == "file") return parse_file_url(text, authority, handle);
  if (default_port(url.scheme) == 0) {
    url.text = text;
    return url;
  }
  read_authority(text, authority, url);
  if (url.port == 0) url.port = default_port(url.scheme);
  if (!curl_agrees(handle, url)) {
    refuse(text, "its host can be read in two ways; write it plainly");
  }
  url.path = part(handle, CURLUPART_PATH);
  url.query = part(handle, CURLUPART_QUERY);
  url.text = put_together(url);
  return url;
}

std::string resolve_location(const Url& base, std::string_view location) {
  check_characters(location);
  if (location.empty()) refuse(base.text, "redirects to nowhere");
  const std::size_t colon = location.find(':');
  if (colon < location.find_first_of("/?#")) return std::string(location);
  if (location.starts_with("//")) {
    return base.scheme + ":" + std::string(location);
  }
  // Only path and query are left to follow from.
  const Handle handle = parsed_by_curl(base.text);
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL,
                                      std::string(location).c_str(), 0);
  if (code != CURLUE_OK) refuse(location, curl_url_strerror(code));
  return part(handle, CURLUPART_URL);
}

std::string Url::shown() const { return text.substr(0, text.find('?')); }

}  // namespace platter::transfer
