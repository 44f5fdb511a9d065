// tests/base/workers_test.cpp: jobs on shared threads.
#include "platter/base/workers.h"

#include <atomic>
#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"

using namespace platter;

BOOST_AUTO_TEST_SUITE(workers)

BOOST_AUTO_TEST_CASE(all_jobs_of_a_group_run) {
  Workers workers(3);
  std::atomic<int> sum = 0;
  JobGroup group(workers, 4);
  for (int n = 1; n <= 100; ++n) group.submit([&sum, n] { sum += n; });
  group.wait();
  BOOST_CHECK_EQUAL(sum, 5050);
}

BOOST_AUTO_TEST_CASE(the_limit_holds) {
  Workers workers(4);
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  JobGroup group(workers, 2);
  for (int n = 0; n < 200; ++n) {
    group.submit([&] {
      const int now = ++running;
      for (int seen = most; seen < now;) most.compare_exchange_weak(seen, now);
      std::this_thread::yield();
      --running;
    });
  }
  group.wait();
  BOOST_CHECK_LE(most, 2);
}

BOOST_AUTO_TEST_CASE(the_first_failure_is_kept_and_ends_the_group) {
  Workers workers(2);
  std::atomic<int> after = 0;
  JobGroup group(workers, 1);
  group.submit([] { throw Error(Errc::corrupt, "the first"); });
  group.submit([] {});
  for (int n = 0; n < 10; ++n) group.submit([&] { ++after; });
  BOOST_CHECK_EXCEPTION(group.wait(), Error,
                        test::says(Errc::corrupt, "the first"));
  BOOST_CHECK_EQUAL(after, 0);
}

BOOST_AUTO_TEST_CASE(what_was_submitted_runs_before_the_end) {
  std::atomic<int> done = 0;
  {
    Workers workers(1);
    for (int n = 0; n < 50; ++n) workers.submit([&] { ++done; });
  }
  BOOST_CHECK_EQUAL(done, 50);
}

BOOST_AUTO_TEST_SUITE_END()
