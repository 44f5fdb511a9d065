// tests/transfer/fetching.h
//
// What tests fetch with: options that are in a hurry, a sink that keeps what
// it gets, and the odd server.
#pragma once

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <stdexcept>
#include <string>

#include "platter/base/amounts.h"
#include "platter/transfer/fetch.h"
#include "support/process.h"
#include "transfer/folders.h"

namespace platter::test {

// Keeps all bytes and holds the contract's other half to account.
class Collected final : public transfer::Sink {
 public:
  void write(std::uint64_t offset, ByteView piece) override {
    // Boost's checks are for one thread, and several may fetch.
    if (offset != bytes.size()) throw std::logic_error("a gap, or twice");
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    if (after_write) after_write();
  }
  void restart() override {
    bytes.clear();
    ++restarts;
  }

  Bytes bytes;
  int restarts = 0;
  std::function<void()> after_write;
};

class Watch final : public transfer::Control {
 public:
  bool cancelled() override {
    ++asked;
    return cancel;
  }
  void progress(const transfer::ResumePoint& reached) override {
    if (reached.offset == 0) throw std::logic_error("no progress at all");
    point = reached;
  }

  std::atomic<bool> cancel = false;
  std::atomic<int> asked = 0;
  transfer::ResumePoint point;
};

// From 127.0.0.1, at `port`.
inline transfer::FetchOptions options_for(std::uint16_t port) {
  using std::chrono::milliseconds;
  transfer::FetchOptions options;
  options.rules.allow = {transfer::HostPattern::parse("127.0.0.1")};
  options.rules.ports = {port};
  options.retries = 3;
  options.first_pause = milliseconds(5);
  options.longest_pause = milliseconds(2'000);
  options.total_timeout = milliseconds(60'000);
  return options;
}

class OddServer {
 public:
  OddServer() {
    const auto port = parse_number<std::uint16_t>(process_.line());
    BOOST_REQUIRE_MESSAGE(port, "odd_server.py does not start");
    port_ = *port;
  }

  // One for all tests, as if it had just been started.
  static OddServer& shared() {
    static OddServer server;
    server.get("/reset");
    return server;
  }

  std::uint16_t port() const { return port_; }
  // Of a file that is answered as `query` says.
  std::string url(const std::string& query,
                  const std::string& path = "/f") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path + "?" + query;
  }
  // As content() in the script.
  static Bytes content(std::size_t size = 100'000) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<std::byte>(i * 7 + i / 251);
    }
    return bytes;
  }
  // The requests so far.
  std::string seen() const { return get("/seen"); }

 private:
  std::string get(const std::string& path) const {
    Collected sink;
    Watch watch;
    transfer::fetch(url("", path), options_for(port_), sink, watch);
    return std::string(as_text(sink.bytes));
  }

  Process process_{{"python3", std::string(kTransferTests) + "/odd_server.py"}};
  std::uint16_t port_ = 0;
};

}  // namespace platter::test
