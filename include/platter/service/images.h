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
#include "platter/image/media_groups.h"
#include "platter/image/pointers.h"
#include "platter/image/projects.h"
#include "platter/schema/rules.h"
#include "platter/service/audit.h"
#include "platter/service/options.h"
#include "platter/service/quotas.h"
#include "platter/service/uploads.h"

namespace platter::service {

// Thread-safe.
class Images {
 public:
  struct Parts {
    store::Store& store;
    image::Catalogue& catalogue;
    image::Projects& projects;
    image::Pointers& pointers;
    image::MediaGroups& media_groups;
    Uploads& uploads;
    Quotas& quotas;
    Audit& audit;
    const access::Access& access;
    const Clock& clock;
    const schema::Rules& rules;  // for free properties
  };

  Images(const Parts& parts, const Options& options);

  // A new image of that project, without data. Throws Errc::invalid for the
  // name, Errc::exists, Errc::quota.
  image::RecordPtr create(const access::Caller& caller,
                          const std::string& project, const std::string& name);

  // Throws Errc::exists when `name` is taken, unless that image is queued and
  // `replace` allows it to go.
  void rename(const access::Caller& caller, image::Number number,
              const std::string& name, bool replace);

  // To the trash, under its name or, when that is taken there, name.1,
  // name.2, ... Throws Errc::forbidden when it is protected.
  void remove(const access::Caller& caller, image::Number number);
  // Out of the trash, with its id and properties. Throws Errc::quota.
  void restore(const access::Caller& caller, image::Number number,
               const std::string& name);
  // For good; its id never comes back. REQUIRES: it is in the trash.
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
  // Errc::forbidden for what the policy keeps to administrators or the operator
  // protects.
  // "owner" moves the image to another project, under its name or name.1, ...
  void set_properties(const access::Caller& caller, image::Number number,
                      const Properties& properties);
  // The same by a project that sees the image in its catalogue: it may answer
  // an offer ("member.<itself>": accepted, rejected) and nothing else; the
  // values that are there already are fine.
  void set_properties_via(const access::Caller& caller, image::Number number,
                          const std::string& via, const Properties& properties);
  // Answers an offer to that project. Throws Errc::not_found when there is
  // none.
  void answer(const access::Caller& caller, image::Number number,
              const std::string& project, bool accept);

  const schema::Schema& schema() const noexcept { return parts_.rules.schema; }
  // Whether the caller may read a property of that name.
  bool may_read(const access::Caller& caller, std::string_view name) const;
  // The record without what the caller may not read of it.
  image::RecordPtr readable(const access::Caller& caller,
                            const image::RecordPtr& record) const;
  // ... without what callers of that role may not.
  image::RecordPtr readable_by(schema::Role role,
                               const image::RecordPtr& record) const;

  // The mtime of the disk files.
  void set_modified(const access::Caller& caller, image::Number number,
                    Timestamp time);

  // The uploaded file. `via`: the project through whose catalogue the image is
  // looked at; empty: its own. Throws Errc::not_found when there is no data,
  // Errc::denied when it is deactivated.
  block::SourcePtr open_original(const access::Caller& caller,
                                 image::Number number,
                                 const std::string& via = {});
  // The set's part at that place of the record; as open_original().
  block::SourcePtr open_part(const access::Caller& caller, image::Number number,
                             std::size_t place, const std::string& via = {});
  // The disk as such a file. Seals the image. Throws Errc::not_found when
  // there is no disk, or one that the file cannot hold.
  block::SourcePtr open_view(const access::Caller& caller, image::Number number,
                             format::View view, const std::string& via = {});
  // Somebody read so many bytes of a file of the image and closed it.
  struct Download {
    access::Caller caller;
    std::string command;  // that opened it; may be gone when it is closed
    image::Number number = 0;
    std::string file_name;
  };
  void note_download(const Download& download, std::uint64_t bytes);

  // Somebody closed a file, and it became the image's disk, or a part of it; or
  // an "import" was whole.
  void note_upload(const access::Caller& caller, image::Number number,
                   std::string_view operation = "upload");

  // Version pointers of a project's images/. `target` names an image or a
  // pointer there (Errc::invalid).
  image::PointerPtr make_pointer(const access::Caller& caller,
                                 const std::string& project,
                                 const std::string& name,
                                 const std::string& target);
  // Onto a pointer of that name, if `replace`; never onto an image.
  void rename_pointer(const access::Caller& caller, image::Number number,
                      const std::string& name, bool replace);
  void remove_pointer(const access::Caller& caller, image::Number number);

  // What the clock brings: interrupted uploads and images whose file was
  // unlinked go to the trash. Called about once a second.
  struct Expired {
    std::vector<image::RecordPtr> moved;  // as they were
    std::set<std::string> projects;       // that have something to purge
  };
  Expired expire();

 private:
  image::RecordPtr found(image::Number number) const;
  image::RecordPtr changeable(const access::Caller& caller,
                              image::Number number) const;
  image::RecordPtr to_be_read(const access::Caller& caller,
                              image::Number number,
                              const std::string& via) const;
  image::PointerPtr changeable_pointer(const access::Caller& caller,
                                       image::Number number) const;
  void check_no_pointer(const std::string& project,
                        const std::string& name) const;
  void move_to_trash(const access::Caller& caller, image::Number number);
  std::optional<std::string> new_owner(const access::Caller& caller,
                                       const image::Record& record,
                                       const Properties& properties) const;
  void note_changes(const access::Caller& caller, const image::Record& before,
                    const image::Record& after, const Properties& properties);
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
  std::mutex adding_;            // held while an image comes to a project
  std::mutex mutex_;             // guards what follows
  std::list<CachedView> views_;  // the last used first
  Timestamp next_expiry_;        // no deadline comes before
};

}  // namespace platter::service
