// tests/metrics/process_test.cpp: the kernel's figures of this process.
#include "platter/metrics/process.h"

#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <fstream>
#include <future>
#include <thread>
#include <vector>

namespace platter::test {
namespace {

using metrics::Process;
using metrics::this_process;

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(counts_open_files) {
  const Process before = this_process();
  {
    const std::vector<std::ifstream> files = [] {
      std::vector<std::ifstream> opened;
      for (int n = 0; n < 5; ++n) opened.emplace_back("/dev/null");
      return opened;
    }();
    BOOST_TEST(this_process().open_files == before.open_files + 5);
  }
  BOOST_TEST(this_process().open_files == before.open_files);
  rlimit limit{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  BOOST_TEST(before.most_open_files == limit.rlim_cur);
}

BOOST_AUTO_TEST_CASE(counts_memory_in_bytes) {
  const Process before = this_process();
  constexpr std::size_t kMore = 64 << 20;
  const std::vector<char> touched(kMore, 'x');
  const Process after = this_process();
  BOOST_TEST(touched.back() == 'x');
  BOOST_TEST(after.resident_bytes >= before.resident_bytes + kMore / 2);
  // Sanitizers take several bytes for each; another unit would be a thousand.
  BOOST_TEST(after.resident_bytes <= before.resident_bytes + 32 * kMore);
  BOOST_TEST(after.virtual_bytes >= after.resident_bytes);
}

BOOST_AUTO_TEST_CASE(started_before_now_and_used_the_processor) {
  const double now = std::chrono::duration<double>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
  const Process process = this_process();
  BOOST_TEST(process.start_time <= now + 2);  // btime is in whole seconds
  BOOST_TEST(process.start_time > now - 3600);
  rusage usage{};
  BOOST_REQUIRE(getrusage(RUSAGE_SELF, &usage) == 0);
  const double used =
      static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 1;
  BOOST_TEST(process.cpu_seconds >= 0);
  BOOST_TEST(process.cpu_seconds <= used + 1);
}

BOOST_AUTO_TEST_CASE(counts_threads) {
  const Process before = this_process();
  std::promise<void> counted;
  std::thread another([done = counted.get_future()] { done.wait(); });
  BOOST_TEST(this_process().threads == before.threads + 1);
  counted.set_value();
  another.join();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
