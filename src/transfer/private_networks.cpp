// src/transfer/private_networks.cpp: the special-purpose registries of IANA
// (iana-ipv4-special-registry, iana-ipv6-special-registry), multicast, and
// where clouds keep what machines may know of themselves.

#include "platter/transfer/address.h"

namespace platter::transfer {

namespace {

struct Kind {
  const char* network;
  std::string_view name;
};

// The first that holds an address names its kind.
constexpr Kind kPrivate[] = {
    {"169.254.169.254", "cloud metadata"},
    {"100.100.100.200", "cloud metadata"},  // Alibaba
    {"192.0.0.192", "cloud metadata"},      // Oracle
    {"168.63.129.16", "cloud metadata"},    // Azure, in public space
    {"fd00:ec2::254", "cloud metadata"},    // Amazon
    {"255.255.255.255", "broadcast"},
    {"0.0.0.0/8", "unspecified"},
    {"10.0.0.0/8", "private network"},
    {"100.64.0.0/10", "carrier's shared network"},
    {"127.0.0.0/8", "loopback"},
    {"169.254.0.0/16", "link-local"},
    {"172.16.0.0/12", "private network"},
    {"192.0.0.0/24", "reserved"},
    {"192.0.2.0/24", "documentation"},
    {"192.88.99.0/24", "reserved"},
    {"192.168.0.0/16", "private network"},
    {"198.18.0.0/15", "benchmarking"},
    {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
    {"::", "unspecified"},
    {"::1", "loopback"},
    {"fe80::/10", "link-local"},
    {"fec0::/10", "private network"},
    {"fc00::/7", "private network"},
    {"ff00::/8", "multicast"},
    {"2001:db8::/32", "documentation"},
    {"3fff::/20", "documentation"},
};

// All that is given out to hosts, and NAT64's prefix, which leads to IPv4.
constexpr const char* kGlobal[] = {"2000::/3", "64:ff9b::/96"};
// Within it: for protocols rather than hosts, but for Teredo.
constexpr const char* kProtocols = "2001::/23";
constexpr const char* kTeredo = "2001::/32";

bool within(const char* network, const Address& address) {
  return Network::parse(network)->contains(address);
}

std::optional<std::string_view> own_kind(const Address& address) {
  for (const Kind& kind : kPrivate) {
    if (within(kind.network, address)) return kind.name;
  }
  if (address.is_v4()) return std::nullopt;
  if (!within(kGlobal[0], address) && !within(kGlobal[1], address)) {
    return "reserved";
  }
  if (within(kProtocols, address) && !within(kTeredo, address)) {
    return "reserved";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> private_kind(const Address& address) {
  if (const auto kind = own_kind(address)) return kind;
  for (const Address& inner : address.embedded()) {
    if (const auto kind = own_kind(inner)) return kind;
  }
  return std::nullopt;
}

}  // namespace platter::transfer
