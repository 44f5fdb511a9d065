// include/platter/transfer/address.h
//
// IP addresses and networks as values, and which addresses are nobody's on the
// public Internet.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace platter::transfer {

// An IPv4 or IPv6 address. An IPv4 address is kept as its IPv4-mapped IPv6
// address (RFC 4291, 2.5.5.2), so the two ways to write it are one value.
class Address {
 public:
  using Octets = std::array<std::uint8_t, 16>;

  explicit Address(const Octets& octets) : octets_(octets) {}

  // "192.0.2.1" in four decimal numbers without leading zeros, or "2001:db8::1"
  // without brackets and zone. nullopt for everything else, and so for the
  // other ways in which inet_aton() reads numbers.
  static std::optional<Address> parse(std::string_view text);
  // nullopt for other families.
  static std::optional<Address> of(const sockaddr& address);

  bool is_v4() const noexcept;
  const Octets& octets() const noexcept { return octets_; }
  // The IPv4 addresses that packets to this one may be turned into on their
  // way: those inside IPv4-compatible, NAT64, 6to4, Teredo and ISATAP ones.
  std::vector<Address> embedded() const;
  std::string to_text() const;

  auto operator<=>(const Address&) const = default;

 private:
  Octets octets_;
};

// The addresses that share their first bits.
class Network {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or an address, which is a network of one.
  // nullopt for other texts, and when bits after the prefix are set.
  static std::optional<Network> parse(std::string_view text);

  bool contains(const Address& address) const noexcept;

 private:
  Network(const Address& first, unsigned bits) : first_(first), bits_(bits) {}

  Address first_;
  unsigned bits_;  // of the 128
};

// Why nothing on the public Internet has this address ("loopback", "private
// network", "cloud metadata"); nullopt when something may have it. What is
// embedded in it counts as much as itself.
std::optional<std::string_view> private_kind(const Address& address);

}  // namespace platter::transfer
