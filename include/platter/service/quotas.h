// include/platter/service/quotas.h
//
// How much a project has, and how much it may have.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "platter/image/catalogue.h"
#include "platter/image/projects.h"

namespace platter::service {

// What a project has.
struct ProjectUsage {
  std::uint64_t images = 0;
  std::uint64_t trash_images = 0;
  std::uint64_t bytes = 0;        // of its images
  std::uint64_t trash_bytes = 0;  // of those in its trash
  std::uint64_t in_flight = 0;    // bytes that are being uploaded
  std::uint64_t uploads = 0;      // that are under way
};

// Thread-safe. Every check throws Errc::quota with a sentence that names the
// project, what it has and what it may have.
class Quotas {
 public:
  // What is being uploaded: bytes and number of a project's drafts.
  using InFlight = std::function<std::pair<std::uint64_t, std::uint64_t>(
      const std::string&)>;

  // The first two must outlive it. `defaults`: of projects that have no limit
  // of their own; a limit that is in neither is none.
  Quotas(const image::Catalogue& catalogue, const image::Projects& projects,
         image::Quota defaults);

  // Once, by whoever runs the uploads.
  void set_in_flight(InFlight in_flight) { in_flight_ = std::move(in_flight); }

  // nullopt: unlimited.
  std::optional<std::uint64_t> limit(const std::string& project,
                                     image::Limit limit) const;
  ProjectUsage usage(const std::string& project) const;

  // One image more. Errc::unsupported when the limit is 0: "Image feature is
  // not enabled".
  void check_add_image(const std::string& project) const;
  // `more` bytes of one upload, which then has `size`.
  void check_bytes(const std::string& project, std::uint64_t more,
                   std::uint64_t size) const;
  // One upload more.
  void check_add_upload(const std::string& project) const;
  // After a change of the record.
  void check_record(const image::Record& record) const;

 private:
  const image::Catalogue& catalogue_;
  const image::Projects& projects_;
  image::Quota defaults_;
  InFlight in_flight_;
};

}  // namespace platter::service
