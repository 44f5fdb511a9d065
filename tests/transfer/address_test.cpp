// tests/transfer/address_test.cpp
#include "platter/transfer/address.h"

#include <rapidcheck.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace platter::transfer {
namespace {

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(transfer_address)

struct Kind {
  const char* address;
  const char* kind;  // empty: public
};
std::ostream& operator<<(std::ostream& out, const Kind& kind) {
  return out << kind.address;
}

const Kind kKinds[] = {
    {"8.8.8.8", ""},
    {"1.1.1.1", ""},
    {"9.255.255.255", ""},
    {"11.0.0.0", ""},
    {"100.63.255.255", ""},
    {"100.128.0.0", ""},
    {"172.15.255.255", ""},
    {"172.32.0.0", ""},
    {"192.167.255.255", ""},
    {"192.169.0.0", ""},
    {"223.255.255.255", ""},
    {"0.0.0.0", "unspecified"},
    {"0.1.2.3", "unspecified"},
    {"10.0.0.0", "private network"},
    {"10.255.255.255", "private network"},
    {"100.64.0.0", "carrier's shared network"},
    {"100.127.255.255", "carrier's shared network"},
    {"100.100.100.200", "cloud metadata"},
    {"127.0.0.1", "loopback"},
    {"127.255.255.255", "loopback"},
    {"168.63.129.16", "cloud metadata"},
    {"169.254.0.1", "link-local"},
    {"169.254.169.254", "cloud metadata"},
    {"172.16.0.0", "private network"},
    {"172.31.255.255", "private network"},
    {"192.0.0.1", "reserved"},
    {"192.0.0.192", "cloud metadata"},
    {"192.0.2.1", "documentation"},
    {"192.88.99.1", "reserved"},
    {"192.168.0.0", "private network"},
    {"192.168.255.255", "private network"},
    {"198.18.0.1", "benchmarking"},
    {"198.19.255.255", "benchmarking"},
    {"198.51.100.1", "documentation"},
    {"203.0.113.1", "documentation"},
    {"224.0.0.1", "multicast"},
    {"239.255.255.255", "multicast"},
    {"240.0.0.1", "reserved"},
    {"255.255.255.255", "broadcast"},
    {"2606:4700:4700::1111", ""},
    {"2a00:1450:4001::1", ""},
    {"::", "unspecified"},
    {"::1", "loopback"},
    {"fe80::1", "link-local"},
    {"febf::1", "link-local"},
    {"fec0::1", "private network"},
    {"fc00::1", "private network"},
    {"fdff::1", "private network"},
    {"fd00:ec2::254", "cloud metadata"},
    {"ff02::1", "multicast"},
    {"2001:db8::1", "documentation"},
    {"3fff::1", "documentation"},
    {"2001:2::1", "reserved"},
    {"100::1", "reserved"},
    {"4000::1", "reserved"},
    // IPv4-mapped
    {"::ffff:8.8.8.8", ""},
    {"::ffff:127.0.0.1", "loopback"},
    {"::ffff:7f00:1", "loopback"},
    {"::ffff:169.254.169.254", "cloud metadata"},
    // IPv4-compatible and -translated: nothing that is in use
    {"::127.0.0.1", "reserved"},
    {"::8.8.8.8", "reserved"},
    {"::ffff:0:127.0.0.1", "reserved"},
    // NAT64, of the well-known and the local prefix
    {"64:ff9b::8.8.8.8", ""},
    {"64:ff9b::10.0.0.1", "private network"},
    {"64:ff9b::a9fe:a9fe", "cloud metadata"},
    {"64:ff9b:1::8.8.8.8", "reserved"},
    // 6to4
    {"2002:808:808::1", ""},
    {"2002:7f00:1::1", "loopback"},
    {"2002:c0a8:101::", "private network"},
    // Teredo: a server, and a client with all bits turned
    {"2001:0:808:808:0:0:f7f7:f7f7", ""},
    {"2001:0:7f00:1:0:0:f7f7:f7f7", "loopback"},
    {"2001:0:808:808:0:0:80ff:fffe", "loopback"},
    // ISATAP
    {"2a00::5efe:8.8.8.8", ""},
    {"2a00::5efe:10.0.0.1", "private network"},
    {"2a00::200:5efe:10.0.0.1", "private network"},
};

BOOST_DATA_TEST_CASE(kinds, data::make(kKinds), one) {
  const auto address = Address::parse(one.address);
  BOOST_REQUIRE(address);
  BOOST_TEST(private_kind(*address).value_or("") == one.kind);
}

// inet_aton() and browsers take these for addresses.
const char* const kNoAddresses[] = {
    "",           "127.1",      "127.0.1",    "2130706433",   "0x7f000001",
    "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01", "127.0.0.1.",   "127.0.0.256",
    "127.0.0.1 ", " 127.0.0.1", "[::1]",      "::1%1",        "fe80::1%lo",
    "1::2::3",    ":::1",       "12345::",    "::127.0.0.1.5"};

BOOST_DATA_TEST_CASE(other_ways_to_write_one_are_none, data::make(kNoAddresses),
                     text) {
  BOOST_CHECK(!Address::parse(text));
}

BOOST_AUTO_TEST_CASE(a_text_ends_where_it_ends) {
  using namespace std::string_literals;
  BOOST_CHECK(!Address::parse("127.0.0.1\0.example.org"s));
}

BOOST_AUTO_TEST_CASE(two_ways_to_write_ipv4_are_one_address) {
  BOOST_CHECK(Address::parse("::ffff:10.1.2.3") == Address::parse("10.1.2.3"));
  BOOST_TEST(Address::parse("::ffff:a01:203")->to_text() == "10.1.2.3");
  BOOST_TEST(Address::parse("2001:DB8:0::1")->to_text() == "2001:db8::1");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  rc::check([](std::array<std::uint8_t, 16> octets) {
    const Address address(octets);
    RC_ASSERT(Address::parse(address.to_text()) == address);
  });
}

BOOST_AUTO_TEST_CASE(a_network_holds_what_shares_its_bits) {
  rc::check([](std::array<std::uint8_t, 16> octets) {
    const unsigned bits = *rc::gen::inRange(0u, 129u);
    auto first = octets;
    for (unsigned bit = bits; bit < 128; ++bit) {
      first[bit / 8] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
    }
    const std::string text = Address(first).to_text();
    // Written as IPv4 it has 32 bits.
    RC_PRE(text.find(':') != std::string::npos);
    const auto network = Network::parse(text + "/" + std::to_string(bits));
    RC_ASSERT(network);
    RC_ASSERT(network->contains(Address(octets)));
    if (bits > 0) {
      const unsigned bit = *rc::gen::inRange(0u, bits);
      octets[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
      RC_ASSERT(!network->contains(Address(octets)));
    }
  });
}

BOOST_AUTO_TEST_CASE(networks_of_ipv4) {
  const auto network = Network::parse("172.16.0.0/12");
  BOOST_REQUIRE(network);
  BOOST_CHECK(network->contains(*Address::parse("172.31.255.255")));
  BOOST_CHECK(network->contains(*Address::parse("::ffff:172.16.0.1")));
  BOOST_CHECK(!network->contains(*Address::parse("172.32.0.0")));
  const auto all = Network::parse("0.0.0.0/0");
  BOOST_REQUIRE(all);
  BOOST_CHECK(all->contains(*Address::parse("255.0.0.1")));
  BOOST_CHECK(!all->contains(*Address::parse("2001:db8::1")));
  BOOST_CHECK(
      Network::parse("10.0.0.7")->contains(*Address::parse("10.0.0.7")));
  BOOST_CHECK(
      !Network::parse("10.0.0.7")->contains(*Address::parse("10.0.0.6")));
}

const char* const kNoNetworks[] = {
    "10.0.0.1/8",     "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10/8",
    "2001:db8::1/64", "::/129",      "host/8",    "10.0.0.0/8/8"};

BOOST_DATA_TEST_CASE(networks_that_are_none, data::make(kNoNetworks), text) {
  BOOST_CHECK(!Network::parse(text));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
