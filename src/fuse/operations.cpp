// src/fuse/operations.cpp: decode, call, reply. Nothing is decided here.
#include "operations.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>

#include "counted.h"

namespace platter::fuse {

using tree::Handle;

namespace {

constexpr unsigned kMaxWrite = 1024 * 1024;  // bytes; the kernel's own limit

Handle& handle_of(const fuse_file_info* info) {
  return *reinterpret_cast<Handle*>(info->fh);
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
  // Where `mine` leads depends on who reads it.
  connection->want &= ~unsigned{FUSE_CAP_CACHE_SYMLINKS};
  const auto& server = *static_cast<Server*>(data);
  if (server.tree.admin_group()) {
    connection->want |= connection->capable & FUSE_CAP_POSIX_ACL;
  }
  connection->max_readahead = static_cast<unsigned>(server.readahead);
}

void op_lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  answer(request, parent, name, [&] {
    const auto found =
        tree_of(request).lookup(caller_of(request), node_of(parent), name);
    if (!found) {
      reply_error(request, ENOENT);
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
  answer_change(request, inode, [&] {
    Handle* open = info ? &handle_of(info) : nullptr;
    reply_attributes(
        request, tree_of(request).change(caller_of(request), node_of(inode),
                                         to_changes(*wanted, to_set), open));
  });
}

void op_mkdir(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t) {
  answer_change(request, parent, name, [&] {
    const fuse_entry_param entry = to_entry(tree_of(request).make_folder(
        caller_of(request), node_of(parent), name));
    fuse_reply_entry(request, &entry);
  });
}

void op_create(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t,
               fuse_file_info* info) {
  answer_change(request, parent, name, [&] {
    auto opened =
        tree_of(request).create(caller_of(request), node_of(parent), name);
    describe(*info, std::move(opened.handle));
    const fuse_entry_param entry = to_entry(opened.attributes);
    // Interrupted: the kernel does not know of the handle and never closes it.
    if (fuse_reply_create(request, &entry, info) != 0) delete &handle_of(info);
  });
}

void op_mknod(fuse_req_t request, fuse_ino_t parent, const char* name,
              mode_t mode, dev_t) {
  answer_change(request, parent, name, [&] {
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
  answer_change(request, parent, name, [&] {
    tree_of(request).remove_file(caller_of(request), node_of(parent), name);
    reply_done(request);
  });
}

void op_rmdir(fuse_req_t request, fuse_ino_t parent, const char* name) {
  answer_change(request, parent, name, [&] {
    tree_of(request).remove_folder(caller_of(request), node_of(parent), name);
    reply_done(request);
  });
}

void op_rename(fuse_req_t request, fuse_ino_t parent, const char* name,
               fuse_ino_t new_parent, const char* new_name, unsigned flags) {
  answer_change(request, parent, name, [&] {
    if ((flags & ~unsigned{RENAME_NOREPLACE}) != 0) {
      throw Error(Errc::invalid, "two names cannot be exchanged");
    }
    tree_of(request).rename(caller_of(request), {node_of(parent), name},
                            {node_of(new_parent), new_name},
                            (flags & RENAME_NOREPLACE) == 0);
    reply_done(request);
  });
}

void op_symlink(fuse_req_t request, const char* target, fuse_ino_t parent,
                const char* name) {
  answer_change(request, parent, name, [&] {
    const fuse_entry_param entry = to_entry(tree_of(request).make_link(
        caller_of(request), node_of(parent), name, target));
    fuse_reply_entry(request, &entry);
  });
}

void op_readlink(fuse_req_t request, fuse_ino_t inode) {
  answer(request, inode, [&] {
    const std::string target =
        tree_of(request).read_link(caller_of(request), node_of(inode));
    fuse_reply_readlink(request, target.c_str());
  });
}

void op_link(fuse_req_t request, fuse_ino_t, fuse_ino_t new_parent,
             const char* new_name) {
  answer(request, new_parent, new_name, [] {
    throw Error(Errc::forbidden,
                "hard links are not kept; copy, rename, or make a version "
                "pointer: ln -s");
  });
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
    server_of(request).counts->note_read(got);
    fuse_reply_buf(request, reinterpret_cast<const char*>(buffer.data()), got);
  });
}

void op_write(fuse_req_t request, fuse_ino_t inode, const char* data,
              std::size_t size, off_t offset, fuse_file_info* info) {
  answer(request, inode, [&] {
    handle_of(info).write(static_cast<std::uint64_t>(offset),
                          as_bytes({data, size}));
    server_of(request).counts->note_written(size);
    fuse_reply_write(request, size);
  });
}

void op_flush(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) {
  answer_change(request, inode, [&] {
    handle_of(info).flush(caller_of(request));
    reply_done(request);
  });
}

void op_release(fuse_req_t request, fuse_ino_t inode, fuse_file_info* info) {
  answer(request, inode, [&] {
    delete &handle_of(info);
    reply_done(request);
  });
}

void op_fsync(fuse_req_t request, fuse_ino_t inode, int, fuse_file_info* info) {
  answer(request, inode, [&] {
    handle_of(info).sync();
    reply_done(request);
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
      reply_error(request, ENXIO);
    }
  });
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
  ops.lookup = counted<Operation::lookup, op_lookup>;
  ops.forget = op_forget;
  ops.forget_multi = op_forget_multi;
  ops.getattr = counted<Operation::getattr, op_getattr>;
  ops.setattr = counted<Operation::setattr, op_setattr>;
  ops.mkdir = counted<Operation::mkdir, op_mkdir>;
  ops.mknod = counted<Operation::mknod, op_mknod>;
  ops.create = counted<Operation::create, op_create>;
  ops.unlink = counted<Operation::unlink, op_unlink>;
  ops.rmdir = counted<Operation::rmdir, op_rmdir>;
  ops.rename = counted<Operation::rename, op_rename>;
  ops.readlink = counted<Operation::readlink, op_readlink>;
  ops.symlink = counted<Operation::symlink, op_symlink>;
  ops.link = counted<Operation::link, op_link>;
  ops.open = counted<Operation::open, op_open>;
  ops.read = counted<Operation::read, op_read>;
  ops.write = counted<Operation::write, op_write>;
  ops.flush = counted<Operation::flush, op_flush>;
  ops.release = counted<Operation::release, op_release>;
  ops.fsync = counted<Operation::fsync, op_fsync>;
  ops.lseek = counted<Operation::lseek, op_lseek>;
  ops.statfs = counted<Operation::statfs, op_statfs>;
  add_folder_operations(ops);
  add_xattr_operations(ops);
  return ops;
}

}  // namespace platter::fuse
