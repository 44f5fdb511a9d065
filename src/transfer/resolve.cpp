// src/transfer/resolve.cpp
#include "resolve.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "exchange.h"

namespace platter::transfer {

namespace {

using Found = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Found look_up(const Url& url) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int code = getaddrinfo(url.host.c_str(), nullptr, &wanted, &first);
  if (code == 0) return Found(first, freeaddrinfo);
  const std::string what =
      url.shown() + ": its host is not found: " + gai_strerror(code);
  if (code == EAI_NONAME) throw Error(Errc::remote, what);
  throw MayPass(Errc::remote, what);
}

}  // namespace

std::vector<Address> resolve(const Rules& rules, const Url& url) {
  if (url.address) return {*url.address};
  std::vector<Address> addresses;
  const Found found = look_up(url);
  for (const addrinfo* at = found.get(); at; at = at->ai_next) {
    const auto address = Address::of(*at->ai_addr);
    if (!address || std::ranges::count(addresses, *address) > 0) continue;
    check_address(rules, url, *address);
    addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace platter::transfer
