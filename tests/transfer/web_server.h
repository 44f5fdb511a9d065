// tests/transfer/web_server.h
//
// A real nginx on 127.0.0.1, with files in a folder of its own.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "platter/base/file.h"
#include "support/folder.h"
#include "support/process.h"

namespace platter::test {

inline sockaddr_in local_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A port of 127.0.0.1 that nobody listens on.
inline std::uint16_t free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = local_address(0);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  BOOST_REQUIRE_EQUAL(bind(probe, any, size), 0);
  BOOST_REQUIRE_EQUAL(getsockname(probe, any, &size), 0);
  close(probe);
  return ntohs(address.sin_port);
}

inline bool answers(std::uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = local_address(port);
  const bool connected =
      connect(probe, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) == 0;
  close(probe);
  return connected;
}

class WebServer {
 public:
  // `settings` are nginx's, inside server { }; of them "listen" is there.
  explicit WebServer(const std::string& settings = "") : port_(free_port()) {
    std::filesystem::create_directory(folder_.path() / "files");
    start(settings);
  }

  // Stands still until it accepts connections.
  void start(const std::string& settings) {
    const std::string base = folder_.path();
    std::string text =
        "daemon off;\nmaster_process off;\npid BASE/pid;\n"
        "events { worker_connections 64; }\n"
        "http {\n"
        "  access_log off;\n"
        "  client_body_temp_path BASE/1;\n  proxy_temp_path BASE/2;\n"
        "  fastcgi_temp_path BASE/3;\n  uwsgi_temp_path BASE/4;\n"
        "  scgi_temp_path BASE/5;\n"
        "  log_format seen '$status $http_range $http_if_range';\n"
        "  server {\n"
        "    listen 127.0.0.1:" +
        std::to_string(port_) +
        ";\n"
        "    root BASE/files;\n"
        "    access_log BASE/seen seen;\n" +
        settings + "\n  }\n}\n";
    for (std::size_t at; (at = text.find("BASE")) != std::string::npos;) {
      text.replace(at, 4, base);
    }
    write_whole(folder_.path() / "nginx.conf", as_bytes(text));
    process_.emplace(std::vector<std::string>{"/usr/sbin/nginx", "-p", base,
                                              "-e", base + "/error", "-c",
                                              base + "/nginx.conf"});
    while (!answers(port_)) {
      BOOST_REQUIRE_MESSAGE(process_->is_running(), "nginx does not start");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  // In the middle of what it sends.
  void kill() { process_.reset(); }

  void put(const std::string& name, ByteView bytes) const {
    write_whole(folder_.path() / "files" / name, bytes);
  }
  // Status, Range and If-Range of each request, a line each. nginx writes one
  // when a request is done with, which may be after it was answered; so this
  // waits for `lines`.
  std::string seen(int lines) const {
    std::string text;
    while (std::ranges::count(text, '\n') < lines) {
      BOOST_REQUIRE(process_ && process_->is_running());
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      const auto read = read_whole(folder_.path() / "seen", kMiB);
      if (read) text = as_text(*read);
    }
    return text;
  }

  std::uint16_t port() const { return port_; }
  const Path& folder() const { return folder_.path(); }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  TemporaryFolder folder_;
  std::uint16_t port_;
  std::optional<Process> process_;
};

}  // namespace platter::test
