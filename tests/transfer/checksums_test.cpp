// tests/transfer/checksums_test.cpp
#include "platter/transfer/checksums.h"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>

#include "support/errors.h"

namespace platter::transfer {
namespace {

using test::has_code;
using test::says;

std::string hex(char digit, std::size_t digits) {
  return std::string(digits, digit);
}
const std::string kOne = hex('1', 64);
const std::string kTwo = hex('2', 64);
const std::string kLong = hex('3', 128);

std::string hash_of(const std::string& text, const std::string& name) {
  const auto found = Checksums::parse(text).find(name);
  return found ? found->hex : "none";
}

BOOST_AUTO_TEST_SUITE(transfer_checksums)

BOOST_AUTO_TEST_CASE(lines_of_gnu) {
  const std::string text = "# made today\n" + kOne + "  a.qcow2\n" + kTwo +
                           " *./b.qcow2\r\n\nother words\n";
  BOOST_TEST(hash_of(text, "a.qcow2") == kOne);
  BOOST_TEST(hash_of(text, "b.qcow2") == kTwo);
  BOOST_TEST(hash_of(text, "c.qcow2") == "none");
  BOOST_TEST(hash_of(text, "words") == "none");
}

BOOST_AUTO_TEST_CASE(lines_of_bsd) {
  const std::string text = "# a.qcow2: 17 bytes\nSHA256 (a.qcow2) = " + kOne +
                           "\nSHA2-256(b (1).qcow2)= " + kTwo + "\n";
  BOOST_TEST(hash_of(text, "a.qcow2") == kOne);
  BOOST_TEST(hash_of(text, "b (1).qcow2") == kTwo);
}

BOOST_AUTO_TEST_CASE(other_algorithms_of_the_same_length_are_passed_over) {
  const std::string text = "BLAKE2b (a) = " + kLong +
                           "\nSHA3-256 (a) = " + kTwo +
                           "\nSHA256 (a) = " + kOne + "\n";
  BOOST_TEST(hash_of(text, "a") == kOne);
  BOOST_TEST(Checksums::parse(text).entries().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_hash_that_stands_alone_is_of_any_file) {
  BOOST_TEST(hash_of(kOne, "a") == kOne);
  BOOST_TEST(hash_of("  " + kOne + "\r\n", "a") == kOne);
  BOOST_TEST(hash_of(kOne + "\n" + kTwo + "  b\n", "a") == "none");
  // One that has a name is of that file.
  BOOST_TEST(hash_of(kOne + "  b\n", "a") == "none");
}

BOOST_AUTO_TEST_CASE(letters_become_small) {
  BOOST_TEST(hash_of(hex('A', 64) + "  a", "a") == hex('a', 64));
}

BOOST_AUTO_TEST_CASE(the_strongest_counts) {
  const std::string text =
      hex('9', 32) + "  a\n" + kLong + "  a\n" + kOne + "  a\n";
  const auto found = Checksums::parse(text).find("a");
  BOOST_REQUIRE(found);
  BOOST_CHECK(found->algorithm == HashAlgorithm::sha512);
  BOOST_TEST(found->hex == kLong);
}

BOOST_AUTO_TEST_CASE(folders_do_not_matter_unless_they_tell_files_apart) {
  const std::string text =
      kOne + "  x/a\n" + kTwo + "  y/a\n" + kLong + "  b/c\n";
  BOOST_TEST(hash_of(text, "c") == kLong);
  BOOST_TEST(hash_of(text, "x/a") == kOne);
  BOOST_CHECK_EXCEPTION(hash_of(text, "a"), Error,
                        says(Errc::invalid, "two different"));
  BOOST_TEST(hash_of(kOne + "  x/a\n" + kOne + "  y/a\n", "a") == kOne);
}

BOOST_AUTO_TEST_CASE(a_contradiction_is_refused) {
  BOOST_CHECK_EXCEPTION(hash_of(kOne + "  a\n" + kTwo + "  a\n", "a"), Error,
                        has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(weak_hashes_are_known_and_refused) {
  for (const std::size_t digits : {32u, 40u}) {
    const std::string weak = hex('a', digits);
    for (const std::string& text :
         {weak + "  a\n", "MD5 (a) = " + weak + "\n", weak + "\n",
          weak + "  a\n" + kOne + "  b\n", weak + "  x/a\n"}) {
      BOOST_CHECK_EXCEPTION(hash_of(text, "a"), Error,
                            says(Errc::unsupported, "MD5 or SHA-1"));
    }
  }
  BOOST_TEST(hash_of(hex('a', 32) + "  b\n" + kOne + "  a\n", "a") == kOne);
}

BOOST_AUTO_TEST_CASE(a_signed_file_is_read_without_its_frame) {
  const std::string text =
      "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
      "# a: 3 bytes\nSHA256 (a) = " +
      kOne + "\n- -b\n- " + kTwo +
      "  -b\n"
      "-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCAAdFiEE\n" +
      kLong + "  c\n-----END PGP SIGNATURE-----\n";
  BOOST_TEST(hash_of(text, "a") == kOne);
  BOOST_TEST(hash_of(text, "-b") == kTwo);
  BOOST_TEST(hash_of(text, "c") == "none");
  BOOST_TEST(hash_of(kTwo + "  a\n" + text, "a") == kOne);
}

BOOST_AUTO_TEST_CASE(what_has_no_checksum_is_refused) {
  for (const std::string& text :
       {std::string(), std::string("<html>Not found</html>\n"),
        hex('1', 63) + "  a", hex('g', 64) + "  a", "SHA256 (a) " + kOne,
        kOne + "  \x01", std::string(100'000, '(')}) {
    BOOST_CHECK_EXCEPTION(Checksums::parse(text), Error,
                          has_code(Errc::invalid));
  }
}

BOOST_AUTO_TEST_CASE(a_long_file_is_refused) {
  BOOST_CHECK_NO_THROW(
      Checksums::parse(kOne + "  a\n" + std::string(kMiB - 68, '\n')));
  BOOST_CHECK_EXCEPTION(
      Checksums::parse(kOne + "  a\n" + std::string(kMiB - 67, '\n')), Error,
      has_code(Errc::too_large));
}

BOOST_AUTO_TEST_CASE(any_entry_is_found_however_it_is_written) {
  const auto names = rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("abcXYZ0189._-+~() ="))));
  rc::check([&](bool bsd, const std::string& noise) {
    std::string name = *names;
    // Spaces around a name cannot be told from those of the line.
    RC_PRE(name.front() != ' ' && name.back() != ' ' && name != ".");
    std::string rest = to_hex(as_bytes(noise)).substr(0, 63);
    const std::string hash = rest + std::string(64 - rest.size(), '0');
    const std::string line =
        bsd ? "SHA256 (" + name + ") = " + hash : hash + "  " + name;
    // The other style must not see its own in the name.
    RC_PRE(bsd || name.find(") =") == std::string::npos);
    RC_ASSERT(hash_of("x\n" + line + "\ny", name) == hash);
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
