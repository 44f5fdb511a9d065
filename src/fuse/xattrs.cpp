// src/fuse/xattrs.cpp: extended attributes.
#include "acl.h"
#include "counted.h"

namespace platter::fuse {

namespace {

// The two calls of getxattr and listxattr: size 0 asks how long the answer is.
void reply_sized(fuse_req_t request, std::string_view value, std::size_t size) {
  if (size == 0) {
    fuse_reply_xattr(request, value.size());
  } else if (value.size() > size) {
    reply_error(request, ERANGE);
  } else {
    fuse_reply_buf(request, value.data(), value.size());
  }
}

// The kernel asks for it before it goes by a node's mode, and remembers it
// for every caller.
void answer_access_list(fuse_req_t request, fuse_ino_t inode,
                        std::size_t size) {
  answer(request, inode, [&] {
    tree::Tree& tree = tree_of(request);
    const auto admins = tree.admin_group();
    const auto list =
        admins
            ? access_list(tree.attributes(caller_of(request), node_of(inode)),
                          *admins)
            : std::nullopt;
    if (list) {
      reply_sized(request, *list, size);
    } else {
      reply_error(request, ENODATA);
    }
  });
}

// Modes mean nothing here when they are set, and so does a list that says no
// more.
bool means_nothing(fuse_req_t request, std::string_view name,
                   std::string_view value) {
  const auto admins = tree_of(request).admin_group();
  return admins && is_plain_list(name, value, *admins);
}

void op_getxattr(fuse_req_t request, fuse_ino_t inode, const char* name,
                 std::size_t size) {
  if (name == kAccessList) return answer_access_list(request, inode, size);
  // The kernel asks for security.capability before each write.
  if (!std::string_view(name).starts_with("user.")) {
    reply_error(request, ENODATA);
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
  answer_change(request, inode, [&] {
    const std::string_view text(value, size);
    if (!means_nothing(request, name, text)) {
      tree_of(request).set_attribute(caller_of(request), node_of(inode), name,
                                     text);
    }
    reply_done(request);
  });
}

void op_removexattr(fuse_req_t request, fuse_ino_t inode, const char* name) {
  answer_change(request, inode, [&] {
    if (!means_nothing(request, name, {})) {
      tree_of(request).remove_attribute(caller_of(request), node_of(inode),
                                        name);
    }
    reply_done(request);
  });
}

}  // namespace

void add_xattr_operations(fuse_lowlevel_ops& ops) {
  ops.getxattr = counted<Operation::getxattr, op_getxattr>;
  ops.listxattr = counted<Operation::listxattr, op_listxattr>;
  ops.setxattr = counted<Operation::setxattr, op_setxattr>;
  ops.removexattr = counted<Operation::removexattr, op_removexattr>;
}

}  // namespace platter::fuse
