// include/platter/capture/instance.h
//
// An instance, a machine that runs: what it says of itself and of its disks.
#pragma once

#include <string>
#include <vector>

#include "platter/capture/monitor.h"

namespace platter::capture {

struct Disk {
  std::string device;      // what to call it by: "vd0", "ide0-hd0"
  std::string path;        // of the device in qemu's tree; may be empty
  std::string node;        // the block node that the guest writes to
  std::uint64_t size = 0;  // bytes that the guest sees
  bool removable = false;
  bool read_only = false;
};

struct Instance {
  std::string uuid;         // empty: it was given none
  std::string name;         // empty: it was given none
  std::vector<Disk> disks;  // with a medium, in the machine's order
};

// Throws what Monitor::execute() throws.
Instance look_at(Monitor& monitor);

// The disk that `wanted` names: by the device's id, its name, or its node. When
// it is empty: the only disk that is neither removable nor read-only. Throws
// Errc::not_found when there is none, and Errc::invalid when there are several
// or it is a CD-ROM, listing what there is.
const Disk& choose_disk(const Instance& instance, const std::string& wanted);

}  // namespace platter::capture
