// tests/service/journal_test.cpp: refusals that are kept to be read.
#include "platter/service/journal.h"

#include <boost/test/unit_test.hpp>
#include <thread>

namespace platter::service {
namespace {

Complaint complaint(int number, const std::string& project = "web") {
  return {{1'700'000'000'000'000'000 + number * 1'000'000'000LL},
          "ana",
          project,
          "setfattr",
          "images/x",
          "EINVAL",
          "number " + std::to_string(number)};
}

BOOST_AUTO_TEST_SUITE(service_journal)

BOOST_AUTO_TEST_CASE(a_complaint_is_one_line) {
  BOOST_TEST(to_text(complaint(0)) ==
             "2023-11-14T22:13:20Z ana setfattr images/x EINVAL: number 0");
  Complaint odd = complaint(0);
  odd.path = "images/a\nb";
  odd.sentence = "\x1b[31mred\r\n\ttext";
  BOOST_TEST(to_text(odd) ==
             "2023-11-14T22:13:20Z ana setfattr images/a b EINVAL:  [31mred   "
             "text");
}

BOOST_AUTO_TEST_CASE(the_newest_are_kept_in_order) {
  Journal journal;
  BOOST_TEST(journal.all("web").empty());
  BOOST_CHECK(!journal.changed_at("web"));
  const int count = static_cast<int>(Journal::kKept) + 5;
  for (int n = 0; n < count; ++n) journal.add(complaint(n));
  const auto all = journal.all("web");
  BOOST_REQUIRE_EQUAL(all.size(), Journal::kKept);
  BOOST_TEST(all.front().sentence == "number 5");
  BOOST_TEST(all.back().sentence == "number " + std::to_string(count - 1));
  BOOST_CHECK(journal.changed_at("web") == all.back().time);
}

BOOST_AUTO_TEST_CASE(a_project_reads_its_own) {
  Journal journal;
  journal.add(complaint(1));
  journal.add(complaint(2, "shop"));
  for (int n = 0; n < 2 * static_cast<int>(Journal::kKept); ++n) {
    journal.add(complaint(3, "noisy"));
  }
  BOOST_REQUIRE_EQUAL(journal.all("web").size(), 1u);
  BOOST_TEST(journal.all("web").front().sentence == "number 1");
  BOOST_CHECK(journal.changed_at("shop") == complaint(2).time);
  BOOST_TEST(journal.all("other").empty());
  BOOST_CHECK(!journal.changed_at("other"));
}

BOOST_AUTO_TEST_CASE(several_threads_complain) {
  Journal journal;
  const auto complain = [&] {
    for (int n = 0; n < 100; ++n) journal.add(complaint(n));
  };
  std::thread other(complain);
  complain();
  other.join();
  BOOST_TEST(journal.all("web").size() == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
