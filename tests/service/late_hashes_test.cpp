// tests/service/late_hashes_test.cpp: hashes that are worked out after close()
// has returned.
#include "platter/service/late_hashes.h"

#include <thread>

#include "platter/base/integers.h"
#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using test::has_code;

// More than a mebibyte is hashed late.
struct Fixture : test::TestService {
  Fixture() : TestService(options()) {}
  static Options options() {
    Options options;
    options.hash_at_close = kMiB;
    return options;
  }
};

BOOST_AUTO_TEST_SUITE(service_late_hashes)

// Looks again and again until the image has its hash.
std::string awaited_hash(Fixture& service, image::Number number) {
  while (service.record(number)->os_hash_value.empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return service.record(number)->os_hash_value;
}

BOOST_AUTO_TEST_CASE(huge_files_are_hashed_after_they_are_closed) {
  Fixture service;
  const Bytes large = test::random_disk(3 * kMiB, 4);
  const auto number = service.uploaded("x", large);
  service.check_active(number, large);
  BOOST_TEST(awaited_hash(service, number) == to_hex(sha256(large)));
  // A stop in the middle of it is made up for.
  service.catalogue().update(
      number, [](image::Record& record) { record.os_hash_value.clear(); });
  service.restart();
  BOOST_TEST(awaited_hash(service, number) == to_hex(sha256(large)));
  // What was declared is verified before the close returns.
  const auto other = service.create("y");
  service.set(other, "os_hash_value", std::string(64, 'a'));
  BOOST_CHECK_EXCEPTION(service.upload(other, large), Error,
                        has_code(Errc::mismatch));
}

// It needs no guest.
BOOST_AUTO_TEST_CASE(huge_encrypted_files_are_hashed_too) {
  Fixture service;
  Bytes locked = test::qcow2_file(test::random_disk(3 * kMiB, 4, 100));
  store_be(MutableBytes(locked), 32, std::uint32_t{1});
  const auto number = service.uploaded("x", locked);
  BOOST_CHECK(!service.record(number)->guest);
  BOOST_TEST(awaited_hash(service, number) == to_hex(sha256(locked)));
  service.restart();
  service.check_active(number, locked);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
