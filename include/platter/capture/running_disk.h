// include/platter/capture/running_disk.h
//
// Copies the disk of an instance as it is at one moment, while the instance
// runs on and writes. Whatever goes wrong, the instance is left as it was
// found.
#pragma once

#include "platter/capture/guest_agent.h"
#include "platter/capture/instance.h"
#include "platter/capture/watch.h"

namespace platter::capture {

struct RunningCopy {
  std::string label;        // tells it from others, for people: an image's id
  std::uint64_t speed = 0;  // bytes a second at most; 0: as fast as it goes
  GuestAgent* agent = nullptr;  // if there: the guest is at rest at that moment
};

// Copies `disk` into `target`, which is as long as the disk and empty. The
// moment is that of the start. Returns when every byte is in `target`,
// unsynced. Throws what `target` answered when it is what failed; Errc::io when
// the instance cannot read, ends, or `watch` gives up; else what
// Monitor::execute() and GuestAgent throw.
void copy_running_disk(Monitor& monitor, const Disk& disk, File& target,
                       const RunningCopy& copy, const Watch& watch);

// Takes away what copies left in the instance whose process was killed. What
// runs still, or whose process lives, stays.
void remove_leftovers(Monitor& monitor);

}  // namespace platter::capture
