// include/platter/service/projects.h
//
// What administrators do with projects and media groups, each act with the
// caller's right to it checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platter/access/access.h"
#include "platter/image/catalogue.h"
#include "platter/image/media_groups.h"
#include "platter/image/pointers.h"
#include "platter/image/projects.h"
#include "platter/service/audit.h"
#include "platter/service/quotas.h"

namespace platter::service {

// Thread-safe.
class Projects {
 public:
  struct Parts {
    image::Catalogue& catalogue;
    image::Projects& projects;
    image::Pointers& pointers;
    image::MediaGroups& media_groups;
    const Quotas& quotas;
    Audit& audit;
    const access::Access& access;
  };

  explicit Projects(const Parts& parts) : parts_(parts) {}

  // The project of that name. One that is not there yet comes into being when
  // the caller is a member of its group and the policy says so. nullptr: there
  // is none, for this caller.
  image::ProjectPtr look_up(const access::Caller& caller,
                            const std::string& name);

  image::ProjectPtr create(const access::Caller& caller,
                           const std::string& name,
                           const std::string& group = {});
  // Throws Errc::not_empty, saying what is left, while it has images or
  // something in its trash. What was shared with it is so no more.
  void erase(const access::Caller& caller, image::ProjectNumber number);

  // Attributes of a project's folder, without their "user.": "group",
  // "quota.<limit>" (a number, or "unlimited"), "usage.images", ".bytes",
  // ".uploads", ".trash_images", ".trash_bytes". nullopt: not set. Everybody
  // who gets to the folder may read them.
  std::optional<std::string> property(image::ProjectNumber number,
                                      std::string_view name) const;
  std::vector<std::string> property_names(image::ProjectNumber number) const;
  // Administrators set group and quota; sizes are taken as "10GiB", too. No
  // value, or "default": back to the configuration's. Lowering a limit deletes
  // nothing. Throws Errc::invalid for what is no group of the host, no limit,
  // or no attribute; Errc::forbidden for what is computed.
  void set_property(const access::Caller& caller, image::ProjectNumber number,
                    const std::string& name,
                    const std::optional<std::string>& value);

  // Media groups, by administrators. erase() throws Errc::not_empty while an
  // image names it; rename() changes the images that do.
  image::MediaGroup create_group(const access::Caller& caller,
                                 const std::string& name);
  void rename_group(const access::Caller& caller, std::uint64_t number,
                    const std::string& name);
  void erase_group(const access::Caller& caller, std::uint64_t number);
  void hide_group(const access::Caller& caller, std::uint64_t number,
                  bool hidden);

 private:
  image::ProjectPtr found(image::ProjectNumber number) const;
  void set_group(const access::Caller& caller, image::ProjectNumber number,
                 const std::string& group);
  void set_limit(const access::Caller& caller, image::ProjectNumber number,
                 image::Limit limit, const std::string& value);
  void rename_in_images(const std::string& from, const std::string& to);

  Parts parts_;
};

}  // namespace platter::service
