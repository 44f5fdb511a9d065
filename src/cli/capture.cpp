// src/cli/capture.cpp
//
// `platter capture`: brings together a machine's disk and an image of a mount.
#include <fmt/core.h>
#include <signal.h>

#include <array>

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

Watch watched_by(Progress& progress) {
  return {[&](std::uint64_t done, std::uint64_t total) {
            progress.show(done, total);
          },
          [] { return asked_to_stop != 0; }};
}

// The image, whole.
std::unique_ptr<NewImage> fill(const ImagePlace& place, const Source& source,
                               const CaptureRequest& request) {
  Progress progress(progress_style(request.progress));
  std::unique_ptr<NewImage> image;
  const auto open = [&]() -> File& {
    image = std::make_unique<NewImage>(place);
    describe(*image, source, request);
    return image->open(source.size);
  };
  try {
    source.copy({open, [&] { return image->id(); }}, watched_by(progress));
    image->finish();
    return image;
  } catch (const Error& problem) {
    if (!image) throw;
    const Error explained = image->explained(problem);
    image->give_up(explained.what());
    throw explained;
  }
}

void print_made(const ImagePlace& place, const NewImage& image,
                std::uint64_t size, double seconds, bool as_json) {
  if (!as_json) {
    fmt::print("captured {} as {} in {:.1f} s\n", about_size(size),
               place.folder().string(), seconds);
    return;
  }
  fmt::print("{}\n", json::one_line({{"id", image.id()},
                                     {"name", place.name()},
                                     {"bytes", size},
                                     {"seconds", seconds}}));
}

}  // namespace

void capture_disk(const CaptureRequest& request) {
  const auto began = SteadyClock::now();
  const StopSignals signals;
  const ImagePlace place = place_for(request.words.back(), request.mount);
  const Source source =
      request.qmp.empty() ? stopped_source(request) : running_source(request);
  const auto image = fill(place, source, request);
  const std::chrono::duration<double> taken = SteadyClock::now() - began;
  print_made(place, *image, source.size, taken.count(), request.json);
}

}  // namespace platter::cli
