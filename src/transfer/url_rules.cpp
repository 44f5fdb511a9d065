// src/transfer/url_rules.cpp
#include "platter/transfer/url_rules.h"

#include <fmt/core.h>

#include <algorithm>

#include "platter/base/error.h"
#include "url.h"

namespace platter::transfer {

namespace {

[[noreturn]] void forbid(const Url& url, const std::string& why) {
  throw Error(Errc::forbidden, url.shown() + ": " + why);
}

bool any_name(const std::vector<HostPattern>& list, std::string_view host) {
  return std::ranges::any_of(
      list, [&](const auto& pattern) { return pattern.matches_name(host); });
}

bool any_address(const std::vector<HostPattern>& list, const Address& address) {
  return std::ranges::any_of(
      list, [&](const auto& pattern) { return pattern.matches(address); });
}

// Also what the address leads to on its way.
bool denies(const Rules& rules, const Address& address) {
  return any_address(rules.deny, address) ||
         std::ranges::any_of(address.embedded(), [&](const auto& inner) {
           return any_address(rules.deny, inner);
         });
}

bool permits_private(const Rules& rules, const Url& url,
                     const Address& address) {
  if (rules.allow_private) return true;
  return std::ranges::any_of(rules.allow, [&](const HostPattern& pattern) {
    return pattern.is_network()
               ? pattern.matches(address)
               : pattern.is_exact_name() && pattern.matches_name(url.host);
  });
}

bool permits_private_name(const Rules& rules, const Url& url) {
  if (rules.allow_private) return true;
  return std::ranges::any_of(rules.allow, [&](const HostPattern& pattern) {
    return pattern.is_exact_name() && pattern.matches_name(url.host);
  });
}

constexpr const char* kNotAllowed =
    "the host is not on the list of those that may be fetched from; an "
    "administrator can add it to [import] allow";

// What can be told of a name alone.
void check_name(const Rules& rules, const Url& url) {
  if (!rules.allow.empty()) {
    // Its addresses may be on the list where it is not.
    if (!any_name(rules.allow, url.host) &&
        std::ranges::none_of(rules.allow, &HostPattern::is_network)) {
      forbid(url, kNotAllowed);
    }
  } else if (any_name(rules.deny, url.host)) {
    forbid(url,
           "the host is on the list of those that may not be fetched "
           "from; an administrator can take it off [import] deny");
  }
}

void check_scheme(const Rules& rules, const Url& url) {
  if (!url.is_http() && url.scheme != "file") {
    forbid(url, "only http, https and file URLs can be fetched");
  }
  if (!rules.schemes.contains(url.scheme)) {
    forbid(url, "URLs that begin with " + url.scheme +
                    ":// may not be fetched by everybody; ask an "
                    "administrator to fetch it");
  }
}

bool is_private_name(std::string_view host) {
  for (const std::string_view zone :
       {"localhost", "local", "internal", "home.arpa"}) {
    if (host == zone ||
        (host.ends_with(zone) && host[host.size() - zone.size() - 1] == '.')) {
      return true;
    }
  }
  return false;
}

}  // namespace

Url check_url(const Rules& rules, std::string_view text) {
  const Url url = parse_url(text);
  check_scheme(rules, url);
  if (url.scheme == "file") return url;
  if (!rules.ports.contains(url.port)) {
    forbid(url, fmt::format("port {} may not be fetched from; an "
                            "administrator can add it to [import] ports",
                            url.port));
  }
  if (url.address) {
    check_address(rules, url, *url.address);
  } else {
    check_name(rules, url);
  }
  return url;
}

Url check_redirect(const Rules& rules, const Url& from,
                   std::string_view location, bool may_downgrade) {
  const std::string text = resolve_location(from, location);
  const Url to = parse_url(text);
  if (!to.is_http()) {
    forbid(from, "redirects to a URL that begins with " + to.scheme +
                     "://; only http and https are followed");
  }
  if (from.scheme == "https" && to.scheme == "http" && !may_downgrade) {
    forbid(from, "redirects to " + to.shown() +
                     ", where nothing vouches for the server; an "
                     "administrator can fetch it by hand");
  }
  return check_url(rules, text);
}

void check_address(const Rules& rules, const Url& url, const Address& address) {
  if (!rules.allow.empty()) {
    if (!any_name(rules.allow, url.host) &&
        !any_address(rules.allow, address)) {
      forbid(url, kNotAllowed);
    }
  } else if (denies(rules, address)) {
    forbid(url, "its address " + address.to_text() +
                    " is on the list of those that may not be fetched from; "
                    "an administrator can take it off [import] deny");
  }
  const auto kind = private_kind(address);
  if (kind && !permits_private(rules, url, address)) {
    forbid(url, fmt::format("its address {} is not public ({}); an "
                            "administrator can add it to [import] allow",
                            address.to_text(), *kind));
  }
}

void check_unresolved(const Rules& rules, const Url& url) {
  if (url.address) return;
  if (!rules.allow.empty() && !any_name(rules.allow, url.host)) {
    forbid(url, kNotAllowed);
  }
  if (is_private_name(url.host) && !permits_private_name(rules, url)) {
    forbid(url,
           "its name is not public; an administrator can add it to "
           "[import] allow");
  }
}

}  // namespace platter::transfer
