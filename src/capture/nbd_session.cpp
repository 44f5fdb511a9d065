// src/capture/nbd_session.cpp
#include "nbd_session.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "platter/base/integers.h"

namespace platter::capture {

using namespace nbd;

namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(Errc::invalid, "NBD: the client sent " + what);
}

bool carries_data(std::uint16_t command) { return command == Command::write; }

}  // namespace

NbdSession::NbdSession(int socket, File& file, Guard guarded)
    : socket_(socket),
      file_(file),
      size_(file.size()),
      guarded_(std::move(guarded)) {}

void NbdSession::receive(MutableBytes bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw ClientGone{};
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

void NbdSession::send_all(int socket, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) throw ClientGone{};
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

template <typename T>
T NbdSession::receive_number() {
  std::array<std::byte, sizeof(T)> bytes;
  receive(bytes);
  return load_be<T>(bytes);
}

void NbdSession::run() {
  try {
    if (shake_hands()) answer_requests();
  } catch (const ClientGone&) {
  }
}

// ---- The handshake ---------------------------------------------------------

void NbdSession::greet(int socket) {
  std::array<std::byte, 18> greeting;
  store_be(greeting, 0, kMagic);
  store_be(greeting, 8, kOptionMagic);
  store_be<std::uint16_t>(greeting, 16, kFixedNewstyle | kNoZeroes);
  send_all(socket, greeting);
}

// False: the client asked for nothing.
bool NbdSession::shake_hands() {
  const bool no_zeroes = (receive_number<std::uint32_t>() & kNoZeroes) != 0;
  for (;;) {
    if (receive_number<std::uint64_t>() != kOptionMagic) {
      refuse("no option where one belongs");
    }
    const auto option = receive_number<std::uint32_t>();
    const auto length = receive_number<std::uint32_t>();
    if (length > kMaxOption) {
      refuse("an option of " + std::to_string(length) + " bytes");
    }
    Bytes data(length);
    receive(data);
    if (option == Option::abort) {
      reply(option, OptionReply::acknowledge);
      return false;
    }
    if (answer_option(option, no_zeroes)) return true;
  }
}

// Whether the transmission begins.
bool NbdSession::answer_option(std::uint32_t option, bool no_zeroes) {
  switch (option) {
    case Option::export_name:
      send_export(no_zeroes);
      return true;
    case Option::info:
    case Option::go:
      describe(option);
      return option == Option::go;
    default:
      reply(option, OptionReply::unsupported);
      return false;
  }
}

void NbdSession::send_export(bool no_zeroes) {
  std::array<std::byte, 10 + 124> description{};
  store_be(description, 0, size_);
  store_be(description, 8, kFlags);
  send(ByteView(description).first(no_zeroes ? 10 : description.size()));
}

void NbdSession::reply(std::uint32_t option, std::uint32_t kind,
                       ByteView data) {
  Bytes bytes(20);
  store_be(bytes, 0, kOptionReplyMagic);
  store_be(bytes, 8, option);
  store_be(bytes, 12, kind);
  store_be(bytes, 16, static_cast<std::uint32_t>(data.size()));
  bytes.insert(bytes.end(), data.begin(), data.end());
  send(bytes);
}

void NbdSession::describe(std::uint32_t option) {
  std::array<std::byte, 12> size;
  store_be(size, 0, kInfoExport);
  store_be(size, 2, size_);
  store_be(size, 10, kFlags);
  reply(option, OptionReply::information, size);
  std::array<std::byte, 14> blocks;
  store_be(blocks, 0, kInfoBlockSize);
  store_be<std::uint32_t>(blocks, 2, 1);
  store_be<std::uint32_t>(blocks, 6, kPageSize);
  store_be(blocks, 10, kMaxPayload);
  reply(option, OptionReply::information, blocks);
  reply(option, OptionReply::acknowledge);
}

// ---- Requests --------------------------------------------------------------

Request NbdSession::next_request() {
  std::array<std::byte, Request::kSize> bytes;
  receive(bytes);
  if (load_be<std::uint32_t>(bytes) != kRequestMagic) {
    refuse("no request where one belongs");
  }
  Request request;
  request.command = load_be<std::uint16_t>(bytes, 6);
  request.cookie = load_be<std::uint64_t>(bytes, 8);
  request.offset = load_be<std::uint64_t>(bytes, 16);
  request.length = load_be<std::uint32_t>(bytes, 24);
  const bool moves =
      request.command == Command::read || request.command == Command::write;
  if (moves && request.length > kMaxPayload) {
    refuse("a request for " + std::to_string(request.length) + " bytes");
  }
  return request;
}

void NbdSession::answer_requests() {
  for (;;) {
    const Request request = next_request();
    if (request.command == Command::disconnect) return;
    answer(request);
  }
}

void NbdSession::answer(const Request& request) {
  constexpr std::size_t kHead = 16;
  const bool moves =
      request.command == Command::read || carries_data(request.command);
  payload_.resize(kHead + (moves ? request.length : 0));
  const MutableBytes payload = MutableBytes(payload_).subspan(kHead);
  if (carries_data(request.command)) receive(payload);
  const Problem problem = act_on(request, payload);
  store_be(payload_, 0, kReplyMagic);
  store_be<std::uint32_t>(payload_, 4, problem);
  store_be(payload_, 8, request.cookie);
  const bool brings = request.command == Command::read && problem == none;
  send(ByteView(payload_).first(brings ? payload_.size() : kHead));
}

Problem NbdSession::act_on(const Request& request, MutableBytes payload) {
  const auto end = checked_add(request.offset, request.length);
  if (!end || *end > size_) return Problem::invalid;
  switch (request.command) {
    case Command::read:
      return guarded_([&] { file_.read(request.offset, payload); })
                 ? Problem::none
                 : Problem::io;
    // What fails is told to those who look at the file, not to the client: it
    // would fail what its guest writes.
    case Command::write:
      guarded_([&] { write(request.offset, payload); });
      return Problem::none;
    case Command::write_zeroes:
      guarded_([&] { write_zeros(request.offset, request.length); });
      return Problem::none;
    case Command::flush:
      // What counts is the sync before the file is closed.
      return Problem::none;
    default:
      return Problem::invalid;
  }
}

void NbdSession::write(std::uint64_t offset, ByteView bytes) {
  if (all_zero(bytes)) return write_zeros(offset, bytes.size());
  file_.write(offset, bytes);
}

// A hole reads as zeros and costs nothing: only over data they are written.
void NbdSession::write_zeros(std::uint64_t offset, std::uint64_t length) {
  static const Bytes kZeros(kMiB);
  const std::uint64_t end = offset + length;
  while (offset < end) {
    const auto data = file_.next_data(offset);
    if (!data || *data >= end) return;
    offset = *data;
    const std::uint64_t piece = std::min(
        {file_.next_hole(offset) - offset, end - offset, std::uint64_t{kMiB}});
    file_.write(offset, ByteView(kZeros).first(piece));
    offset += piece;
  }
}

}  // namespace platter::capture
