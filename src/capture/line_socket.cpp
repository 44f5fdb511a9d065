// src/capture/line_socket.cpp
#include "line_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "platter/base/error.h"

namespace platter::capture {

namespace {

[[noreturn]] void fail_to_connect(int number, const Path& path) {
  const std::string name = path.string();
  switch (number) {
    case ENOENT:
      throw Error(Errc::not_found, "there is no socket " + name);
    case ECONNREFUSED:
      throw Error(Errc::not_found, "nobody listens at " + name +
                                       "; the machine behind it has ended");
    case EACCES:
    case EPERM:
      throw Error(Errc::denied, "you may not connect to " + name);
    case EAGAIN:
      throw Error(Errc::busy,
                  "others wait at " + name + " already; try again later");
    default:
      throw system_error(number, "connect to " + name);
  }
}

sockaddr_un address_of(const Path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() >= sizeof(address.sun_path)) {
    throw Error(Errc::invalid,
                name +
                    " is too long for the name of a socket; change to its "
                    "folder and name it from there");
  }
  std::ranges::copy(name, address.sun_path);
  return address;
}

int left_until(SteadyTime deadline) {
  const auto left = std::chrono::ceil<Milliseconds>(
      deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<Milliseconds::rep>(left.count(), 0));
}

// A message that carries a descriptor beside its bytes.
class Message {
 public:
  Message(std::string_view bytes, int descriptor)
      : part_{const_cast<char*>(bytes.data()), bytes.size()} {
    header_.msg_iov = &part_;
    header_.msg_iovlen = 1;
    if (descriptor < 0) return;
    header_.msg_control = control_.data();
    header_.msg_controllen = control_.size();
    cmsghdr* const rights = CMSG_FIRSTHDR(&header_);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &descriptor, sizeof(int));
  }

  ssize_t send(int socket) const {
    return ::sendmsg(socket, &header_, MSG_NOSIGNAL);
  }

 private:
  iovec part_;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control_{};
  msghdr header_{};
};

}  // namespace

LineSocket::LineSocket(const Path& path)
    : path_(path),
      socket_(
          ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  if (socket_.number() < 0) throw system_error(errno, "make a socket");
  const sockaddr_un address = address_of(path);
  if (::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address),
                sizeof(address)) != 0) {
    fail_to_connect(errno, path);
  }
}

// False: not until then. A signal ends the wait, too.
bool LineSocket::wait_for(short events, SteadyTime deadline) {
  pollfd entry{socket_.number(), events, 0};
  const int ready = ::poll(&entry, 1, left_until(deadline));
  if (ready < 0 && errno != EINTR) {
    throw system_error(errno, "wait for " + path_.string());
  }
  return ready > 0;
}

void LineSocket::send(const std::string& line, SteadyTime deadline,
                      int descriptor) {
  const std::string text = line + "\n";
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t sent = Message(left, descriptor).send(socket_.number());
    if (sent >= 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
      descriptor = -1;
      continue;
    }
    if (errno == EPIPE || errno == ECONNRESET) {
      throw Error(Errc::io, "the other end of " + path_.string() + " is gone");
    }
    if (errno != EAGAIN && errno != EINTR) {
      throw system_error(errno, "write to " + path_.string());
    }
    if (!wait_for(POLLOUT, deadline) && left_until(deadline) == 0) {
      throw Error(Errc::busy, path_.string() + " takes nothing");
    }
  }
}

std::optional<std::string> LineSocket::next_line() {
  const std::size_t end = received_.find('\n', searched_);
  if (end == received_.npos) {
    searched_ = received_.size();
    if (searched_ > kMaxLine) {
      throw Error(Errc::too_large, path_.string() +
                                       " sends a line of more than " +
                                       std::to_string(kMaxLine) + " bytes");
    }
    return std::nullopt;
  }
  std::string line = received_.substr(0, end);
  if (line.ends_with('\r')) line.pop_back();
  received_.erase(0, end + 1);
  searched_ = 0;
  return line;
}

std::optional<std::string> LineSocket::receive(SteadyTime deadline) {
  std::array<char, 64 * kKiB> piece;
  for (;;) {
    if (auto line = next_line()) return line;
    const ssize_t got = ::recv(socket_.number(), piece.data(), piece.size(), 0);
    if (got > 0) {
      received_.append(piece.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got == 0 || errno == ECONNRESET) {
      throw Error(Errc::io, "the other end of " + path_.string() + " is gone");
    }
    if (errno != EAGAIN && errno != EINTR) {
      throw system_error(errno, "read from " + path_.string());
    }
    if (!wait_for(POLLIN, deadline)) return std::nullopt;
  }
}

}  // namespace platter::capture
