// include/platter/transfer/url_rules.h
//
// Which URLs may be fetched: an operator's rules, and one way to read a URL
// that leaves nothing to interpret differently later. All functions are pure
// and may be called from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "platter/transfer/address.h"

namespace platter::transfer {

// One entry of a list of hosts.
class HostPattern {
 public:
  // "example.org"; "*.example.org", every name below it and not itself; "*",
  // every host; an address or a network. Throws Errc::invalid for others.
  static HostPattern parse(std::string_view text);

  bool matches_name(std::string_view host) const;
  bool matches(const Address& address) const;
  // A name without a star.
  bool is_exact_name() const noexcept { return !network_ && !wild_; }
  bool is_network() const noexcept { return network_.has_value(); }

 private:
  std::optional<Network> network_;
  bool wild_ = false;
  std::string name_;  // without "*."; of "*" empty
};

// The defaults are those for users whom nobody knows.
struct Rules {
  // Of "http", "https" and "file".
  std::set<std::string> schemes{"http", "https"};
  std::set<std::uint16_t> ports{80, 443};
  // When it has an entry, only what it names may be fetched, and `deny` is not
  // asked. An entry of an address, a network or a whole name permits private
  // addresses for what it names; one with a star does not.
  std::vector<HostPattern> allow;
  std::vector<HostPattern> deny;
  // Whether every private address may be fetched from; see private_kind().
  bool allow_private = false;
};

// A URL in its one form. Of a file:// URL only scheme, path and text are set.
struct Url {
  std::string scheme;              // lower case
  std::string host;                // lower case, without brackets and last dot
  std::optional<Address> address;  // when the host is one
  std::uint16_t port = 0;
  std::string path;   // as it was written; of a file decoded
  std::string query;  // without '?'
  std::string text;   // all of it, but for a fragment

  bool is_http() const { return scheme == "http" || scheme == "https"; }
  // For messages: without the query, which may hold a key.
  std::string shown() const;
};

// The URL, if it may be fetched as far as it can tell by itself: what its name
// leads to has yet to pass check_address(). Throws Errc::invalid for what is
// no URL, or hides its host (user:password@, encoded hosts, numbers for
// addresses that are not four), Errc::forbidden for what the rules refuse.
Url check_url(const Rules& rules, std::string_view text);

// Where a redirect from `from` leads, checked as any URL. Throws
// Errc::forbidden also for schemes other than http and https, whatever the
// rules say, and from https to http unless `may_downgrade`.
Url check_redirect(const Rules& rules, const Url& from,
                   std::string_view location, bool may_downgrade);

// Throws Errc::forbidden unless the rules let `url` be fetched from `address`,
// which its name stands for.
void check_address(const Rules& rules, const Url& url, const Address& address);

// For when somebody else looks the name up, a proxy: throws Errc::forbidden for
// names of private networks by convention (localhost, .internal), and when
// only addresses are allowed.
void check_unresolved(const Rules& rules, const Url& url);

}  // namespace platter::transfer
