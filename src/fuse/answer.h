// src/fuse/answer.h
//
// How every operation answers: with what it was asked for, or with an errno for
// what is thrown.
#pragma once

#include <cerrno>
#include <new>

#include "convert.h"
#include "operations.h"
#include "platter/base/error.h"
#include "platter/base/log.h"

namespace platter::fuse {

inline Server& server_of(fuse_req_t request) {
  return *static_cast<Server*>(fuse_req_userdata(request));
}
inline tree::Tree& tree_of(fuse_req_t request) {
  return server_of(request).tree;
}

// What this thread is answering: libfuse runs each request on one thread, from
// its start to its end.
struct Answering {
  Operation operation = Operation::lookup;
  int error = 0;  // the errno that it was answered with
};
inline thread_local Answering answering;

// fuse_reply_err, for everything that is not answered with success.
inline void reply_error(fuse_req_t request, int error) {
  answering.error = error;
  fuse_reply_err(request, error);
}
inline void reply_done(fuse_req_t request) { fuse_reply_err(request, 0); }

// Answers with the errno of a refusal, and keeps its sentence where a user can
// read it.
void refuse(fuse_req_t request, fuse_ino_t inode, const char* name,
            const Error& error);

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
    reply_error(request, ENOMEM);
  } catch (const std::exception& error) {
    log::error("bug, not an Error", {{"what", error.what()}});
    reply_error(request, EIO);
  }
}

template <typename Op>
void answer(fuse_req_t request, fuse_ino_t inode, Op op) noexcept {
  answer(request, inode, "", op);
}

// The same for what may change names or nodes that the kernel knows of by
// another road.
template <typename Op>
void answer_change(fuse_req_t request, fuse_ino_t inode, const char* name,
                   Op op) noexcept {
  Server& server = server_of(request);  // the request is gone once answered
  answer(request, inode, name, op);
  server.poke();
}

template <typename Op>
void answer_change(fuse_req_t request, fuse_ino_t inode, Op op) noexcept {
  answer_change(request, inode, "", op);
}

}  // namespace platter::fuse
