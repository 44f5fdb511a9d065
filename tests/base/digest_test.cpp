// tests/base/digest_test.cpp: digests against published values.
#include "platter/base/digest.h"

#include <boost/test/unit_test.hpp>

using namespace platter;

BOOST_AUTO_TEST_SUITE(digest)

// FIPS 180-2, appendix B and C: "abc".
BOOST_AUTO_TEST_CASE(sha_2_of_abc) {
  Hasher sha256(HashAlgorithm::sha256);
  sha256.update(as_bytes("a"));
  sha256.update(as_bytes("bc"));
  BOOST_CHECK_EQUAL(
      sha256.finish(),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Hasher sha512(HashAlgorithm::sha512);
  sha512.update(as_bytes("abc"));
  BOOST_CHECK_EQUAL(
      sha512.finish(),
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  BOOST_CHECK_EQUAL(
      to_hex(platter::sha256(as_bytes("abc"))),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

BOOST_AUTO_TEST_CASE(algorithms_by_name) {
  for (const auto one : {HashAlgorithm::sha256, HashAlgorithm::sha512}) {
    BOOST_CHECK(hash_algorithm(name_of(one)) == one);
  }
  BOOST_CHECK(!hash_algorithm("md5"));
  BOOST_CHECK(!hash_algorithm("SHA256"));
}

BOOST_AUTO_TEST_CASE(chunk_hashes_differ_by_one_bit) {
  Bytes chunk(4096);
  const Hash128 before = hash128(chunk);
  BOOST_CHECK(before == hash128(chunk));
  chunk[4095] = std::byte{1};
  BOOST_CHECK(before != hash128(chunk));
}

BOOST_AUTO_TEST_CASE(hex_round_trips_and_refuses_what_is_none) {
  const Bytes bytes = to_bytes("\x01\xab\xff");
  BOOST_CHECK_EQUAL(to_hex(bytes), "01abff");
  BOOST_CHECK(from_hex("01abff") == bytes);
  BOOST_CHECK(from_hex("01ABFF") == bytes);
  BOOST_CHECK(from_hex("") == Bytes());
  BOOST_CHECK(!from_hex("abc"));
  BOOST_CHECK(!from_hex("0g"));
}

BOOST_AUTO_TEST_CASE(random_bytes_do_not_repeat) {
  Bytes first(32);
  Bytes second(32);
  fill_random(first);
  fill_random(second);
  BOOST_CHECK(first != second);
}

BOOST_AUTO_TEST_SUITE_END()
