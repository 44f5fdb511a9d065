// src/cli/capture_task.h
//
// The task of a capture, on the mount: when its turn is, how far it is, and
// that somebody cancelled it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "new_image.h"

namespace platter::cli {

// For one thread at a time.
class CaptureTask {
 public:
  // Of the image at `place`, whose file is open. `source` is for people;
  // `total`: bytes. Throws what the mount says.
  CaptureTask(NewImage& image, const ImagePlace& place,
              const std::string& source, std::uint64_t total);

  std::uint64_t id() const noexcept { return id_; }
  // Returns when it runs. Throws Errc::cancelled when it never will, or
  // `stop` answers true.
  void wait_for_turn(const std::function<bool()>& stop) const;
  // Bytes so far; told to the mount about once a second.
  void report(std::uint64_t done);
  // Whether the mount said lately that it does not run any more.
  bool is_over() const noexcept { return over_; }
  // Returns when the mount has seen what came of it, or that much later.
  void wait_for_end(
      std::chrono::seconds limit = std::chrono::seconds(10)) const noexcept;
  // Why it ended without success; nullopt: it has not, and does not soon.
  std::optional<std::string> failure() const;

 private:
  const ImagePlace place_;
  std::uint64_t id_ = 0;
  std::chrono::steady_clock::time_point reported_at_{};
  bool over_ = false;
};

}  // namespace platter::cli
