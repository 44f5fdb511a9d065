// include/platter/service/quotas.h
//
// How much a project has, and how much it may have.
#pragma once

#include <optional>
#include <string>

#include "platter/image/catalogue.h"
#include "platter/image/projects.h"
#include "platter/service/in_flight.h"

namespace platter::service {

// Whether the limit is one of bytes: it is written as a size.
constexpr bool is_of_bytes(image::Limit limit) {
  return limit == image::Limit::bytes || limit == image::Limit::image_size;
}
// "20", "10GiB", "unlimited" (image::kUnlimited); nullopt for a text that says
// no such limit.
std::optional<std::uint64_t> parse_limit(image::Limit limit,
                                         std::string_view text);

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
  // The first two must outlive it. `defaults`: of projects that have no limit
  // of their own; a limit that is in neither is none.
  Quotas(const image::Catalogue& catalogue, const image::Projects& projects,
         image::Quota defaults);

  // What is being uploaded; kept by whoever runs the uploads.
  InFlight& in_flight() const noexcept { return in_flight_; }

  // nullopt: unlimited.
  std::optional<std::uint64_t> limit(const std::string& project,
                                     image::Limit limit) const;
  ProjectUsage usage(const std::string& project) const;

  // One image more. Errc::unsupported when the limit is 0: "Image feature is
  // not enabled".
  void check_add_image(const std::string& project) const;
  // `more` bytes besides those that usage() counts already.
  void check_bytes(const std::string& project, std::uint64_t more = 0) const;
  // An upload of so many bytes.
  void check_size(const std::string& project, std::uint64_t size) const;
  // One upload more.
  void check_add_upload(const std::string& project) const;
  // A change of a record. Only what grew is asked about: lowering a limit
  // takes nothing away, and stops nobody from changing what is there.
  void check_record(const image::Record& before,
                    const image::Record& after) const;

 private:
  const image::Catalogue& catalogue_;
  const image::Projects& projects_;
  image::Quota defaults_;
  mutable InFlight in_flight_;
};

}  // namespace platter::service
