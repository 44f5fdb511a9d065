// src/cli/new_image.h
//
// An image that this process fills through a mount, with the rights of whoever
// runs it, as cp would.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mountpoint.h"
#include "platter/base/error.h"

namespace platter::cli {

// Where an image lies: MOUNT/images/NAME, or in the tree of a project.
struct ImagePlace {
  Path mount;   // the mount's root
  Path inside;  // from there: "projects/web/images/x"

  Path folder() const { return mount / inside; }
  std::string name() const { return inside.filename().string(); }
};

// `name`: a path that ends in images/NAME, or NAME. That is of the tree at
// `mount`, a mount or a project's folder in one; or else the tree that the
// current folder lies in; or else that of the only mount there is, in a mount
// of many projects the caller's own. Throws Errc::not_found when there is none,
// Errc::invalid when there are several or `name` is no such path.
ImagePlace place_for(const std::string& name, const Path& mount);

// For one thread.
class NewImage {
 public:
  // Makes the image, or takes the one without data that is there. Throws
  // Errc::exists when it has data, Errc::busy when somebody uploads it, and
  // what the mount says.
  explicit NewImage(ImagePlace place);
  // Gives it up, unless it was finished.
  ~NewImage();
  NewImage(const NewImage&) = delete;
  NewImage& operator=(const NewImage&) = delete;

  std::string id() const;
  // Throws what the mount says.
  void set(const std::string& property, const std::string& value);
  // ... each KEY=VALUE.
  void set_each(const std::vector<std::string>& properties);

  // The image's disk.raw, all holes. Throws what the mount says.
  File& open(std::uint64_t size);
  // It is all there: the image is active when this returns. Throws what the
  // mount says against it.
  void finish();
  // It never will be: the image is interrupted, and says `reason`.
  void give_up(const std::string& reason) noexcept;

  // The mount's own sentence in place of `problem`, if that is about the file.
  Error explained(const Error& problem) const;

 private:
  void take_existing();
  [[noreturn]] void refuse(int number, const std::string& doing) const;
  Path file_path() const { return place_.folder() / "disk.raw"; }

  ImagePlace place_;
  std::optional<File> file_;
};

}  // namespace platter::cli
