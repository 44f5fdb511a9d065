// src/fuse/answer.cpp
#include "answer.h"

#include "errno.h"

namespace platter::fuse {

namespace {

// A refusal that only says "not there" is nothing to complain of: programs
// ask for what may be there all the time.
bool is_noteworthy(Errc code) {
  return code != Errc::not_found && code != Errc::no_data;
}

}  // namespace

void refuse(fuse_req_t request, fuse_ino_t inode, const char* name,
            const Error& error) {
  const int number = errno_of(error.code());
  if (is_noteworthy(error.code())) {
    tree_of(request).complain(caller_of(request),
                              {node_of(inode), name, errno_name(number), error,
                               name_of(answering.operation)});
  }
  reply_error(request, number);
}

}  // namespace platter::fuse
