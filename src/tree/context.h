// src/tree/context.h
//
// What every part of the tree works with.
#pragma once

#include "info_texts.h"
#include "makers.h"
#include "platter/tree/tree.h"
#include "scratches.h"
#include "shelves.h"
#include "stale.h"

namespace platter::tree {

struct Tree::Context {
  Context(const Parts& parts, Options options)
      : parts(parts), options(std::move(options)), times(parts.clock.now()) {}

  Parts parts;
  Options options;
  Scratches scratches;
  Makers makers;
  Shelves shelves;
  Staleness stale;
  FolderTimes times;
  mutable InfoTexts info_texts;

  // The image, for a caller who is of its project. Throws Errc::not_found when
  // it is gone or not for the caller.
  image::RecordPtr image(const Caller& caller, image::Number number) const;
  // ... to look it up and to stat it: on a host mount the modes of the folders
  // above have let the caller pass, and what is shown is the same for all.
  image::RecordPtr looked_up(const Caller& caller, image::Number number) const;

  // Throw Errc::not_found when there is no such project.
  std::string project_name(image::ProjectNumber number) const;
  image::ProjectNumber project_number(const std::string& name) const;
  // The project in whose tree the caller meets the node: its owner for those
  // who are of it, else the one through whose catalogue they see it.
  std::string project_of(const Caller& caller, NodeId node) const;
  // The group that a project's files belong to.
  gid_t group_of(const std::string& project) const;

  // Which way a caller sees an image: through the catalogue of a project
  // (its name), or as one of its owner's members (empty). nullopt: not at all.
  std::optional<std::string> way_to(const Caller& caller,
                                    const image::Record& record) const;

  // A change of what the folders of a project list.
  void touch(image::ProjectNumber project) {
    times.touch(project, false, parts.clock.now());
  }
  // The folder of its project that shows the image.
  NodeId folder_of(const image::Record& record) const;
};

using Context = Tree::Context;

}  // namespace platter::tree
