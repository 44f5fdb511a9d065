// src/cli/capture.cpp
//
// `platter capture`: brings together a machine's disk and an image of a mount.
#include <fmt/core.h>
#include <signal.h>

#include <array>

#include "attribute.h"
#include "capture_task.h"
#include "detach.h"
#include "new_image.h"
#include "platter/base/amounts.h"
#include "platter/capture/running_disk.h"
#include "platter/capture/stopped_disk.h"
#include "platter/json/json.h"
#include "progress.h"
#include "verbs.h"

namespace platter::cli {

namespace {

using capture::Watch;
using SteadyClock = std::chrono::steady_clock;

volatile sig_atomic_t asked_to_stop = 0;

// While it lives, the signals that end a process only leave a note: what was
// begun in the machine is to be ended first, and some send a signal twice.
class StopSignals {
 public:
  StopSignals() {
    asked_to_stop = 0;
    struct sigaction noting {};
    noting.sa_handler = [](int) { asked_to_stop = 1; };
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &noting, &before_[i]);
    }
  }
  ~StopSignals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &before_[i], nullptr);
    }
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

  std::array<struct sigaction, kSignals.size()> before_{};
};

// Where a copy goes: an image that is made when it is opened.
struct Target {
  std::function<File&()> open;
  std::function<std::string()> id;  // of the image, once it is open
};

// What is to be copied: knows its size, what it says of itself, and the way.
struct Source {
  std::string label;  // for people
  std::uint64_t size = 0;
  std::vector<std::pair<std::string, std::string>> properties;
  std::function<void(const Target&, const Watch&)> copy;
};

std::unique_ptr<capture::GuestAgent> agent_for(const CaptureRequest& request,
                                               capture::Monitor& monitor) {
  if (!request.freeze) return nullptr;
  const auto socket = request.agent.empty() ? capture::find_agent(monitor)
                                            : Path(request.agent);
  if (socket) return std::make_unique<capture::GuestAgent>(*socket);
  throw Error(Errc::unsupported,
              "the machine has no channel to a guest agent "
              "(org.qemu.guest_agent.0), so nothing can bring its file systems "
              "to rest; give it one, name it with --agent, or capture without "
              "--freeze");
}

Source running_source(const CaptureRequest& request) {
  const auto monitor = std::make_shared<capture::Monitor>(request.qmp);
  capture::remove_leftovers(*monitor);
  const capture::Instance instance = capture::look_at(*monitor);
  const capture::Disk disk = capture::choose_disk(instance, request.device);
  const std::shared_ptr<capture::GuestAgent> agent =
      agent_for(request, *monitor);
  Source source;
  source.label =
      "machine " + (instance.name.empty() ? request.qmp : instance.name);
  source.size = disk.size;
  if (!instance.uuid.empty()) {
    source.properties.emplace_back("instance_uuid", instance.uuid);
  }
  if (!instance.name.empty()) {
    source.properties.emplace_back("source_instance", instance.name);
  }
  const std::uint64_t speed = parse_size(request.speed).value_or(0);
  source.copy = [=](const Target& target, const Watch& watch) {
    File& file = target.open();
    capture::copy_running_disk(*monitor, disk, file,
                               {target.id(), speed, agent.get()}, watch);
  };
  return source;
}

Source stopped_source(const CaptureRequest& request) {
  const capture::StoppedDisk disk{request.words.front(), request.format};
  Source source;
  source.label = Path(request.words.front()).filename();
  source.size = capture::size_of(disk);
  source.copy = [=](const Target& target, const Watch& watch) {
    capture::copy_stopped_disk(disk, target.open, watch);
  };
  return source;
}

void describe(NewImage& image, const Source& source,
              const CaptureRequest& request) {
  image.set("image_type", "snapshot");
  for (const auto& [name, value] : source.properties) image.set(name, value);
  image.set_each(request.properties);
}

bool is_asked_to_stop() { return asked_to_stop != 0; }

// An image that is being made of a source, and its task.
class Capture {
 public:
  Capture(ImagePlace place, const Source& source, const CaptureRequest& request)
      : place_(std::move(place)),
        source_(source),
        request_(request),
        progress_(progress_style(request.progress)) {}

  // Calls `begun` when the task is there. The image is whole when this
  // returns.
  void run(const std::function<void()>& begun) {
    try {
      source_.copy({[&]() -> File& { return open(begun); },
                    [&] { return image_->id(); }},
                   watch());
      image_->finish();
    } catch (const Error& problem) {
      if (!image_) throw;
      const Error explained = this->explained(problem);
      image_->give_up(explained.what());
      if (task_) task_->wait_for_end();
      throw explained;
    }
    task_->wait_for_end();
  }

  std::string id() const { return image_->id(); }

 private:
  File& open(const std::function<void()>& begun) {
    image_ = std::make_unique<NewImage>(place_);
    describe(*image_, source_, request_);
    File& file = image_->open(source_.size);
    task_ = std::make_unique<CaptureTask>(*image_, place_, source_.label,
                                          source_.size);
    begun();
    task_->wait_for_turn(is_asked_to_stop);
    return file;
  }

  Watch watch() {
    return {[&](std::uint64_t done, std::uint64_t total) {
              progress_.show(done, total);
              if (task_) task_->report(done);
            },
            [&] { return is_asked_to_stop() || (task_ && task_->is_over()); }};
  }

  // What it wrote into is gone when somebody cancelled the task.
  Error explained(const Error& problem) const {
    const bool ended =
        problem.code() == Errc::not_found || problem.code() == Errc::cancelled;
    std::optional<std::string> why;
    if (ended && task_ && !is_asked_to_stop()) why = task_->failure();
    return why ? Error(Errc::cancelled, *why) : image_->explained(problem);
  }

  ImagePlace place_;
  const Source& source_;
  const CaptureRequest& request_;
  Progress progress_;
  std::unique_ptr<NewImage> image_;
  std::unique_ptr<CaptureTask> task_;
};

void print_made(const ImagePlace& place, const std::string& id,
                std::uint64_t size, double seconds, bool as_json) {
  if (!as_json) {
    fmt::print("captured {} as {} in {:.1f} s\n", about_size(size),
               place.folder().string(), seconds);
    return;
  }
  fmt::print("{}\n", json::one_line({{"id", id},
                                     {"name", place.name()},
                                     {"bytes", size},
                                     {"seconds", seconds}}));
}

void capture_now(const CaptureRequest& request, const ImagePlace& place,
                 const std::function<void()>& begun) {
  const auto began = SteadyClock::now();
  const StopSignals signals;
  const Source source =
      request.qmp.empty() ? stopped_source(request) : running_source(request);
  Capture capture(place, source, request);
  capture.run(begun);
  const std::chrono::duration<double> taken = SteadyClock::now() - began;
  print_made(place, capture.id(), source.size, taken.count(), request.json);
}

// The process that goes on works in another folder.
CaptureRequest with_whole_paths(CaptureRequest request) {
  const auto whole = [](std::string& path) {
    if (!path.empty()) path = std::filesystem::absolute(path);
  };
  whole(request.qmp);
  whole(request.agent);
  if (request.words.size() > 1) whole(request.words.front());
  return request;
}

void print_begun(const ImagePlace& place, bool as_json) {
  const std::string task = read_attribute(place.folder(), "user.task");
  if (as_json) {
    fmt::print(
        "{}\n",
        json::one_line({{"task", parse_number<std::uint64_t>(task).value_or(0)},
                        {"id", read_attribute(place.folder(), "user.id")},
                        {"name", place.name()}}));
  } else {
    fmt::print("task {} captures {}\n", task, place.folder().string());
  }
}

}  // namespace

void capture_disk(const CaptureRequest& request) {
  const ImagePlace place = place_for(request.words.back(), request.mount);
  if (!request.detach) return capture_now(request, place, [] {});
  const CaptureRequest whole = with_whole_paths(request);
  serve_detached([&](const std::function<void()>& ready) {
    capture_now(whole, place, ready);
  });
  print_begun(place, request.json);
}

}  // namespace platter::cli
