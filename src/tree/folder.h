// src/tree/folder.h
//
// A folder of the mount: what its names mean and what may be done in it. One
// class for each kind; what a kind does not allow, it says by the defaults.
#pragma once

#include "context.h"

namespace platter::tree {

class Folder {
 public:
  Folder(Context& context, NodeId id) : context_(context), id_(id) {}
  virtual ~Folder() = default;

  virtual std::optional<NodeId> lookup(const Caller& caller,
                                       std::string_view name) = 0;
  virtual std::vector<Child> list(const Caller& caller) = 0;

  // These refuse, with a sentence, unless a kind knows better.
  virtual NodeId make_folder(const Caller& caller, const std::string& name);
  struct Created {
    NodeId id;
    std::unique_ptr<Handle> handle;
  };
  virtual Created create(const Caller& caller, const std::string& name);
  virtual NodeId make_link(const Caller& caller, const std::string& name,
                           const std::string& target);
  virtual void remove_file(const Caller& caller, const std::string& name);
  virtual void remove_folder(const Caller& caller, const std::string& name);

 protected:
  // The project whose tree the folder is in. REQUIRES: its id says so.
  std::string project() const { return context_.project_name(id_.project()); }

  // A child that every project's tree has once.
  Child child(const char* name, NodeKind kind,
              NodeType type = NodeType::folder) const;

  // A scratch file of the project under this name.
  Created create_scratch(const Caller& caller, const std::string& project,
                         const std::string& name);
  // Whether there was one, which is gone now.
  bool remove_scratch(const Caller& caller, const std::string& project,
                      std::string_view name);
  std::optional<NodeId> lookup_scratch(std::string_view name) const;
  void list_scratches(std::vector<Child>& children) const;

  Context& context_;
  NodeId id_;
};

std::optional<NodeId> child_named(const std::vector<Child>& children,
                                  std::string_view name);

// A folder that is worked out: nothing in it is made or removed by hand. The
// refusal says so, with `what` in front: "info/".
class ReadOnlyFolder : public Folder {
 public:
  ReadOnlyFolder(Context& context, NodeId id, std::string what)
      : Folder(context, id), what_(std::move(what)) {}

  NodeId make_folder(const Caller&, const std::string&) override { refuse(); }
  NodeId make_link(const Caller&, const std::string&,
                   const std::string&) override {
    refuse();
  }
  Created create(const Caller&, const std::string&) override { refuse(); }
  void remove_file(const Caller&, const std::string&) override { refuse(); }
  void remove_folder(const Caller&, const std::string&) override { refuse(); }

 protected:
  [[noreturn]] void refuse() const;

 private:
  std::string what_;
};

// The folder of that id; throws Errc::invalid when it names a file.
std::unique_ptr<Folder> folder_at(Context& context, NodeId id);

// One for each kind.
std::unique_ptr<Folder> images_folder(Context& context, NodeId id);
std::unique_ptr<Folder> image_folder(Context& context, NodeId id);
// Of info/ and of the folders in it that have no kind of their own.
std::unique_ptr<Folder> info_folder(Context& context, NodeId id);
// `all`: of all projects, for administrators.
std::unique_ptr<Folder> usage_folder(Context& context, NodeId id, bool all);
std::unique_ptr<Folder> schema_folder(Context& context, NodeId id);
std::unique_ptr<Folder> tasks_folder(Context& context, NodeId id);
std::unique_ptr<Folder> trash_folder(Context& context, NodeId id);
std::unique_ptr<Folder> projects_folder(Context& context, NodeId id);
std::unique_ptr<Folder> catalog_folder(Context& context, NodeId id);
std::unique_ptr<Folder> section_folder(Context& context, NodeId id);
std::unique_ptr<Folder> entry_folder(Context& context, NodeId id);
std::unique_ptr<Folder> groups_folder(Context& context, NodeId id);
// Of by-id/, by-os/, by-tag/, what is below them, and one media group.
std::unique_ptr<Folder> facet_folder(Context& context, NodeId id);

// Whether it is an administrators' folder.
bool is_for_admins(NodeId folder) noexcept;
// Throws unless the caller may list the folder.
void check_list(Context& context, const Caller& caller, NodeId folder);

}  // namespace platter::tree
