// include/platter/service/images.h
//
// What people do with images, each act with the caller's right to it checked:
// create, rename, remove, restore, purge, set properties, read.
#pragma once

#include <list>
#include <mutex>
#include <string>

#include "platter/access/access.h"
#include "platter/format/view.h"
#include "platter/image/catalogue.h"
#include "platter/schema/rules.h"
#include "platter/service/options.h"
#include "platter/service/uploads.h"

namespace platter::service {

// Thread-safe.
class Images {
 public:
  struct Parts {
    store::Store& store;
    image::Catalogue& catalogue;
    Uploads& uploads;
    const access::Access& access;
    const Clock& clock;
    const schema::Rules& rules;  // for free properties
  };

  Images(const Parts& parts, const Options& options);

  const std::string& project() const noexcept { return options_.project; }

  // A new image without data. Throws Errc::invalid for the name, Errc::exists.
  image::RecordPtr create(const access::Caller& caller,
                          const std::string& name);

  // Throws Errc::exists when `name` is taken, unless that image is queued and
  // `replace` allows it to go.
  void rename(const access::Caller& caller, image::Number number,
              const std::string& name, bool replace);

  // To the trash, under its name or, when that is taken there, name.1,
  // name.2, ... Throws Errc::forbidden when it is protected.
  void remove(const access::Caller& caller, image::Number number);
  // Out of the trash, with its id and properties.
  void restore(const access::Caller& caller, image::Number number,
               const std::string& name);
  // For good. REQUIRES: it is in the trash.
  void purge(const access::Caller& caller, image::Number number);

  // Hides one of the image's files, or shows it again.
  void hide_file(const access::Caller& caller, image::Number number,
                 const std::string& file_name);
  void show_file(const access::Caller& caller, image::Number number,
                 const std::string& file_name);

  // The name that the uploading tool used, which keeps resolving.
  void set_file_name(const access::Caller& caller, image::Number number,
                     const std::string& file_name);

  // Name and value, as properties.h takes them; no value: reset.
  using Properties =
      std::vector<std::pair<std::string, std::optional<std::string>>>;
  // All or none. Throws what service::set_property() throws, and
  // Errc::forbidden for what only an administrator may set, and for what the
  // operator protects.
  void set_properties(const access::Caller& caller, image::Number number,
                      const Properties& properties);
  const schema::Schema& schema() const noexcept { return parts_.rules.schema; }
  // Whether the caller may read a property of that name.
  bool may_read(const access::Caller& caller, std::string_view name) const;
  // The record without what the caller may not read of it.
  image::RecordPtr readable(const access::Caller& caller,
                            const image::RecordPtr& record) const;
  // The mtime of the disk files.
  void set_modified(const access::Caller& caller, image::Number number,
                    Timestamp time);

  // The uploaded file. Throws Errc::not_found when there is no data,
  // Errc::denied when it is deactivated.
  block::SourcePtr open_original(const access::Caller& caller,
                                 image::Number number);
  // The set's part at that place of the record; as open_original().
  block::SourcePtr open_part(const access::Caller& caller, image::Number number,
                             std::size_t place);
  // The disk as such a file. Seals the image. Throws Errc::not_found when
  // there is no disk, or one that the file cannot hold.
  block::SourcePtr open_view(const access::Caller& caller, image::Number number,
                             format::View view);

  // What the clock brings: expired trash is purged, interrupted uploads and
  // images whose file was unlinked go to the trash. Called about once a
  // second; returns the images that left a folder.
  std::vector<image::RecordPtr> expire();

 private:
  image::RecordPtr see(const access::Caller& caller,
                       image::Number number) const;
  image::RecordPtr changeable(const access::Caller& caller,
                              image::Number number) const;
  void move_to_trash(const access::Caller& caller, image::Number number);
  schema::Role role_of(const access::Caller& caller) const;
  std::optional<Timestamp> deadline_of(const image::Record& record) const;
  void expect_deadline(Timestamp deadline);

  struct CachedView {
    image::Number number;
    format::View view;
    block::SourcePtr file;
  };

  Parts parts_;
  Options options_;
  std::mutex mutex_;             // guards what follows
  std::list<CachedView> views_;  // the last used first
  Timestamp next_expiry_;        // no deadline comes before
};

}  // namespace platter::service
