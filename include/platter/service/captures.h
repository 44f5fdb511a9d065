// include/platter/service/captures.h
//
// A capture as a task: whoever reads a machine's disk writes it into an image
// through the mount, with their own rights; the task says how far it is, when
// its turn is, and what came of it, and ends the upload when it is cancelled.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "platter/access/access.h"
#include "platter/image/catalogue.h"
#include "platter/service/uploads.h"
#include "platter/task/tasks.h"

namespace platter::service {

// Thread-safe.
class Captures final : public task::Kind {
 public:
  static constexpr const char* kName = "capture";

  struct Parts {
    task::Tasks& tasks;
    image::Catalogue& catalogue;
    Uploads& uploads;
    const access::Access& access;
  };

  // The parts must outlive it.
  explicit Captures(const Parts& parts);

  // A task for the image, which somebody writes. `source` is for people: what
  // is captured. `total`: bytes. Throws Errc::invalid when nobody writes it,
  // Errc::busy when it has a task that is not over, Errc::quota.
  task::Task begin(const access::Caller& caller, image::Number number,
                   const std::string& source, std::uint64_t total);
  // So many bytes of it were sent. Throws Errc::not_found when no capture of
  // the image waits or runs.
  void report(const access::Caller& caller, image::Number number,
              std::uint64_t done);

  task::Values run(task::Run& run) override;
  // Who wrote is gone then.
  bool resumes() const noexcept override { return false; }
  // The image is left without data, in status error.
  void give_up(const task::Task& task, const std::string& why) override;

 private:
  image::RecordPtr changeable(const access::Caller& caller,
                              image::Number number) const;
  task::Values follow(task::Run& run);
  void expect_reports(image::Number number);
  void end_reports(image::Number number);
  std::uint64_t done(image::Number number) const;

  Parts parts_;
  mutable std::mutex mutex_;                     // guards what follows
  std::map<image::Number, std::uint64_t> done_;  // bytes, of those not over
};

}  // namespace platter::service
