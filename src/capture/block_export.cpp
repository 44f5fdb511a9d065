// src/capture/block_export.cpp
#include "platter/capture/block_export.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "descriptor.h"
#include "nbd_session.h"

namespace platter::capture {

namespace {

std::int64_t steady_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

BlockExport::BlockExport() {
  std::array<int, 2> ends;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw system_error(errno, "make a pair of sockets");
  }
  server_ = std::make_unique<Descriptor>(ends[0]);
  client_ = std::make_unique<Descriptor>(ends[1]);
  NbdSession::greet(server_->number());
}

BlockExport::~BlockExport() {
  disconnect();
  if (thread_.joinable()) thread_.join();
}

bool BlockExport::has_client(std::chrono::milliseconds limit) const {
  pollfd entry{server_->number(), POLLIN, 0};
  return ::poll(&entry, 1, static_cast<int>(limit.count())) > 0 &&
         (entry.revents & POLLIN) != 0 && (entry.revents & POLLHUP) == 0;
}

void BlockExport::serve(File& target) {
  thread_ = std::thread([this, &target] { run(target); });
}

int BlockExport::client() const noexcept { return client_->number(); }

void BlockExport::hand_over() noexcept { client_->close(); }

void BlockExport::disconnect() noexcept {
  ::shutdown(server_->number(), SHUT_RDWR);
}

void BlockExport::finish() {
  hand_over();
  thread_.join();
  if (const auto problem = failure()) throw *problem;
}

std::optional<Error> BlockExport::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

bool BlockExport::is_stuck(std::chrono::seconds limit) const {
  const std::int64_t asked_at = asked_at_;
  return asked_at != 0 &&
         std::chrono::nanoseconds(steady_now() - asked_at) >= limit;
}

void BlockExport::fail(const Error& problem) {
  const std::scoped_lock lock(mutex_);
  if (!failure_) failure_ = problem;
}

void BlockExport::run(File& target) noexcept {
  const auto guarded = [this](const NbdSession::Act& act) {
    if (failure()) return false;
    asked_at_ = steady_now();
    try {
      act();
    } catch (const Error& error) {
      fail(error);
    }
    asked_at_ = 0;
    return !failure();
  };
  try {
    NbdSession(server_->number(), target, guarded).run();
  } catch (const Error& error) {
    fail(error);
  } catch (const std::exception& error) {
    fail(Error(Errc::io, error.what()));
  }
  // A client that waits for an answer is told that none comes.
  disconnect();
}

}  // namespace platter::capture
