// tests/service/signatures_test.cpp: signed uploads become active when their
// signature is good, and never otherwise.
#include "platter/service/properties.h"
#include "service.h"
#include "support/errors.h"
#include "support/signer.h"

using namespace platter;
using test::says;

namespace {

const test::Signer& signer() {
  static const test::Signer kSigner;
  return kSigner;
}

service::Options options(std::set<std::string> required) {
  service::Options options;
  options.certificates = signer().folder();
  options.require_signature = std::move(required);
  return options;
}

struct Fixture : test::TestService {
  explicit Fixture(std::set<std::string> required = {})
      : TestService(options(std::move(required))) {
    clock().advance(std::chrono::nanoseconds(SystemClock().now().nanoseconds -
                                             clock().now().nanoseconds));
    clock().advance(std::chrono::minutes(1));
  }

  void claim(test::Number number, ByteView data, const std::string& method) {
    const Bytes signature = signer().sign(data, method, test::Signer::kPss);
    set(number, "img_signature", signer().to_base64(signature));
    set(number, "img_signature_hash_method", method);
    set(number, "img_signature_key_type", "RSA-PSS");
    set(number, "img_signature_certificate_uuid", "builder");
  }
  void check_refused(test::Number number, Errc code, const std::string& words) {
    BOOST_CHECK_EXCEPTION(upload(number, disk), Error, says(code, words));
    check_status(number, image::Status::error);
    BOOST_TEST(record(number)->status_reason.find(words) != std::string::npos);
    BOOST_TEST(!record(number)->original.has_value());
  }
  std::string property(test::Number number, const char* name) {
    return service::property(*record(number), name).value_or("none");
  }

  Bytes disk = test::random_disk(300'032, 1);
};

struct Required : Fixture {
  Required() : Fixture({"public", "project:web"}) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(service_signatures, Fixture)

BOOST_AUTO_TEST_CASE(a_good_signature_is_noted) {
  for (const char* method : {"sha256", "sha512", "sha224"}) {
    const auto number = create(std::string("x-") + method);
    claim(number, disk, method);
    upload(number, disk);
    check_active(number, disk);
    BOOST_TEST(property(number, "signature_verified") == "true");
    BOOST_TEST(property(number, "signed_by") == "CN=builder,O=Example");
  }
}

BOOST_AUTO_TEST_CASE(unsigned_images_say_nothing_of_signatures) {
  const auto number = uploaded("x", disk);
  BOOST_TEST(property(number, "signature_verified") == "none");
  BOOST_TEST(property(number, "signed_by") == "none");
}

BOOST_AUTO_TEST_CASE(other_bytes_are_not_activated) {
  const auto number = create("x");
  Bytes other = disk;
  other[77] ^= std::byte{1};
  claim(number, other, "sha256");
  check_refused(number, Errc::key_rejected, "not a signature over this data");
  // What was signed may still come.
  upload(number, other);
  check_active(number, other);
}

BOOST_AUTO_TEST_CASE(unknown_and_expired_certificates) {
  const auto number = create("x");
  claim(number, disk, "sha256");
  set(number, "img_signature_certificate_uuid", "nobody");
  check_refused(number, Errc::no_key, "nobody.pem");
  set(number, "img_signature_certificate_uuid", "builder");
  clock().advance(std::chrono::hours(24 * 40));
  check_refused(number, Errc::key_rejected, "expired");
}

BOOST_AUTO_TEST_CASE(claims_that_are_not_understood) {
  const auto number = create("x");
  set(number, "img_signature", "Zm9v");
  check_refused(number, Errc::invalid, "img_signature_hash_method is missing");
  claim(number, disk, "sha256");
  const auto check = [&](const char* name, const char* value) {
    const std::string before = property(number, name);
    set(number, name, value);
    check_refused(number, Errc::invalid, name);
    set(number, name, before);
  };
  check("img_signature", "not base64");
  check("img_signature_certificate_uuid", "../builder");
  check("img_signature_certificate_uuid", ".hidden");
}

BOOST_AUTO_TEST_CASE(what_was_verified_stays) {
  const auto number = create("x");
  claim(number, disk, "sha256");
  upload(number, disk);
  BOOST_CHECK_EXCEPTION(set(number, "img_signature", "Zm9v"), Error,
                        says(Errc::forbidden, "before the data"));
  BOOST_CHECK_EXCEPTION(
      images().set_properties(admin(), number, {{"img_signature", {}}}), Error,
      says(Errc::forbidden, "before the data"));
  BOOST_CHECK_NO_THROW(set(number, "img_signature_hash_method", "sha256"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(service_required_signatures, Required)

BOOST_AUTO_TEST_CASE(only_signed_images_become_public) {
  const auto plain = uploaded("plain", disk);
  BOOST_CHECK_EXCEPTION(set(plain, "visibility", "public"), Error,
                        says(Errc::no_key, "have to be signed"));
  BOOST_CHECK_NO_THROW(set(plain, "visibility", "shared"));
  const auto early = create("early");
  set(early, "visibility", "public");
  check_refused(early, Errc::no_key, "have to be signed");
  const auto good = create("good");
  claim(good, disk, "sha256");
  upload(good, disk);
  BOOST_CHECK_NO_THROW(set(good, "visibility", "public"));
}

BOOST_AUTO_TEST_SUITE_END()
