// src/capture/nbd_session.h
//
// The server's side of one NBD connection: the handshake, then requests, one
// after the other. Believes nothing that the client says.
#pragma once

#include <functional>

#include "nbd.h"
#include "platter/base/error.h"
#include "platter/base/file.h"

namespace platter::capture {

// For one thread.
class NbdSession {
 public:
  // What is done with the file goes through `guarded`, which answers whether it
  // was done.
  using Act = std::function<void()>;
  using Guard = std::function<bool(const Act&)>;

  // `socket` and `file` must outlive it.
  NbdSession(int socket, File& file, Guard guarded);

  // What begins every connection. A client that is there answers it.
  static void greet(int socket);
  // After greet(). Returns when the client is gone. Throws Errc::invalid when
  // it breaks the protocol.
  void run();

 private:
  struct ClientGone {};

  void receive(MutableBytes bytes);
  static void send_all(int socket, ByteView bytes);
  void send(ByteView bytes) { send_all(socket_, bytes); }
  template <typename T>
  T receive_number();

  bool shake_hands();
  bool answer_option(std::uint32_t option, bool no_zeroes);
  void send_export(bool no_zeroes);
  void reply(std::uint32_t option, std::uint32_t kind, ByteView data = {});
  void describe(std::uint32_t option);
  nbd::Request next_request();
  void answer_requests();
  void answer(const nbd::Request& request);
  nbd::Problem act_on(const nbd::Request& request, MutableBytes payload);
  void write(std::uint64_t offset, ByteView bytes);
  void write_zeros(std::uint64_t offset, std::uint64_t length);

  int socket_;
  File& file_;
  std::uint64_t size_;
  Guard guarded_;
  Bytes payload_;
};

}  // namespace platter::capture
