// tests/fuzz/url_target.h
//
// Any bytes, as a URL and as where a redirect leads. The fuzzer and the replay
// of its corpus share it.
#pragma once

#include "fuzz/checksums_target.h"

namespace platter::test {

inline void check_taken_url(const transfer::Rules& rules,
                            const transfer::Url& url) {
  require(is_one_line(url.text), "a URL has no control characters");
  require(url.is_http(), "only what is allowed is taken");
  require(url.port == 80 || url.port == 443, "the port is allowed");
  require(url.host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"
                                     "-_.:") == std::string::npos,
          "a host is plain");
  require(!url.address || !transfer::private_kind(*url.address),
          "an address is public");
  require(url.address || !transfer::Address::parse(url.host),
          "an address is known for one");
  require(transfer::check_url(rules, url.text).text == url.text,
          "a URL has one form");
}

// Refused by an Error, or public and in its one form.
inline void check_url_bytes(ByteView input) {
  const transfer::Rules rules;
  const auto base = transfer::check_url(rules, "http://example.org/a/b?c");
  const auto judge = [](auto read) {
    try {
      read();
    } catch (const Error& refused) {
      require(
          refused.code() == Errc::invalid || refused.code() == Errc::forbidden,
          "a refusal is one of two");
      require(is_one_line(refused.what()), "a sentence is one line");
    }
  };
  const std::string_view text = as_text(input);
  judge([&] { check_taken_url(rules, transfer::check_url(rules, text)); });
  judge([&] {
    check_taken_url(rules, transfer::check_redirect(rules, base, text, true));
  });
}

}  // namespace platter::test
