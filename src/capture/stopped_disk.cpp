// src/capture/stopped_disk.cpp
#include "platter/capture/stopped_disk.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "child.h"
#include "platter/base/error.h"
#include "platter/capture/block_export.h"
#include "platter/json/json.h"

namespace platter::capture {

namespace {

constexpr std::chrono::milliseconds kPoll{20};

// A path that qemu-img takes for nothing else: "nbd:host" is an address to it.
std::string plain_path(const StoppedDisk& disk) {
  return std::filesystem::absolute(disk.file).string();
}

void check_readable(const StoppedDisk& disk) {
  if (::access(disk.file.c_str(), R_OK) == 0) return;
  if (errno == EACCES) {
    throw Error(Errc::denied, "you may not read " + disk.file.string());
  }
  throw system_error(errno, "open " + disk.file.string());
}

void add_format(std::vector<std::string>& words, const StoppedDisk& disk) {
  if (disk.format.empty()) return;
  words.insert(words.end(), {"-f", disk.format});
}

// What qemu-img's complaint means.
Error refusal_of(const StoppedDisk& disk, const std::string& complaint) {
  const std::string name = disk.file.string();
  if (complaint.find("Failed to get") != complaint.npos &&
      complaint.find("lock") != complaint.npos) {
    return Error(Errc::busy,
                 name +
                     ", or a disk that it is based on, is in use by a "
                     "running machine; capture that with --qmp SOCKET");
  }
  std::string text = complaint.substr(0, complaint.find('\n'));
  const std::string program = "qemu-img: ";
  if (text.starts_with(program)) text.erase(0, program.size());
  return Error(Errc::invalid, "qemu-img cannot read " + name + ": " +
                                  (text.empty() ? "it was killed" : text));
}

// The percentage in "    (12.34/100%)\r", the newest in the text, in parts of
// `whole`; 0 where there is none.
std::uint64_t progress_in(const std::string& text, std::uint64_t whole) {
  const std::size_t open = text.rfind('(');
  if (open == text.npos) return 0;
  const double percent = std::strtod(text.c_str() + open + 1, nullptr);
  return static_cast<std::uint64_t>(std::clamp(percent, 0.0, 100.0) / 100 *
                                    static_cast<double>(whole));
}

void check_wanted(const Watch& watch) {
  if (watch.cancelled()) throw Error(Errc::io, "the capture was cancelled");
}

// Until qemu-img has ended.
void follow(Child& child, const BlockExport& exported, std::uint64_t size,
            const Watch& watch) {
  std::uint64_t done = 0;
  while (!child.is_done()) {
    done = std::max(done, progress_in(child.output(kWatchInterval), size));
    watch.progress(done, size);
    check_wanted(watch);
    // It goes on reading when it cannot write.
    if (const auto problem = exported.failure()) throw *problem;
  }
}

}  // namespace

std::uint64_t size_of(const StoppedDisk& disk) {
  check_readable(disk);
  std::vector<std::string> words{"qemu-img", "measure", "--output=json", "-O",
                                 "raw"};
  add_format(words, disk);
  words.insert(words.end(), {"--", plain_path(disk)});
  Child child(words);
  std::string text;
  while (!child.is_done()) text += child.output(kWatchInterval);
  if (!child.succeeded()) throw refusal_of(disk, child.complaint());
  return json::parse_object(text, "what qemu-img says of " + disk.file.string())
      .value("required", std::uint64_t{0});
}

namespace {

// Until qemu-img has opened, and locked, all that it is to read; false: it has
// ended.
bool wait_for_client(Child& child, const BlockExport& exported,
                     const Watch& watch) {
  while (!exported.has_client(kPoll)) {
    child.output({});
    if (child.is_done()) return false;
    check_wanted(watch);
  }
  return true;
}

void check_success(Child& child, const StoppedDisk& disk,
                   const BlockExport& exported, const Watch& watch) {
  if (child.succeeded()) return;
  // Ctrl-C at a terminal ends it, too.
  check_wanted(watch);
  if (const auto problem = exported.failure()) throw *problem;
  throw refusal_of(disk, child.complaint());
}

}  // namespace

void copy_stopped_disk(const StoppedDisk& disk,
                       const std::function<File&()>& open_target,
                       const Watch& watch) {
  BlockExport exported;
  std::vector<std::string> words{"qemu-img", "convert", "-p", "-n",
                                 "--target-is-zero"};
  add_format(words, disk);
  words.insert(words.end(),
               {"--target-image-opts", "--", plain_path(disk),
                fmt::format("driver=nbd,export=,server.type=fd,server.str={}",
                            Child::kGiven)});
  Child child(words, exported.client());
  exported.hand_over();
  if (wait_for_client(child, exported, watch)) {
    File& target = open_target();
    exported.serve(target);
    follow(child, exported, target.size(), watch);
  }
  check_success(child, disk, exported, watch);
  exported.finish();
}

}  // namespace platter::capture
