// include/platter/service/imports.h
//
// Import: an image's disk is fetched from a URL, in the background, through the
// same way as an upload. A kind of task.
#pragma once

#include <atomic>
#include <string>

#include "platter/access/access.h"
#include "platter/image/catalogue.h"
#include "platter/service/images.h"
#include "platter/service/uploads.h"
#include "platter/task/tasks.h"
#include "platter/transfer/fetch.h"
#include "platter/transfer/image_source.h"

namespace platter::service {

struct ImportRequest {
  std::string url;  // or the name of a well-known image
  // Of a published checksum file that has the URL's file; empty: none.
  std::string checksums;
};

// Thread-safe.
class Imports final : public task::Kind {
 public:
  static constexpr const char* kName = "import";

  struct Parts {
    task::Tasks& tasks;
    image::Catalogue& catalogue;
    Uploads& uploads;
    Images& images;
    const access::Access& access;
  };

  // `fetching.rules` are those of users; administrators may also name a
  // file:// URL. `sources` are the well-known images. The parts must outlive
  // it.
  Imports(const Parts& parts, transfer::FetchOptions fetching,
          std::vector<transfer::ImageSource> sources);

  // Asks for the image's disk to be fetched. One that is well known gets its
  // properties, too, but for those that it has. Throws Errc::read_only when it
  // has one, Errc::busy when it is being written or imported, Errc::invalid and
  // forbidden for the URL, Errc::quota.
  task::Task begin(const access::Caller& caller, image::Number number,
                   const ImportRequest& request);

  task::Values run(task::Run& run) override;
  bool resumes() const noexcept override { return true; }
  // Bytes that came from servers since the start.
  std::uint64_t fetched_bytes() const noexcept { return fetched_bytes_; }
  // The image is left without data, in status error.
  void give_up(const task::Task& task, const std::string& why) override;

 private:
  class Upload;

  image::RecordPtr to_be_filled(const access::Caller& caller,
                                image::Number number) const;
  transfer::FetchOptions options_for(bool by_admin) const;
  void say(image::Number number, const std::string& reason);
  // Throws Errc::invalid, listing those that there are.
  const transfer::ImageSource& source_named(const std::string& name) const;
  void describe(const access::Caller& caller, const image::Record& record,
                const transfer::ImageSource& source);
  transfer::Checksums fetch_checksums(task::Run& run) const;
  std::string prepare(task::Run& run);
  void declare_hash(image::Number number, const transfer::Checksum& checksum);

  Parts parts_;
  transfer::FetchOptions fetching_;
  std::vector<transfer::ImageSource> sources_;
  std::atomic<std::uint64_t> fetched_bytes_ = 0;
};

}  // namespace platter::service
