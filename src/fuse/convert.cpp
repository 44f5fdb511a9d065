// src/fuse/convert.cpp
#include "convert.h"

#include <sys/stat.h>

#include "platter/base/integers.h"

namespace platter::fuse {

namespace {
// cp then reads and writes this much at a time.
constexpr blksize_t kBlockSize = 1024 * 1024;

timespec to_timespec(Timestamp time) {
  return {time.seconds(), time.nanoseconds % 1'000'000'000};
}
}  // namespace

tree::Caller caller_of(fuse_req_t request) {
  const fuse_ctx* context = fuse_req_ctx(request);
  return {context->uid, context->gid, context->pid};
}

tree::NodeId node_of(fuse_ino_t inode) noexcept { return {inode}; }

mode_t type_bits(tree::NodeType type) noexcept {
  switch (type) {
    case tree::NodeType::folder:
      return S_IFDIR;
    case tree::NodeType::link:
      return S_IFLNK;
    case tree::NodeType::file:
      break;
  }
  return S_IFREG;
}

struct stat to_stat(const tree::Attributes& attributes) {
  struct stat status {};
  status.st_ino = attributes.id.value;
  status.st_mode = type_bits(attributes.type) | attributes.permissions;
  status.st_nlink = attributes.links;
  status.st_uid = attributes.uid;
  status.st_gid = attributes.gid;
  status.st_size = static_cast<off_t>(attributes.size);
  // libc lists a folder through a buffer of this size, which the kernel
  // allocates for each call.
  const bool folder = attributes.type == tree::NodeType::folder;
  status.st_blksize = folder ? blksize_t{kPageSize} : kBlockSize;
  status.st_blocks =
      static_cast<blkcnt_t>(divide_up(attributes.allocated, 512));
  status.st_mtim = to_timespec(attributes.modified);
  status.st_atim = status.st_mtim;
  status.st_ctim = to_timespec(attributes.changed);
  return status;
}

double seconds_of(std::chrono::milliseconds time) noexcept {
  return std::chrono::duration<double>(time).count();
}

fuse_entry_param to_entry(const tree::Attributes& attributes) {
  fuse_entry_param entry{};
  entry.ino = attributes.id.value;
  entry.attr = to_stat(attributes);
  entry.attr_timeout = seconds_of(attributes.lifetime);
  entry.entry_timeout = seconds_of(attributes.name_lifetime);
  return entry;
}

tree::Changes to_changes(const struct stat& wanted, int to_set) {
  tree::Changes changes;
  if (to_set & FUSE_SET_ATTR_SIZE) {
    changes.size = static_cast<std::uint64_t>(wanted.st_size);
  }
  if (to_set & FUSE_SET_ATTR_MTIME_NOW) {
    changes.modified = SystemClock().now();
  } else if (to_set & FUSE_SET_ATTR_MTIME) {
    changes.modified = Timestamp{wanted.st_mtim.tv_sec * 1'000'000'000 +
                                 wanted.st_mtim.tv_nsec};
  }
  return changes;
}

}  // namespace platter::fuse
