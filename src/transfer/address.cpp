// src/transfer/address.cpp
#include "platter/transfer/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "platter/base/amounts.h"

namespace platter::transfer {

namespace {

using Octets = Address::Octets;

// Of ::ffff:0:0/96.
constexpr std::size_t kMappedPrefix = 12;

Address from_v4(const std::uint8_t* four, std::uint8_t mask = 0) {
  Octets octets{};
  octets[10] = octets[11] = 0xff;
  for (std::size_t i = 0; i < 4; ++i) {
    octets[kMappedPrefix + i] = static_cast<std::uint8_t>(four[i] ^ mask);
  }
  return Address(octets);
}

bool starts_with(const Octets& octets,
                 std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), octets.begin());
}

bool is_isatap(const Octets& octets) {
  return (octets[8] & 0xfd) == 0 && octets[9] == 0 && octets[10] == 0x5e &&
         octets[11] == 0xfe;
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  std::uint8_t four[4];
  // inet_pton() takes neither leading zeros nor fewer than four numbers.
  if (inet_pton(AF_INET, terminated.c_str(), four) == 1) return from_v4(four);
  Octets octets;
  if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) {
    return Address(octets);
  }
  return std::nullopt;
}

std::optional<Address> Address::of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    std::uint8_t four[4];
    std::memcpy(four, &v4.sin_addr, sizeof four);
    return from_v4(four);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    Octets octets;
    std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
    return Address(octets);
  }
  return std::nullopt;
}

bool Address::is_v4() const noexcept {
  return starts_with(octets_, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff});
}

std::vector<Address> Address::embedded() const {
  if (is_v4()) return {};
  const std::uint8_t* const bytes = octets_.data();
  if (starts_with(octets_, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) ||
      starts_with(octets_, {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return {from_v4(bytes + 12)};
  }
  if (starts_with(octets_, {0x20, 0x02})) return {from_v4(bytes + 2)};
  // Teredo's server, and its client, which is kept with all bits turned.
  if (starts_with(octets_, {0x20, 0x01, 0, 0})) {
    return {from_v4(bytes + 4), from_v4(bytes + 12, 0xff)};
  }
  if (is_isatap(octets_)) return {from_v4(bytes + 12)};
  return {};
}

std::string Address::to_text() const {
  char text[INET6_ADDRSTRLEN];
  const bool v4 = is_v4();
  inet_ntop(v4 ? AF_INET : AF_INET6, octets_.data() + (v4 ? kMappedPrefix : 0),
            text, sizeof text);
  return text;
}

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto first = Address::parse(text.substr(0, slash));
  if (!first) return std::nullopt;
  // What is written as IPv4 counts its bits from its own first.
  const bool v4 = first->is_v4() && text.find(':') == std::string_view::npos;
  const unsigned most = v4 ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const auto number = parse_number<unsigned>(text.substr(slash + 1));
    if (!number || *number > most) return std::nullopt;
    bits = *number;
  }
  const Network network(*first, bits + 128 - most);
  Octets last = first->octets();
  for (unsigned bit = network.bits_; bit < 128; ++bit) {
    if (last[bit / 8] & (0x80 >> bit % 8)) return std::nullopt;
  }
  return network;
}

bool Network::contains(const Address& address) const noexcept {
  const Octets& own = first_.octets();
  const Octets& other = address.octets();
  const unsigned whole = bits_ / 8;
  if (!std::equal(own.begin(), own.begin() + whole, other.begin())) {
    return false;
  }
  const unsigned rest = bits_ % 8;
  return rest == 0 || (own[whole] ^ other[whole]) >> (8 - rest) == 0;
}

}  // namespace platter::transfer
