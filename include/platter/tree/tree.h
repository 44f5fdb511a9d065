// include/platter/tree/tree.h
//
// What a mount shows and what every verb does there: docs/mount.md as code.
// Knows no libfuse type and no errno, so tests call it without a mount.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platter/access/access.h"
#include "platter/base/error.h"
#include "platter/metrics/figures.h"
#include "platter/metrics/health.h"
#include "platter/service/captures.h"
#include "platter/service/images.h"
#include "platter/service/imports.h"
#include "platter/service/journal.h"
#include "platter/service/projects.h"
#include "platter/service/purges.h"
#include "platter/service/uploads.h"
#include "platter/service/usage.h"
#include "platter/tree/handle.h"
#include "platter/tree/shown.h"

namespace platter::tree {

using access::Caller;

struct Options {
  Path store;  // the store's folder, for df
  // The store's own project, which the root shows, and whether the root also
  // has projects/, with the tree of every other one, and `mine`.
  std::string project = "default";
  bool host = false;
  uid_t uid = 0;
  gid_t gid = 0;
  // The formats that a folder lists; nullopt: only the original. All others
  // still resolve by name.
  std::optional<std::vector<format::Format>> listed;
};

// Thread-safe.
class Tree {
 public:
  struct Context;  // the tree's own parts share it

  struct Parts {
    service::Images& images;
    service::Projects& projects;
    service::Uploads& uploads;
    service::Imports& imports;
    service::Captures& captures;
    service::Purges& purges;
    task::Tasks& tasks;
    service::Journal& journal;
    service::Audit& audit;
    const service::Quotas& quotas;
    const service::Usage& usage;
    const image::Ledger& ledger;
    image::Catalogue& catalogue;  // whose listener the tree becomes
    const image::Projects& registry;
    const image::Pointers& pointers;
    const image::MediaGroups& media_groups;
    store::Store& store;
    const access::Access& access;
    const Clock& clock;
    const metrics::Figures& figures;
    const metrics::Health& health;
  };

  // The parts must outlive it.
  Tree(const Parts& parts, Options options);
  ~Tree();

  // nullopt when there is no such child.
  std::optional<Attributes> lookup(const Caller& caller, NodeId parent,
                                   std::string_view name);
  // Throws Errc::not_found when the node is gone.
  Attributes attributes(const Caller& caller, NodeId node);
  // Its members have Attributes::admin_permissions. nullopt: there is no such
  // group.
  std::optional<gid_t> admin_group() const;
  // All children in a fixed order, without "." and "..".
  std::vector<Child> list(const Caller& caller, NodeId folder);

  Attributes make_folder(const Caller& caller, NodeId parent,
                         const std::string& name);
  Attributes make_link(const Caller& caller, NodeId parent,
                       const std::string& name, const std::string& target);
  // Where a link leads. `mine` is the one that asks who reads it.
  std::string read_link(const Caller& caller, NodeId link);
  Opened create(const Caller& caller, NodeId parent, const std::string& name);
  std::unique_ptr<Handle> open(const Caller& caller, NodeId node,
                               OpenMode mode);
  void remove_file(const Caller& caller, NodeId parent,
                   const std::string& name);
  void remove_folder(const Caller& caller, NodeId parent,
                     const std::string& name);

  struct Name {
    NodeId folder;
    std::string name;
  };
  // `replace`: what bears the new name may go.
  void rename(const Caller& caller, const Name& from, const Name& to,
              bool replace);

  // `open`: the handle through which the change was asked for, or nullptr.
  Attributes change(const Caller& caller, NodeId node, const Changes& changes,
                    Handle* open);

  // Extended attributes, by their whole names ("user.description"). Throw
  // Errc::no_data for one that is not set, Errc::unsupported for names outside
  // "user.".
  std::string get_attribute(const Caller& caller, NodeId node,
                            std::string_view name);
  std::vector<std::string> attribute_names(const Caller& caller, NodeId node);
  void set_attribute(const Caller& caller, NodeId node, std::string_view name,
                     std::string_view value);
  void remove_attribute(const Caller& caller, NodeId node,
                        std::string_view name);

  // Of the project that the node belongs to, for this caller.
  Usage usage(const Caller& caller, NodeId node);

  struct Refusal {
    NodeId node;             // that was asked of
    std::string_view name;   // in that folder; or empty
    std::string_view error;  // errno's name
    const Error& reason;
    std::string_view operation = {};  // "mkdir"
  };
  // Keeps the sentence of a refusal for info/errors, the audit trail and the
  // log.
  void complain(const Caller& caller, const Refusal& refusal);

  // What the clock brings: seals, expires. Called about once a second.
  void tick();
  // Tells of what became stale since the last time. Called after every change,
  // and after tick(), by one thread that answers no request: telling the
  // kernel may wait for one.
  void tell_stale(const StaleListener& listener);

 private:
  std::unique_ptr<Context> context_;
};

}  // namespace platter::tree
