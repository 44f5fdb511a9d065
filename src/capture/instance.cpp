// src/capture/instance.cpp
#include "platter/capture/instance.h"

#include <fmt/core.h>

#include "platter/base/amounts.h"
#include "platter/base/error.h"

namespace platter::capture {

using json::Json;

namespace {

constexpr std::string_view kNoUuid = "00000000-0000-0000-0000-000000000000";
// Where qemu keeps the devices that somebody gave an id.
constexpr std::string_view kDevices = "/machine/peripheral/";

// "vd0" of "/machine/peripheral/vd0/virtio-backend"; other paths as they are.
std::string id_in(const std::string& path) {
  if (!path.starts_with(kDevices)) return path;
  const std::string id = path.substr(kDevices.size());
  return id.substr(0, id.find('/'));
}

Disk disk_of(const Json& block) {
  const Json& medium = block["inserted"];
  Disk disk;
  disk.path = block.value("qdev", "");
  disk.device = block.value("device", "");
  if (disk.device.empty()) disk.device = id_in(disk.path);
  disk.node = medium.value("node-name", disk.device);
  disk.size = medium.value("image", Json::object())
                  .value("virtual-size", std::uint64_t{0});
  disk.removable = block.value("removable", false);
  disk.read_only = medium.value("ro", false);
  return disk;
}

bool is_named(const Disk& disk, const std::string& name) {
  return disk.device == name || disk.path == name || disk.node == name ||
         id_in(disk.path) == name;
}

std::string list_of(const Instance& instance) {
  std::string list;
  for (const Disk& disk : instance.disks) {
    list +=
        fmt::format("{}{} ({}{}{})", list.empty() ? "" : ", ", disk.device,
                    about_size(disk.size), disk.read_only ? ", read-only" : "",
                    disk.removable ? ", removable" : "");
  }
  return list.empty() ? "none" : list;
}

const Disk& named_disk(const Instance& instance, const std::string& name) {
  for (const Disk& disk : instance.disks) {
    if (!is_named(disk, name)) continue;
    if (disk.removable && disk.read_only) {
      throw Error(Errc::invalid, name +
                                     " is a read-only CD-ROM, not a disk of "
                                     "the machine; its disks: " +
                                     list_of(instance));
    }
    return disk;
  }
  throw Error(Errc::not_found, "the machine has no disk \"" + name +
                                   "\"; its disks: " + list_of(instance));
}

}  // namespace

Instance look_at(Monitor& monitor) {
  Instance instance;
  instance.uuid = monitor.execute("query-uuid").value("UUID", "");
  if (instance.uuid == kNoUuid) instance.uuid.clear();
  instance.name = monitor.execute("query-name").value("name", "");
  for (const Json& block : monitor.execute("query-block")) {
    if (block.contains("inserted")) instance.disks.push_back(disk_of(block));
  }
  return instance;
}

const Disk& choose_disk(const Instance& instance, const std::string& wanted) {
  if (!wanted.empty()) return named_disk(instance, wanted);
  const Disk* chosen = nullptr;
  for (const Disk& disk : instance.disks) {
    if (disk.removable || disk.read_only) continue;
    if (chosen != nullptr) {
      throw Error(Errc::invalid,
                  "the machine has several disks; choose one with --device: " +
                      list_of(instance));
    }
    chosen = &disk;
  }
  if (chosen == nullptr) {
    throw Error(Errc::not_found,
                "the machine has no disk that it writes to; its disks: " +
                    list_of(instance));
  }
  return *chosen;
}

}  // namespace platter::capture
