// src/cli/project.cpp
//
// `platter project`: what mkdir, rmdir, setfattr and getfattr do in the
// projects/ of a host mount, with the sentences that they cannot say.
#include "platter/image/project.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "attribute.h"
#include "complaints.h"
#include "mountpoint.h"
#include "platter/base/error.h"
#include "platter/cli/store_folder.h"
#include "platter/service/quotas.h"
#include "values.h"
#include "verbs.h"

namespace platter::cli {

namespace {

using image::Limit;

// The mount at `place`, which shows every project.
MountEntry host_mount(const Path& place) {
  const Path path = resolve(place);
  const auto mount = mount_at(path);
  if (!mount || !mount->is_ours()) {
    throw Error(Errc::not_found,
                path.string() +
                    " is no mount of Platter's; `platter status` "
                    "lists those that there are");
  }
  if (std::error_code none;
      !std::filesystem::is_directory(path / "projects", none)) {
    throw Error(Errc::not_found,
                path.string() +
                    " shows one project only; mount the store with -o "
                    "projects to see them all");
  }
  return *mount;
}

// The store's own project, which the mount's root shows; empty for those who
// may not look into the store.
std::string own_project(const MountEntry& mount) {
  try {
    return StoreFolder::open(mount.source).project();
  } catch (const Error&) {
    return {};
  }
}

// The project's folder, from the mount's root.
Path folder_in(const MountEntry& mount, const std::string& name) {
  image::check_project_name(name);
  return name == own_project(mount) ? Path() : Path("projects") / name;
}

Path folder_of(const MountEntry& mount, const std::string& name) {
  const Path folder = mount.target / folder_in(mount, name);
  if (std::filesystem::is_directory(folder)) return folder;
  throw Error(Errc::not_found,
              fmt::format("there is no project {}; `platter project add {} {}` "
                          "makes one",
                          name, mount.target.string(), name));
}

// Throws the sentence that the mount keeps of it, unless `number` is 0.
void check_done(int number, const MountEntry& mount, const std::string& name,
                const std::string& doing) {
  if (number == 0) return;
  const Refusal refusal =
      refusal_of(number, mount.target, folder_in(mount, name), doing);
  // The kernel asks nobody where modes forbid it.
  const bool by_modes = !refusal.told && refusal.error.code() == Errc::denied;
  if (!by_modes) throw refusal.error;
  throw Error(Errc::denied,
              std::string(refusal.error.what()) +
                  "; administrators make, change and remove projects");
}

// "images" and "10" of "images=10".
std::pair<std::string, std::string> split_limit(const std::string& text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string key = text.substr(0, equals);
  if (equals == text.size() || !image::limit_of(key)) {
    std::string known;
    for (const Limit limit : image::kLimits) {
      known += ' ' + std::string(name_of(limit));
    }
    throw Error(
        Errc::invalid,
        "\"" + text + "\" is no KEY=VALUE, where KEY is one of" + known);
  }
  return {key, text.substr(equals + 1)};
}

void set_attributes(const MountEntry& mount, const ProjectRequest& request) {
  std::vector<std::pair<std::string, std::string>> attributes;
  if (!request.group.empty()) attributes.emplace_back("group", request.group);
  for (const std::string& limit : request.limits) {
    const auto [key, value] = split_limit(limit);
    attributes.emplace_back("quota." + key, value);
  }
  const Path folder = folder_of(mount, request.name);
  for (const auto& [name, value] : attributes) {
    check_done(write_attribute(folder, "user." + name, value), mount,
               request.name, "set " + name + " of project " + request.name);
  }
}

std::string attribute(const Path& folder, const std::string& name) {
  return read_attribute(folder, ("user." + name).c_str());
}

// "3", "1.2 GiB", "unlimited".
std::string shown(Limit limit, const std::string& value) {
  const auto bytes = parse_number<std::uint64_t>(value);
  return bytes && service::is_of_bytes(limit) ? about_size(*bytes) : value;
}

// "3 of 10", or only what is allowed where nothing is used.
std::string use_of(const Path& folder, Limit limit) {
  const std::string name(name_of(limit));
  const std::string most = shown(limit, attribute(folder, "quota." + name));
  const std::string used = shown(limit, attribute(folder, "usage." + name));
  return used.empty() ? most : used + " of " + most;
}

void print_project(const std::string& name, const Path& folder) {
  fmt::print("{}\n", name);
  const auto print = [](std::string_view what, const std::string& value) {
    fmt::print("  {:<11} {}\n", what, value);
  };
  const std::string group = attribute(folder, "group");
  print("group", group.empty() ? "none: administrators only" : group);
  for (const Limit limit : image::kLimits) {
    print(name_of(limit), use_of(folder, limit));
  }
  print("trash",
        attribute(folder, "usage.trash_images") + " images, " +
            shown(Limit::bytes, attribute(folder, "usage.trash_bytes")));
}

void print_row(const std::string& name, const Path& folder) {
  fmt::print("{:<24} {:<24} {:<20} {}\n", name, attribute(folder, "group"),
             use_of(folder, Limit::images), use_of(folder, Limit::bytes));
}

}  // namespace

void list_projects(const Path& mountpoint) {
  const MountEntry mount = host_mount(mountpoint);
  std::set<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(mount.target / "projects")) {
    names.insert(entry.path().filename().string());
  }
  fmt::print("{:<24} {:<24} {:<20} {}\n", "PROJECT", "GROUP", "IMAGES",
             "BYTES");
  if (const std::string own = own_project(mount); !own.empty()) {
    print_row(own, mount.target);
  }
  for (const std::string& name : names) {
    print_row(name, mount.target / "projects" / name);
  }
}

void add_project(const ProjectRequest& request) {
  const MountEntry mount = host_mount(request.mountpoint);
  for (const std::string& limit : request.limits) split_limit(limit);
  const Path folder = mount.target / folder_in(mount, request.name);
  const int problem = mkdir(folder.c_str(), 0777) == 0 ? 0 : errno;
  check_done(problem, mount, request.name, "make project " + request.name);
  set_attributes(mount, request);
  fmt::print("made project {}\n", request.name);
}

void set_project(const ProjectRequest& request) {
  const MountEntry mount = host_mount(request.mountpoint);
  set_attributes(mount, request);
  print_project(request.name, folder_of(mount, request.name));
}

void show_project(const ProjectRequest& request) {
  const MountEntry mount = host_mount(request.mountpoint);
  print_project(request.name, folder_of(mount, request.name));
}

void remove_project(const ProjectRequest& request) {
  const MountEntry mount = host_mount(request.mountpoint);
  const Path folder = folder_of(mount, request.name);
  const int problem = rmdir(folder.c_str()) == 0 ? 0 : errno;
  check_done(problem, mount, request.name, "remove project " + request.name);
  fmt::print("removed project {}\n", request.name);
}

}  // namespace platter::cli
