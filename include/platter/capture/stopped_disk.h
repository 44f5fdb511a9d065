// include/platter/capture/stopped_disk.h
//
// Copies the disk of a machine that is off: a file in any format that qemu-img
// reads, with the files that it is based on. qemu-img runs with this process's
// rights, and opens what those allow.
#pragma once

#include <string>

#include "platter/base/file.h"
#include "platter/capture/watch.h"

namespace platter::capture {

struct StoppedDisk {
  Path file;
  std::string format;  // as qemu-img calls it; empty: found in the content
};

// Bytes that the machine sees. Throws Errc::not_found, Errc::denied,
// Errc::invalid with qemu-img's words for what it cannot read,
// Errc::unsupported when there is no qemu-img.
std::uint64_t size_of(const StoppedDisk& disk);

// Copies it into the file that `open_target` answers, which is as long as the
// disk and empty. Returns when every byte is in there, unsynced. Throws as
// size_of() does, Errc::busy when a running machine writes to one of the chain,
// what the file answered when it is what failed, and Errc::io
// when `watch` gives up.
//
// `open_target` is called when every file of the chain is open, and locked. Not
// before, as a program that starts closes what it inherited, and each close
// tells a mount that the file is whole.
void copy_stopped_disk(const StoppedDisk& disk,
                       const std::function<File&()>& open_target,
                       const Watch& watch);

}  // namespace platter::capture
