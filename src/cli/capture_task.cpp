// src/cli/capture_task.cpp
#include "capture_task.h"

#include <thread>

#include "attribute.h"
#include "platter/base/amounts.h"
#include "platter/json/json.h"
#include "task_files.h"

namespace platter::cli {

namespace {

constexpr const char* kAttribute = "capture";
constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kReport{1};
// Its image comes to an end before the task says so.
constexpr std::chrono::seconds kMoment{2};

Path tree_of_image(const ImagePlace& place) {
  return place.folder().parent_path().parent_path();
}

}  // namespace

CaptureTask::CaptureTask(NewImage& image, const ImagePlace& place,
                         const std::string& source, std::uint64_t total)
    : place_(place) {
  image.set(kAttribute, json::one_line({{"source", source}, {"total", total}}));
  const auto id =
      parse_number<std::uint64_t>(read_attribute(place.folder(), "user.task"));
  if (!id) throw Error(Errc::not_found, "the task is gone already");
  id_ = *id;
}

void CaptureTask::wait_for_turn(const std::function<bool()>& stop) const {
  for (;;) {
    const TaskFile task = read_task(tree_of_image(place_), id_);
    if (task.status == "processing") return;
    if (task.is_over()) throw Error(Errc::cancelled, task.message);
    if (stop()) throw Error(Errc::cancelled, "the capture was cancelled");
    std::this_thread::sleep_for(kLook);
  }
}

void CaptureTask::report(std::uint64_t done) {
  const auto now = std::chrono::steady_clock::now();
  if (over_ || now - reported_at_ < kReport) return;
  reported_at_ = now;
  over_ = write_attribute(place_.folder(), std::string("user.") + kAttribute,
                          json::one_line({{"done", done}})) != 0;
}

void CaptureTask::wait_for_end(std::chrono::seconds limit) const noexcept {
  const auto end = std::chrono::steady_clock::now() + limit;
  try {
    while (std::chrono::steady_clock::now() < end) {
      if (read_task(tree_of_image(place_), id_).is_over()) return;
      std::this_thread::sleep_for(kLook);
    }
  } catch (const std::exception&) {
    // Forgotten; or the mount is gone.
  }
}

std::optional<std::string> CaptureTask::failure() const {
  wait_for_end(kMoment);
  try {
    const TaskFile task = read_task(tree_of_image(place_), id_);
    if (task.status == "failure") return task.message;
  } catch (const Error&) {
    // Forgotten; or the mount is gone, which is said elsewhere.
  }
  return std::nullopt;
}

}  // namespace platter::cli
