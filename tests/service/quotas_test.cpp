// tests/service/quotas_test.cpp: what a project may have at most.
#include "platter/service/quotas.h"

#include <thread>

#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using image::Limit;
using test::has_code;
using test::kProjectGroup;
using test::Number;
using test::Place;
using test::says;
using test::Status;
using namespace std::chrono_literals;

struct Fixture : test::TestService {
  // Of the store's own project, whatever the configuration says.
  void limit(Limit limit, std::uint64_t most) {
    registry().update(0, [&](image::Project& p) { p.quota[limit] = most; });
  }
  void no_limit(Limit limit) {
    registry().update(0, [&](image::Project& p) { p.quota.erase(limit); });
  }
  std::uint64_t in_flight() { return quotas().usage("default").in_flight; }
  void write(const DraftPtr& draft, std::uint64_t offset, std::size_t bytes) {
    uploads().write(*draft, offset, test::random_bytes(bytes, offset));
  }

  Bytes disk = test::random_disk(300 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(service_quotas, Fixture)

BOOST_AUTO_TEST_CASE(images_are_counted) {
  limit(Limit::images, 2);
  const auto first = create("a");
  create("b");
  BOOST_CHECK_EXCEPTION(
      create("c"), Error,
      says(Errc::quota,
           "Maximum image limit reached: project default has 2 of 2 images"));
  // The trash does not count, and coming out of it does.
  images().remove(admin(), first);
  create("c");
  BOOST_CHECK_EXCEPTION(images().restore(admin(), first, "a"), Error,
                        says(Errc::quota, "Maximum image limit reached"));
  BOOST_CHECK(record(first)->place == Place::trash);
}

BOOST_AUTO_TEST_CASE(no_images_at_all_is_a_feature_that_is_off) {
  limit(Limit::images, 0);
  BOOST_CHECK_EXCEPTION(
      create("a"), Error,
      says(Errc::unsupported,
           "Image feature is not enabled for project default"));
}

BOOST_AUTO_TEST_CASE(many_at_once_make_no_more_than_allowed) {
  limit(Limit::images, 5);
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int n = 0; n < 4; ++n) {
        try {
          create("x" + std::to_string(4 * thread + n));
          ++made;
        } catch (const Error& refusal) {
          if (refusal.code() != Errc::quota) throw;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(made == 5);
  BOOST_TEST(quotas().usage("default").images == 5u);
}

BOOST_AUTO_TEST_CASE(lowering_takes_nothing_away) {
  const auto number = uploaded("a", disk);
  create("b");
  set(number, "own", "1");
  set(number, "other", "2");
  for (const Limit one : image::kLimits) limit(one, 1);
  check_active(number, disk);
  BOOST_TEST(quotas().usage("default").images == 2u);
  // What is there may still be changed, and go.
  set(number, "own", "3");
  images().rename(admin(), number, "c", false);
  set(number, "min_ram", "5");
  BOOST_CHECK_EXCEPTION(set(number, "third", "3"), Error,
                        says(Errc::quota, "at most 1 properties"));
  images().set_properties(admin(), number, {{"own", std::nullopt}});
  images().remove(admin(), number);
}

BOOST_AUTO_TEST_CASE(bytes_stop_the_write_that_passes_them) {
  limit(Limit::bytes, 100'000);
  const auto number = create("a");
  const auto draft = uploads().open(number, false);
  write(draft, 0, 60'000);
  write(draft, 60'000, 40'000);
  BOOST_TEST(in_flight() == 100'000u);
  BOOST_CHECK_EXCEPTION(
      write(draft, 100'000, 1), Error,
      says(Errc::quota, "project default would have 100001 bytes"));
  BOOST_CHECK_EXCEPTION(uploads().resize(*draft, 100'001), Error,
                        has_code(Errc::quota));
  BOOST_TEST(in_flight() == 100'000u);
  // A program that goes on after a refusal is told once more.
  BOOST_CHECK_EXCEPTION(uploads().flush(draft, false), Error,
                        has_code(Errc::quota));
  check_status(number, Status::interrupted);
  // Within the file there is room; what was refused is cut off again.
  uploads().resize(*draft, 99'999);
  uploads().resize(*draft, 100'000);
  write(draft, 0, 60'000);
  flush_and_close(draft);
  check_status(number, Status::active);
  BOOST_TEST(in_flight() == 0u);
  BOOST_TEST(quotas().usage("default").bytes == 100'000u);
}

BOOST_AUTO_TEST_CASE(the_trash_counts_until_it_is_purged) {
  const auto number = uploaded("a", disk);
  limit(Limit::bytes, disk.size() + 10);
  images().remove(admin(), number);
  const auto other = create("b");
  BOOST_CHECK_EXCEPTION(
      upload(other, disk), Error,
      says(Errc::quota, std::to_string(disk.size()) + " bytes"));
  BOOST_CHECK_EXCEPTION(upload(other, disk), Error,
                        says(Errc::quota, "in the trash"));
  images().purge(admin(), number);
  upload(other, disk);
  check_active(other, disk);
}

BOOST_AUTO_TEST_CASE(a_close_is_refused_when_the_limit_was_lowered) {
  const auto number = create("a");
  const auto draft = uploads().open(number, false);
  test::TestService::write(draft, disk);
  limit(Limit::bytes, 1000);
  BOOST_CHECK_EXCEPTION(uploads().flush(draft, false), Error,
                        has_code(Errc::quota));
  check_status(number, Status::interrupted);
  BOOST_TEST(record(number)->status_reason.find("may have") !=
             std::string::npos);
  // With room again it is only closed again.
  no_limit(Limit::bytes);
  write(draft, 0, 1);
  flush_and_close(draft);
  check_status(number, Status::active);
}

BOOST_AUTO_TEST_CASE(what_the_record_counts_counts_once) {
  const auto number = uploaded("a", disk);
  const std::uint64_t size = disk.size();
  limit(Limit::bytes, size + 4096);
  const auto draft = uploads().open(number, false);
  BOOST_TEST(in_flight() == 0u);
  write(draft, 0, 1000);
  BOOST_TEST(in_flight() == 0u);
  write(draft, size, 4096);
  BOOST_TEST(in_flight() == 4096u);
  BOOST_CHECK_EXCEPTION(write(draft, size + 4096, 1), Error,
                        has_code(Errc::quota));
  BOOST_CHECK_EXCEPTION(uploads().flush(draft, false), Error,
                        has_code(Errc::quota));
  uploads().resize(*draft, size + 4096 - 1);
  flush_and_close(draft);
  BOOST_TEST(in_flight() == 0u);
  BOOST_TEST(quotas().usage("default").bytes == size + 4095);
  // Emptied, it is the draft alone that counts.
  const auto again = uploads().open(number, true);
  BOOST_TEST(quotas().usage("default").bytes == 0u);
  write(again, 0, 8192);
  BOOST_TEST(in_flight() == 8192u);
  flush_and_close(again);
  BOOST_TEST(in_flight() == 0u);
  BOOST_TEST(quotas().usage("default").bytes == 8192u);
}

BOOST_AUTO_TEST_CASE(what_is_thrown_away_counts_no_more) {
  const auto number = create("a");
  const auto draft = uploads().open(number, false);
  write(draft, 0, 5000);
  const auto scratch = uploads().open_scratch("default");
  write(scratch, 0, 3000);
  BOOST_TEST(in_flight() == 8000u);
  BOOST_TEST(quotas().usage("default").uploads == 2u);
  uploads().close(scratch);
  BOOST_TEST(in_flight() == 8000u);
  BOOST_TEST(quotas().usage("default").uploads == 1u);
  uploads().abort(scratch->number());
  images().remove(admin(), number);
  BOOST_TEST(in_flight() == 0u);
  BOOST_TEST(quotas().usage("default").uploads == 0u);
  flush_and_close(draft);
  BOOST_TEST(in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(a_scratch_file_counts_for_its_project) {
  add_projects();
  limit(Limit::bytes, 10);
  const auto scratch = uploads().open_scratch("web");
  write(scratch, 0, 3000);
  BOOST_TEST(quotas().usage("web").in_flight == 3000u);
  BOOST_TEST(in_flight() == 0u);
  uploads().close(scratch);
}

BOOST_AUTO_TEST_CASE(interrupted_uploads_count_after_a_restart) {
  const auto number = create("a");
  {
    const auto draft = uploads().open(number, false);
    write(draft, 0, 5000);
    flush_and_close(draft, /*killed=*/true);
  }
  BOOST_TEST(in_flight() == 5000u);
  restart();
  BOOST_TEST(in_flight() == 5000u);
  images().remove(admin(), number);
  BOOST_TEST(in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(uploads_at_once) {
  limit(Limit::uploads, 2);
  const auto a = uploads().open(create("a"), false);
  const auto b = uploads().open(create("b"), false);
  const auto c = create("c");
  BOOST_CHECK_EXCEPTION(uploads().open(c, false), Error,
                        says(Errc::quota, "2 of 2 uploads"));
  BOOST_CHECK_EXCEPTION(uploads().open_part(c, "c-flat.vmdk", false), Error,
                        has_code(Errc::quota));
  BOOST_CHECK_EXCEPTION(uploads().open_scratch("default"), Error,
                        has_code(Errc::quota));
  // One more writer is no upload more.
  const auto again = uploads().open(a->number(), false);
  uploads().close(again);
  uploads().close(b);
  uploads().close(uploads().open(c, false));
  uploads().close(a);
}

BOOST_AUTO_TEST_CASE(the_size_of_one_upload) {
  limit(Limit::image_size, 5000);
  const auto draft = uploads().open(create("a"), false);
  write(draft, 0, 5000);
  BOOST_CHECK_EXCEPTION(write(draft, 4999, 2), Error,
                        says(Errc::quota, "5001 bytes"));
  uploads().close(draft);
}

BOOST_AUTO_TEST_CASE(racing_writers_stay_below_the_limit) {
  limit(Limit::bytes, 100'000);
  std::vector<DraftPtr> drafts;
  for (const char* name : {"a", "b", "c", "d"}) {
    drafts.push_back(uploads().open(create(name), false));
  }
  std::vector<std::thread> threads;
  for (const DraftPtr& draft : drafts) {
    threads.emplace_back([&, draft] {
      for (std::uint64_t at = 0; at < 50'000; at += 1000) {
        try {
          write(draft, at, 1000);
        } catch (const Error& refusal) {
          if (refusal.code() != Errc::quota) throw;
          return;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t bytes = 0;
  for (const DraftPtr& draft : drafts) bytes += draft->size();
  BOOST_TEST(bytes <= 100'000u);
  BOOST_TEST(in_flight() == bytes);
  for (const DraftPtr& draft : drafts) uploads().close(draft);
}

BOOST_AUTO_TEST_CASE(a_projects_own_limit_goes_before_the_configured_one) {
  image::Catalogue& all = catalogue();
  const Quotas quotas(all, registry(),
                      {{Limit::images, 7}, {Limit::bytes, image::kUnlimited}});
  BOOST_TEST(*quotas.limit("default", Limit::images) == 7u);
  BOOST_CHECK(!quotas.limit("default", Limit::bytes));
  BOOST_CHECK(!quotas.limit("default", Limit::uploads));
  limit(Limit::images, 3);
  BOOST_TEST(*quotas.limit("default", Limit::images) == 3u);
  limit(Limit::images, image::kUnlimited);
  BOOST_CHECK(!quotas.limit("default", Limit::images));
  BOOST_TEST(*quotas.limit("another", Limit::images) == 7u);
}

BOOST_AUTO_TEST_CASE(limits_as_people_write_them) {
  BOOST_TEST(*parse_limit(Limit::images, "20") == 20u);
  BOOST_TEST(*parse_limit(Limit::bytes, "10GiB") == 10 * kGiB);
  BOOST_TEST(*parse_limit(Limit::image_size, "10 MiB") == 10 * kMiB);
  BOOST_TEST(*parse_limit(Limit::members, "unlimited") == image::kUnlimited);
  for (const char* text : {"", "-1", "10GiB", "many", "1.5"}) {
    BOOST_CHECK(!parse_limit(Limit::images, text));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
