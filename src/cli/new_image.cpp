#include "new_image.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "attribute.h"
#include "complaints.h"
#include "platter/base/log.h"

namespace platter::cli {

namespace {

constexpr const char* kImages = "images";

ImagePlace place_in(const MountEntry& mount, const Path& tree,
                    const std::string& name) {
  return {mount.target, tree / kImages / name};
}

// The tree of `mount` that `path` lies in.
ImagePlace place_beside(const MountEntry& mount, const Path& path,
                        const std::string& name) {
  return place_in(mount, tree_of(path.lexically_relative(mount.target)), name);
}

MountEntry mount_above(const Path& path) {
  const auto mount = our_mount_above(path);
  if (mount) return *mount;
  throw Error(Errc::not_found,
              path.string() +
                  " lies in no mount of Platter's; `platter status` lists "
                  "those that there are");
}

ImagePlace place_at(const Path& path) {
  const Path folder = resolve(path.parent_path());
  const MountEntry mount = mount_above(folder);
  const ImagePlace place = place_beside(mount, folder, path.filename());
  if (place.folder().parent_path() == folder) return place;
  throw Error(Errc::invalid, path.string() +
                                 " is no place for an image; they lie in " +
                                 place.folder().parent_path().string());
}

MountEntry only_mount() {
  std::optional<MountEntry> only;
  for (MountEntry& mount : read_mounts()) {
    if (!mount.is_ours()) continue;
    if (only) {
      throw Error(Errc::invalid,
                  "several stores are mounted; say which is meant with "
                  "--mount, or name the image as MOUNTPOINT/images/NAME");
    }
    only = std::move(mount);
  }
  if (only) return *only;
  throw Error(Errc::not_found,
              "no store is mounted; `platter mount STORE MOUNTPOINT` mounts "
              "one");
}

// Of a mount of many projects the caller's own; else the mount's.
ImagePlace place_in_only_mount(const std::string& name) {
  const MountEntry mount = only_mount();
  const Path mine = mount.target / "mine";
  std::error_code absent;
  return std::filesystem::is_directory(mine / kImages, absent)
             ? place_beside(mount, resolve(mine), name)
             : place_in(mount, {}, name);
}

// As the mount takes it: other programs' words may have several lines.
std::string as_reason(std::string text) {
  constexpr std::size_t kLongest = 1000;
  text.resize(std::min(text.size(), kLongest));
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' '; }, ' ');
  return text;
}

}  // namespace

ImagePlace place_for(const std::string& name, const Path& mount) {
  if (name.find('/') != name.npos) return place_at(name);
  if (!mount.empty()) {
    const Path path = resolve(mount);
    return place_beside(mount_above(path), path, name);
  }
  const Path here = resolve(".");
  if (const auto above = our_mount_above(here)) {
    return place_beside(*above, here, name);
  }
  return place_in_only_mount(name);
}

NewImage::NewImage(ImagePlace place) : place_(std::move(place)) {
  if (mkdir(place_.folder().c_str(), 0777) == 0) return;
  if (errno != EEXIST) refuse(errno, "make image " + place_.name());
  take_existing();
}

NewImage::~NewImage() { give_up("the program that sent it failed"); }

void NewImage::take_existing() {
  const std::string status = read_attribute(place_.folder(), "user.status");
  const std::string image = "image \"" + place_.name() + "\"";
  if (status == "saving") {
    throw Error(Errc::busy, image + " is being uploaded by somebody else");
  }
  bool free =
      status == "queued" || status == "interrupted" || status == "error";
  for (const auto& entry :
       std::filesystem::directory_iterator(place_.folder())) {
    const Path name = entry.path().filename();
    free = free && (name == "image.json" || name == "disk.raw");
  }
  if (!free) {
    throw Error(Errc::exists, "there is " + image +
                                  " already; choose another name, or "
                                  "remove it first");
  }
}

void NewImage::refuse(int number, const std::string& doing) const {
  throw refusal_of(number, place_.mount, place_.inside, doing).error;
}

std::string NewImage::id() const {
  return read_attribute(place_.folder(), "user.id");
}

void NewImage::set(const std::string& property, const std::string& value) {
  const int problem =
      write_attribute(place_.folder(), "user." + property, value);
  if (problem != 0) {
    refuse(problem, "set " + property + " of image " + place_.name());
  }
}

void NewImage::set_each(const std::vector<std::string>& properties) {
  for (const std::string& property : properties) {
    const std::size_t equals = property.find('=');
    set(property.substr(0, equals), property.substr(equals + 1));
  }
}

File& NewImage::open(std::uint64_t size) {
  // Content that looks like another format is the guest's all the same.
  set("disk_format", "raw");
  file_ = File::open(file_path(), File::Mode::create);
  file_->resize(0);
  file_->resize(size);
  return *file_;
}

void NewImage::finish() {
  file_->sync();
  File file = std::move(*file_);
  file_.reset();
  file.close();
}

void NewImage::give_up(const std::string& reason) noexcept {
  if (!file_) return;
  try {
    const int problem =
        write_attribute(place_.folder(), "user.give_up", as_reason(reason));
    // Without its file the image has no data that might pass for whole.
    if (problem != 0) unlink(file_path().c_str());
    file_.reset();
  } catch (const std::exception& problem) {
    log::error("cannot give the image up", {{"why", problem.what()}});
  }
}

Error NewImage::explained(const Error& problem) const {
  const std::string said = problem.what();
  if (said.find(file_path().string()) == said.npos) return problem;
  return newest_refusal(place_.mount, place_.inside).value_or(problem);
}

}  // namespace platter::cli
