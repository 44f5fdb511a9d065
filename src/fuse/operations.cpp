// src/fuse/operations.cpp: decode, call, reply. Nothing is decided here.
#include "operations.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>

#include "convert.h"
#include "errno.h"
#include "platter/base/log.h"

namespace platter::fuse {

using tree::Child;
using tree::Handle;

namespace {

constexpr unsigned kMaxWrite = 1024 * 1024;  // bytes; the kernel's own limit

Server& server_of(fuse_req_t request) {
  return *static_cast<Server*>(fuse_req_userdata(request));
}
tree::Tree& tree_of(fuse_req_t request) { return server_of(request).tree; }

Handle& handle_of(const fuse_file_info* info) {
  return *reinterpret_cast<Handle*>(info->fh);
}

using Children = std::vector<Child>;
Children& children_of(const fuse_file_info* info) {
  return *reinterpret_cast<Children*>(info->fh);
}

// A refusal that only says "not there" is nothing to complain of: programs
// ask for what may be there all the time.
bool is_noteworthy(Errc code) {
  return code != Errc::not_found && code != Errc::no_data;
}

void refuse(fuse_req_t request, fuse_ino_t inode, const char* name,
            const Error& error) {
  const int number = errno_of(error.code());
  if (is_noteworthy(error.code())) {
    const tree::Caller caller = caller_of(request);
    tree_of(request).complain(caller, node_of(inode), name, errno_name(number),
                              error.what());
    log::info("refused", {{"errno", errno_name(number)},
                          {"uid", caller.uid},
                          {"node", inode},
                          {"name", name},
                          {"why", error.what()}});
  }
  fuse_reply_err(request, number);
}

// Runs `op`, which replies on success; replies for it if it throws. `inode`
// and `name` say in the journal what was asked about. noexcept: an exception
// must not unwind into libfuse, which is C.
template <typename Op>
void answer(fuse_req_t request, fuse_ino_t inode, const char* name,
            Op op) noexcept {
  try {
    op();
  } catch (const Error& error) {
    refuse(request, inode, name, error);
  } catch (const std::bad_alloc&) {
    fuse_reply_err(request, ENOMEM);
  } catch (const std::exception& error) {
    log::error("bug, not an Error", {{"what", error.what()}});
    fuse_reply_err(request, EIO);
  }
}

template <typename Op>
void answer(fuse_req_t request, fuse_ino_t inode, Op op) noexcept {
  answer(request, inode, "", op);
}

// How the kernel is to treat an open file: what never changes stays in its
// cache, everything else is asked for each time.
void describe(fuse_file_info& info, std::unique_ptr<Handle> handle) {
  info.keep_cache = handle->sealed();
  info.direct_io = !handle->sealed();
  info.fh = reinterpret_cast<std::uint64_t>(handle.release());
}

tree::OpenMode mode_of(int flags) {
  return {(flags & O_ACCMODE) != O_RDONLY, (flags & O_TRUNC) != 0};
}

void op_init(void* data, fuse_conn_info* connection) {
  connection->max_write = kMaxWrite;
  connection->max_background = 64;
  connection->max_readahead =
      static_cast<unsigned>(static_cast<Server*>(data)->readahead);
}

void op_lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  answer(request, parent, name, [&] {
    const auto found =
        tree_of(request).lookup(caller_of(request), node_of(parent), name);
    if (!found) {
      fuse_reply_err(request, ENOENT);
      return;
    }
    const fuse_entry_param entry = to_entry(*found);
    fuse_reply_entry(request, &entry);
  });
}

void op_forget(fuse_req_t request, fuse_ino_t, std::uint64_t) {
  fuse_reply_none(request);  // node ids are values: nothing to forget
}

void op_forget_multi(fuse_req_t request, std::size_t, fuse_forget_data*) {
  fuse_reply_none(request);
}

void reply_attributes(fuse_req_t request, const tree::Attributes& attributes) {
  const struct stat status = to_stat(attributes);
  fuse_reply_attr(request, &status, seconds_of(attributes.lifetime));
}

void op_getattr(fuse_req_t request, fuse_ino_t inode, fuse_file_info*) {
  answer(request, inode, [&] {
    reply_attributes(request, tree_of(request).attributes(caller_of(request),
                                                          node_of(inode)));
  });
}

void op_setattr(fuse_req_t request, fuse_ino_t inode, struct stat* wanted,
                int to_set, fuse_file_info* info) {
  answer(request, inode, [&] {
    Handle* open = info ? &handle_of(info) : nullptr;
    reply_attributes(
        request, tree_of(request).change(caller_of(request), node_of(inode),
                                         to_changes(*wanted, to_set), open));
  });
}

void op_mkdir(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t) {
  answer(request, parent, name, [&] {
    const fuse_entry_param entry = to_entry(tree_of(request).make_folder(
        caller_of(request), node_of(parent), name));
    fuse_reply_entry(request, &entry);
  });
}

void op_create(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t,
               fuse_file_info* info) {
  Server& server = server_of(request);
  answer(request, parent, name, [&] {
    auto opened =
        tree_of(request).create(caller_of(request), node_of(parent), name);
    describe(*info, std::move(opened.handle));
    const fuse_entry_param entry = to_entry(opened.attributes);
    // Interrupted: the kernel does not know of the handle and never closes it.
    if (fuse_reply_create(request, &entry, info) != 0) delete &handle_of(info);
  });
  server.poke();
}

void op_mknod(fuse_req_t request, fuse_ino_t parent, const char* name,
              mode_t mode, dev_t) {
  answer(request, parent, name, [&] {
    if (!S_ISREG(mode)) {
      throw Error(Errc::forbidden, "only plain files and folders are kept");
    }
    const auto opened =
        tree_of(request).create(caller_of(request), node_of(parent), name);
    const fuse_entry_param entry = to_entry(opened.attributes);
    fuse_reply_entry(request, &entry);
  });
}

void op_unlink(fuse_req_t request, fuse_ino_t parent, const char* name) {
  Server& server = server_of(request);
  answer(request, parent, name, [&] {
    tree_of(request).remove_file(caller_of(request), node_of(parent), name);
    fuse_reply_err(request, 0);
  });
  server.poke();
}

void op_rmdir(fuse_req_t request, fuse_ino_t parent, const char* name) {
  answer(request, parent, name, [&] {
    tree_of(request).remove_folder(caller_of(request), node_of(parent), name);
    fuse_reply_err(request, 0);
  });
}

void op_rename(fuse_req_t request, fuse_ino_t parent, const char* name,
               fuse_ino_t new_parent, const char* new_name, unsigned flags) {
  answer(request, parent, name, [&] {
    if ((flags & ~unsigned{RENAME_NOREPLACE}) != 0) {
      throw Error(Errc::invalid, "two names cannot be exchanged");
    }
    tree_of(request).rename(caller_of(request), {node_of(parent), name},
                            {node_of(new_parent), new_name},
                            (flags & RENAME_NOREPLACE) == 0);
    fuse_reply_err(request, 0);
  });
}

void refuse_link(fuse_req_t request, fuse_ino_t parent, const char* name) {
  answer(request, parent, name, [] {
    throw Error(Errc::forbidden, "links are not kept; copy or rename instead");
  });
}

void op_symlink(fuse_req_t request, const char*, fuse_ino_t parent,
                const char* name) {
  refuse_link(request, parent, name);
}

void op_link(fuse_req_t request, fuse_ino_t, fuse_ino_t new_parent,
             const char* new_name) {
  refuse_link(request, new_parent, new_name);
}

void op_open(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) {
  answer(request, inode, [&] {
    describe(*info, tree_of(request).open(caller_of(request), node_of(inode),
                                          mode_of(info->flags)));
    if (fuse_reply_open(request, info) != 0) delete &handle_of(info);
  });
}

void op_read(fuse_req_t request, fuse_ino_t inode, std::size_t size,
             off_t offset, fuse_file_info* info) {
  answer(request, inode, [&] {
    // Kept for the thread's life: clearing a fresh one for each read costs
    // more than the copy to the kernel.
    thread_local Bytes buffer;
    if (buffer.size() < size) buffer.resize(size);
    const std::size_t got = handle_of(info).read(
        static_cast<std::uint64_t>(offset), MutableBytes(buffer).first(size));
    fuse_reply_buf(request, reinterpret_cast<const char*>(buffer.data()), got);
  });
}

void op_write(fuse_req_t request, fuse_ino_t inode, const char* data,
              std::size_t size, off_t offset, fuse_file_info* info) {
  answer(request, inode, [&] {
    handle_of(info).write(static_cast<std::uint64_t>(offset),
                          as_bytes({data, size}));
    fuse_reply_write(request, size);
  });
}

void op_flush(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) {
  answer(request, inode, [&] {
    handle_of(info).flush(caller_of(request));
    fuse_reply_err(request, 0);
  });
}

void op_release(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) {
  answer(request, inode, [&] {
    delete &handle_of(info);
    fuse_reply_err(request, 0);
  });
}

void op_fsync(fuse_req_t request, fuse_ino_t inode, int, fuse_file_info* info) {
  answer(request, inode, [&] {
    handle_of(info).sync();
    fuse_reply_err(request, 0);
  });
}

void op_lseek(fuse_req_t request, fuse_ino_t inode, off_t offset, int whence,
              fuse_file_info* info) {
  answer(request, inode, [&] {
    const auto kind =
        whence == SEEK_DATA ? block::ExtentKind::data : block::ExtentKind::zero;
    const auto found =
        handle_of(info).seek(static_cast<std::uint64_t>(offset), kind);
    if (found) {
      fuse_reply_lseek(request, static_cast<off_t>(*found));
    } else {
      fuse_reply_err(request, ENXIO);
    }
  });
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
  fuse_reply_err(request, 0);
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
  entry.attr.st_mode = child.type == tree::NodeType::folder ? S_IFDIR : S_IFREG;
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
    std::vector<char> buffer(size);
    std::size_t used = 0;
    for (auto index = static_cast<std::size_t>(offset);
         index < children.size() + 2; ++index) {
      ListedName next = listed(children, index, inode);
      if (plus && index >= 2) {
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

void op_statfs(fuse_req_t request, fuse_ino_t inode) {
  answer(request, inode, [&] {
    const tree::Usage usage =
        tree_of(request).usage(caller_of(request), node_of(inode));
    struct statvfs space {};
    space.f_bsize = kPageSize;
    space.f_frsize = kPageSize;
    space.f_blocks = usage.total / kPageSize;
    space.f_bfree = usage.free / kPageSize;
    space.f_bavail = space.f_bfree;
    space.f_files = usage.images + usage.images_free;
    space.f_ffree = usage.images_free;
    space.f_favail = space.f_ffree;
    space.f_namemax = 255;
    fuse_reply_statfs(request, &space);
  });
}

// The two calls of getxattr and listxattr: size 0 asks how long the answer is.
void reply_sized(fuse_req_t request, std::string_view value, std::size_t size) {
  if (size == 0) {
    fuse_reply_xattr(request, value.size());
  } else if (value.size() > size) {
    fuse_reply_err(request, ERANGE);
  } else {
    fuse_reply_buf(request, value.data(), value.size());
  }
}

void op_getxattr(fuse_req_t request, fuse_ino_t inode, const char* name,
                 std::size_t size) {
  // The kernel asks for security.capability before each write.
  if (!std::string_view(name).starts_with("user.")) {
    fuse_reply_err(request, ENODATA);
    return;
  }
  answer(request, inode, [&] {
    reply_sized(request,
                tree_of(request).get_attribute(caller_of(request),
                                               node_of(inode), name),
                size);
  });
}

void op_listxattr(fuse_req_t request, fuse_ino_t inode, std::size_t size) {
  answer(request, inode, [&] {
    std::string names;
    for (const std::string& name :
         tree_of(request).attribute_names(caller_of(request), node_of(inode))) {
      names += name;
      names += '\0';
    }
    reply_sized(request, names, size);
  });
}

void op_setxattr(fuse_req_t request, fuse_ino_t inode, const char* name,
                 const char* value, std::size_t size, int) {
  answer(request, inode, [&] {
    tree_of(request).set_attribute(caller_of(request), node_of(inode), name,
                                   {value, size});
    fuse_reply_err(request, 0);
  });
}

void op_removexattr(fuse_req_t request, fuse_ino_t inode, const char* name) {
  answer(request, inode, [&] {
    tree_of(request).remove_attribute(caller_of(request), node_of(inode), name);
    fuse_reply_err(request, 0);
  });
}

}  // namespace

void Server::poke() {
  {
    const std::scoped_lock lock(mutex);
    poked = true;
  }
  wake.notify_one();
}

fuse_lowlevel_ops operations() {
  fuse_lowlevel_ops ops{};
  ops.init = op_init;
  ops.lookup = op_lookup;
  ops.forget = op_forget;
  ops.forget_multi = op_forget_multi;
  ops.getattr = op_getattr;
  ops.setattr = op_setattr;
  ops.mkdir = op_mkdir;
  ops.mknod = op_mknod;
  ops.create = op_create;
  ops.unlink = op_unlink;
  ops.rmdir = op_rmdir;
  ops.rename = op_rename;
  ops.symlink = op_symlink;
  ops.link = op_link;
  ops.open = op_open;
  ops.read = op_read;
  ops.write = op_write;
  ops.flush = op_flush;
  ops.release = op_release;
  ops.fsync = op_fsync;
  ops.lseek = op_lseek;
  ops.opendir = op_opendir;
  ops.readdir = op_readdir;
  ops.readdirplus = op_readdirplus;
  ops.releasedir = op_releasedir;
  ops.statfs = op_statfs;
  ops.getxattr = op_getxattr;
  ops.listxattr = op_listxattr;
  ops.setxattr = op_setxattr;
  ops.removexattr = op_removexattr;
  return ops;
}

}  // namespace platter::fuse
