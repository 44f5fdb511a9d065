// tests/fuse/counts_test.cpp: what requests come to.
#include "../../src/fuse/counts.h"

#include <boost/test/unit_test.hpp>
#include <cerrno>

namespace platter::test {
namespace {

using namespace std::chrono_literals;
using fuse::Counts;
using fuse::Operation;
using metrics::Families;
using metrics::Family;
using metrics::Labels;

Family family(const Counts& counts, const std::string& name) {
  for (Family& family : counts.families()) {
    if (family.name == name) return family;
  }
  BOOST_FAIL("there is no " << name);
  return {};
}

BOOST_AUTO_TEST_SUITE(counts)

BOOST_AUTO_TEST_CASE(each_operation_is_there_from_the_start) {
  const Counts counts;
  const Family durations =
      family(counts, "platter_fuse_operation_duration_seconds");
  BOOST_TEST(durations.samples.size() == fuse::kOperations);
  for (const auto& sample : durations.samples) {
    BOOST_TEST(sample.durations.count() == 0u);
  }
  BOOST_TEST(family(counts, "platter_fuse_errors_total").samples.empty());
}

BOOST_AUTO_TEST_CASE(a_request_counts_for_its_operation_alone) {
  Counts counts;
  counts.note(Operation::mkdir, 20us, 0);
  counts.note(Operation::mkdir, 20us, EEXIST);
  for (const auto& sample :
       family(counts, "platter_fuse_operation_duration_seconds").samples) {
    const bool mkdir = sample.labels == Labels{{"operation", "mkdir"}};
    BOOST_TEST(sample.durations.count() == (mkdir ? 2u : 0u));
  }
  const Family errors = family(counts, "platter_fuse_errors_total");
  BOOST_REQUIRE(errors.samples.size() == 1u);
  const Labels expected{{"operation", "mkdir"}, {"errno", "EEXIST"}};
  BOOST_CHECK(errors.samples[0].labels == expected);
  BOOST_TEST(errors.samples[0].value == 1);
}

// The kernel's errnos end at 133; what is beyond is not counted, nor is 0.
BOOST_AUTO_TEST_CASE(odd_errnos_do_no_harm) {
  Counts counts;
  for (const int number : {-1, 0, 133, 134, 1'000'000}) {
    counts.note(Operation::removexattr, 1us, number);
  }
  const Family errors = family(counts, "platter_fuse_errors_total");
  BOOST_REQUIRE(errors.samples.size() == 1u);
  BOOST_TEST(errors.samples[0].labels[1].second == "EHWPOISON");
}

BOOST_AUTO_TEST_CASE(bytes_add_up) {
  Counts counts;
  counts.note_read(4096);
  counts.note_read(1);
  counts.note_written(10);
  BOOST_TEST(family(counts, "platter_fuse_read_bytes_total").samples[0].value ==
             4097);
  BOOST_TEST(
      family(counts, "platter_fuse_written_bytes_total").samples[0].value ==
      10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
