// src/fuse/folders.cpp: how folders are listed.
#include <sys/stat.h>

#include "counted.h"

namespace platter::fuse {

using tree::Child;

namespace {

using Children = std::vector<Child>;
Children& children_of(const fuse_file_info* info) {
  return *reinterpret_cast<Children*>(info->fh);
}

void op_opendir(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) {
  answer(request, inode, [&] {
    auto children = std::make_unique<Children>(
        tree_of(request).list(caller_of(request), node_of(inode)));
    info->fh = reinterpret_cast<std::uint64_t>(children.release());
    if (fuse_reply_open(request, info) != 0) delete &children_of(info);
  });
}

void op_releasedir(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  delete &children_of(info);
  reply_done(request);
}

// The entry at position `index` of a folder: ".", "..", then the children.
struct ListedName {
  const char* name;
  fuse_entry_param entry;
};

ListedName listed(const Children& children, std::size_t index,
                  fuse_ino_t folder) {
  fuse_entry_param entry{};
  if (index < 2) {
    entry.attr.st_ino = folder;
    entry.attr.st_mode = S_IFDIR;
    return {index == 0 ? "." : "..", entry};
  }
  const Child& child = children[index - 2];
  entry.attr.st_ino = child.id.value;
  entry.attr.st_mode = type_bits(child.type);
  return {child.name.c_str(), entry};
}

// What stat would answer, so that `ls -l` need not ask for each name. A child
// that went meanwhile is listed by its name alone.
void add_attributes(fuse_req_t request, const Child& child,
                    fuse_entry_param& entry) {
  try {
    entry = to_entry(tree_of(request).attributes(caller_of(request), child.id));
  } catch (const Error&) {
    entry.ino = 0;
  }
}

void list(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset,
          const fuse_file_info* info, bool plus) {
  answer(request, inode, [&] {
    const Children& children = children_of(info);
    // Kept, as that of reads: the kernel asks for up to a mebibyte at a time,
    // and most folders fill a page of it.
    thread_local std::vector<char> buffer;
    if (buffer.size() < size) buffer.resize(size);
    std::size_t used = 0;
    for (auto index = static_cast<std::size_t>(offset);
         index < children.size() + 2; ++index) {
      ListedName next = listed(children, index, inode);
      if (plus && index >= 2 && !children[index - 2].id.is_fleeting()) {
        add_attributes(request, children[index - 2], next.entry);
      }
      const auto next_offset = static_cast<off_t>(index + 1);
      char* place = buffer.data() + used;
      const std::size_t left = size - used;
      const std::size_t length =
          plus ? fuse_add_direntry_plus(request, place, left, next.name,
                                        &next.entry, next_offset)
               : fuse_add_direntry(request, place, left, next.name,
                                   &next.entry.attr, next_offset);
      if (length > left) break;
      used += length;
    }
    fuse_reply_buf(request, buffer.data(), used);
  });
}

void op_readdir(fuse_req_t request, fuse_ino_t inode, std::size_t size,
                off_t offset, fuse_file_info* info) {
  list(request, inode, size, offset, info, false);
}

void op_readdirplus(fuse_req_t request, fuse_ino_t inode, std::size_t size,
                    off_t offset, fuse_file_info* info) {
  list(request, inode, size, offset, info, true);
}

}  // namespace

void add_folder_operations(fuse_lowlevel_ops& ops) {
  ops.opendir = counted<Operation::opendir, op_opendir>;
  ops.readdir = counted<Operation::readdir, op_readdir>;
  ops.readdirplus = counted<Operation::readdirplus, op_readdirplus>;
  ops.releasedir = counted<Operation::releasedir, op_releasedir>;
}

}  // namespace platter::fuse
