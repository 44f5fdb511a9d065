// tests/base/signature_test.cpp: signatures that the openssl command made.
#include "platter/base/signature.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/signer.h"

using namespace platter;
using test::has_code;
using test::Signer;

namespace {

Bytes digest_of(ByteView data, HashAlgorithm algorithm) {
  Hasher hasher(algorithm);
  hasher.update(data);
  return *from_hex(hasher.finish());
}

Certificate certificate_of(const Signer& signer) {
  return Certificate(as_text(*read_whole(signer.certificate(), kMiB)));
}

struct Kind {
  const char* key_type;
  const char* key;
  HashAlgorithm algorithm;
  const char* options;
};

constexpr Kind kKinds[] = {
    {"RSA-PSS", "rsa:2048", HashAlgorithm::sha224, Signer::kPss},
    {"RSA-PSS", "rsa:3072", HashAlgorithm::sha256, Signer::kPss},
    {"RSA-PSS", "rsa:2048", HashAlgorithm::sha512,
     "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"},
    {"ECC_SECP384R1", "ec -pkeyopt ec_paramgen_curve:secp384r1",
     HashAlgorithm::sha384, ""},
    {"ECC_SECP521R1", "ec -pkeyopt ec_paramgen_curve:secp521r1",
     HashAlgorithm::sha512, ""},
    {"ECC_SECT409K1", "ec -pkeyopt ec_paramgen_curve:sect409k1",
     HashAlgorithm::sha256, ""},
    {"ECC_SECT571R1", "ec -pkeyopt ec_paramgen_curve:sect571r1",
     HashAlgorithm::sha256, ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(signatures)

BOOST_AUTO_TEST_CASE(every_kind_of_key_verifies_its_own) {
  const Bytes data = test::random_bytes(10'000, 1);
  for (const Kind& kind : kKinds) {
    BOOST_TEST_CONTEXT(kind.key_type << " " << name_of(kind.algorithm)) {
      const Signer signer("builder", kind.key);
      const Certificate certificate = certificate_of(signer);
      Bytes signature =
          signer.sign(data, std::string(name_of(kind.algorithm)), kind.options);
      Bytes digest = digest_of(data, kind.algorithm);
      const auto good = [&] {
        return certificate.signed_digest(kind.key_type, kind.algorithm, digest,
                                         signature);
      };
      BOOST_TEST(good());
      digest[5] ^= std::byte{1};
      BOOST_TEST(!good());
      digest[5] ^= std::byte{1};
      signature[signature.size() / 2] ^= std::byte{1};
      BOOST_TEST(!good());
      signature.resize(3);
      BOOST_TEST(!good());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_key_of_another_type_is_rejected) {
  const Signer rsa;
  const Signer curve("builder", "ec -pkeyopt ec_paramgen_curve:secp384r1");
  const Bytes digest(32), signature(256);
  const auto check = [&](const Signer& signer, const char* type) {
    BOOST_CHECK_EXCEPTION(certificate_of(signer).signed_digest(
                              type, HashAlgorithm::sha256, digest, signature),
                          Error, has_code(Errc::key_rejected));
  };
  check(rsa, "ECC_SECP384R1");
  check(rsa, "DSA");
  check(curve, "RSA-PSS");
  check(curve, "ECC_SECP521R1");
}

BOOST_AUTO_TEST_CASE(certificates) {
  const Signer signer("web");
  const Certificate certificate = certificate_of(signer);
  BOOST_TEST(certificate.subject() == "CN=web,O=Example");
  const Timestamp now = SystemClock().now();
  BOOST_TEST(certificate.is_valid_at(now + std::chrono::hours(1)));
  BOOST_TEST(!certificate.is_valid_at(now + std::chrono::hours(24 * 31)));
  BOOST_TEST(!certificate.is_valid_at({}));
  for (const char* text : {"", "no certificate", "-----BEGIN CERTIFICATE-----",
                           "-----BEGIN CERTIFICATE-----\nAAAA\n-----END "
                           "CERTIFICATE-----\n"}) {
    BOOST_CHECK_EXCEPTION(Certificate{text}, Error, has_code(Errc::invalid));
  }
}

BOOST_AUTO_TEST_CASE(base64) {
  const auto text = [](const char* encoded) {
    const auto bytes = from_base64(encoded);
    return bytes ? std::string(as_text(*bytes)) : "none";
  };
  BOOST_TEST(text("Zg==") == "f");
  BOOST_TEST(text("Zm8=") == "fo");
  BOOST_TEST(text("Zm9v") == "foo");
  BOOST_TEST(text("Zm9v\nYmFy\n") == "foobar");
  for (const char* bad : {"", "Zg", "Zg=", "Z===", "====", "Zm9v!m9v"}) {
    BOOST_TEST(text(bad) == "none", bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()
