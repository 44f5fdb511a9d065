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
  virtual void remove_file(const Caller& caller, const std::string& name);
  virtual void remove_folder(const Caller& caller, const std::string& name);

 protected:
  // A scratch file under this name.
  Created create_scratch(const std::string& name);
  // Whether there was one, which is gone now.
  bool remove_scratch(std::string_view name);
  std::optional<NodeId> lookup_scratch(std::string_view name) const;
  void list_scratches(std::vector<Child>& children) const;

  Context& context_;
  NodeId id_;
};

// The folder of that id; throws Errc::invalid when it names a file.
std::unique_ptr<Folder> folder_at(Context& context, NodeId id);

std::unique_ptr<Folder> images_folder(Context& context);
std::unique_ptr<Folder> image_folder(Context& context, NodeId id);

}  // namespace platter::tree
