#include "platter/metrics/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "platter/base/error.h"

namespace platter::metrics {

namespace {

// The fields of /proc/self/stat (proc(5) counts them from 1) after the
// command, which is in brackets and may itself hold blanks and brackets.
struct Stat {
  static constexpr std::size_t kFirst = 3;

  Stat() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    if (!std::getline(file, line) || line.rfind(')') == line.npos) {
      throw Error(Errc::io, "read /proc/self/stat: there is no such line");
    }
    std::istringstream rest(line.substr(line.rfind(')') + 1));
    fields.assign(std::istream_iterator<std::string>(rest), {});
  }

  double at(std::size_t field) const {
    return std::stod(fields.at(field - kFirst));
  }

  std::vector<std::string> fields;
};

// Seconds since 1970.
double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string name; file >> name;) {
    double value = 0;
    if (name == "btime" && file >> value) return value;
    std::getline(file, name);
  }
  throw Error(Errc::io, "read /proc/stat: there is no btime");
}

std::uint64_t count_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  const auto all = std::distance(begin(files), end(files));
  return static_cast<std::uint64_t>(all - 1);  // the listing has one itself
}

}  // namespace

Process this_process() {
  const Stat stat;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  Process process;
  process.cpu_seconds = (stat.at(14) + stat.at(15)) / ticks;
  process.threads = static_cast<std::uint64_t>(stat.at(20));
  process.start_time = boot_time() + stat.at(22) / ticks;
  process.virtual_bytes = static_cast<std::uint64_t>(stat.at(23));
  process.resident_bytes = static_cast<std::uint64_t>(stat.at(24) * page);
  process.open_files = count_files();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    process.most_open_files = limit.rlim_cur;
  }
  return process;
}

Families process_families() {
  const Process process = this_process();
  return {
      counter("process_cpu_seconds_total",
              "Processor time of the daemon, in user and system mode.",
              process.cpu_seconds),
      gauge("process_open_fds", "Files that the daemon has open.",
            process.open_files),
      gauge("process_max_fds", "Files that it may have open.",
            process.most_open_files),
      gauge("process_resident_memory_bytes", "Its memory.",
            process.resident_bytes),
      gauge("process_virtual_memory_bytes", "Its address space.",
            process.virtual_bytes),
      gauge("process_threads", "Its threads.", process.threads),
      gauge("process_start_time_seconds",
            "When it was started, in seconds since 1970.", process.start_time),
  };
}

}  // namespace platter::metrics
