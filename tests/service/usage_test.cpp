// tests/service/usage_test.cpp: hours, GiB-months and what they cost.
#include "platter/service/usage.h"

#include "service.h"
#include "support/disks.h"

namespace platter::test {
namespace {

using service::Month;
using service::UsageReport;
using namespace std::chrono_literals;

const Month kNovember = std::chrono::year(2023) / 11;

// The clock starts at 2023-11-14T22:13:20Z.
struct Billed : TestService {
  Billed() : TestService({}, {.rate = {0.5, "EUR"}}) {}

  // An image of that many bytes, as if it had been uploaded.
  Number held(const std::string& name, std::uint64_t bytes,
              const std::string& project = "default") {
    image::Record record;
    record.number = catalogue().new_number();
    record.id = image::ImageId::random();
    record.project = project;
    record.name = name;
    record.status = Status::active;
    record.sealed = true;
    record.original.emplace().size = bytes;
    return catalogue().create(record)->number;
  }
  UsageReport november(const std::optional<std::string>& of = "default") {
    return usage().report(of, kNovember);
  }
};

BOOST_AUTO_TEST_SUITE(service_usage)

BOOST_AUTO_TEST_CASE(months) {
  BOOST_TEST(service::to_text(service::month_of({1})) == "1970-01");
  BOOST_TEST(service::to_text(service::month_of({1'700'000'000'000'000'000})) ==
             "2023-11");
  BOOST_TEST(service::hours_of(kNovember) == 720);
  BOOST_TEST(service::hours_of(std::chrono::year(2024) / 2) == 696);
  BOOST_TEST(to_text(service::begin_of(kNovember)) == "2023-11-01T00:00:00Z");
  BOOST_TEST(to_text(service::end_of(kNovember)) == "2023-12-01T00:00:00Z");
  BOOST_CHECK(service::parse_month("2023-11") == kNovember);
  for (const char* text :
       {"", "2023", "2023-13", "2023-00", "2023-1", "23-11", "2023/11",
        "2023-11-01", "1969-12", "9999-01", "+023-11", "2023- 1"}) {
    BOOST_TEST_CONTEXT(text) { BOOST_CHECK(!service::parse_month(text)); }
  }
}

BOOST_FIXTURE_TEST_CASE(a_month_of_one_gibibyte, Billed) {
  held("x", kGiB);
  clock().advance(31 * 24h);  // in December
  const UsageReport december =
      usage().report("default", std::chrono::year(2023) / 12);
  BOOST_REQUIRE(december.lines.size() == 1);
  // From the first hour of the month.
  BOOST_TEST(to_text(december.lines[0].from) == "2023-12-01T00:00:00Z");
  BOOST_TEST(december.lines[0].held);
  clock().advance(31 * 24h);
  const UsageReport whole =
      usage().report("default", std::chrono::year(2023) / 12);
  BOOST_TEST(whole.lines[0].hours == 744);
  BOOST_TEST(whole.lines[0].gib_months == 1.0);
  BOOST_TEST(whole.lines[0].cost == 0.5);
  BOOST_TEST(whole.cost() == 0.5);
  BOOST_TEST(whole.rate.currency == "EUR");
}

BOOST_FIXTURE_TEST_CASE(begun_hours_count_whole, Billed) {
  const auto number = held("x", 2 * kGiB);
  clock().advance(61min);
  images().remove(admin(), number);
  clock().advance(10h);
  const auto report = november();
  BOOST_REQUIRE(report.lines.size() == 1);
  BOOST_TEST(report.lines[0].hours == 2);
  BOOST_TEST(report.lines[0].gib_months == 2.0 * 2 / 720);
  BOOST_TEST(report.lines[0].cost == 2.0 * 2 / 720 * 0.5);
  BOOST_TEST(!report.lines[0].held);
}

BOOST_FIXTURE_TEST_CASE(times_of_one_image_add_up, Billed) {
  const auto number = held("x", kGiB);
  for (int i = 0; i < 3; ++i) {
    clock().advance(20min);
    images().remove(admin(), number);
    clock().advance(5h);
    images().restore(admin(), number, "y" + std::to_string(i));
  }
  images().remove(admin(), number);
  const auto report = november();
  BOOST_REQUIRE(report.lines.size() == 1);
  BOOST_TEST(report.lines[0].hours == 1);  // not one for each
  BOOST_TEST(report.lines[0].name == "y2");
}

BOOST_FIXTURE_TEST_CASE(what_was_uploaded_counts_from_when_it_is_active,
                        Billed) {
  const auto number = create("x");
  clock().advance(48h);
  const Bytes disk = random_disk(kMiB, 1);
  upload(number, disk);
  clock().advance(90min);
  const auto report = november();
  BOOST_REQUIRE(report.lines.size() == 1);
  BOOST_TEST(report.lines[0].bytes == disk.size());
  BOOST_TEST(report.lines[0].hours == 2);
  BOOST_TEST(report.lines[0].stored_bytes == record(number)->stored_size);
}

BOOST_FIXTURE_TEST_CASE(projects_are_apart_and_all_are_together, Billed) {
  add_projects();
  held("x", kGiB);
  const auto theirs = held("x", 3 * kGiB, "web");
  clock().advance(10h);
  BOOST_TEST(november().lines.size() == 1);
  BOOST_TEST(november("web").lines.size() == 1);
  BOOST_TEST(november("web").lines[0].bytes == 3 * kGiB);
  BOOST_TEST(november("shop").lines.empty());
  BOOST_TEST(november(std::nullopt).lines.size() == 2);
  images().remove(admin(), theirs);
  BOOST_TEST(november(std::nullopt).lines.size() == 2);
}

// Who comes to have the name of a project that is gone is not told what that
// held; the operator still is.
BOOST_FIXTURE_TEST_CASE(a_project_of_an_old_name_begins_anew, Billed) {
  add_projects();
  const auto number = held("x", kGiB, "web");
  clock().advance(10h);
  images().remove(admin(), number);
  images().purge(admin(), number);
  registry().erase(registry().find("web")->number);
  BOOST_TEST(november("web").lines.size() == 1);
  clock().advance(1h);
  registry().create("web", "");
  BOOST_TEST(november("web").lines.empty());
  BOOST_TEST(november(std::nullopt).lines.size() == 1);
  BOOST_TEST(usage().months("web").size() == 1);
}

BOOST_FIXTURE_TEST_CASE(months_that_have_not_come_are_empty, Billed) {
  held("x", kGiB);
  clock().advance(1h);
  BOOST_TEST(
      usage().report("default", std::chrono::year(2024) / 1).lines.empty());
  BOOST_TEST(
      usage().report("default", std::chrono::year(2023) / 10).lines.empty());
}

BOOST_FIXTURE_TEST_CASE(which_months_there_are, Billed) {
  BOOST_TEST(usage().months("default").size() == 1);
  held("x", kGiB);
  clock().advance(80 * 24h);
  std::string months;
  for (const Month month : usage().months("default")) {
    months += service::to_text(month) + " ";
  }
  BOOST_TEST(months == "2023-11 2023-12 2024-01 2024-02 ");
}

BOOST_FIXTURE_TEST_CASE(a_crash_loses_no_hour, Billed) {
  const auto number = held("x", kGiB);
  clock().advance(90min);
  restart();
  images().remove(admin(), number);
  restart();
  BOOST_REQUIRE(november().lines.size() == 1);
  BOOST_TEST(november().lines[0].hours == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
