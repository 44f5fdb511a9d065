// tests/transfer/tls_test.cpp: who is believed to be a server.
#include <boost/test/unit_test.hpp>

#include "support/command.h"
#include "support/errors.h"
#include "transfer/fetching.h"
#include "transfer/web_server.h"

namespace platter::transfer {
namespace {

using test::has_code;
using test::run;
using test::says;

// Certificates in a folder, by the openssl command.
class Authority {
 public:
  Authority() {
    run(kNew + " -x509 -subj /CN=Test -days 30 -keyout " + path("ca.key") +
        " -out " + path("ca.pem") + " 2>/dev/null");
  }

  std::string path(const std::string& name) const {
    return folder_.path() / name;
  }
  // nginx's settings for a server with a certificate for `names`, such as
  // "IP:127.0.0.1", that is valid for `days` from now.
  std::string server(const std::string& names, const std::string& days) const {
    write_whole(path("names"), as_bytes("subjectAltName=" + names));
    run(kNew + " -subj /CN=server -keyout " + path("key") + " -out " +
        path("request") + " 2>/dev/null");
    run("openssl x509 -req -in " + path("request") + " -CA " + path("ca.pem") +
        " -CAkey " + path("ca.key") + " -CAcreateserial -days " + days +
        " -extfile " + path("names") + " -out " + path("server.pem") +
        " 2>/dev/null");
    return "ssl_certificate " + path("server.pem") + ";\nssl_certificate_key " +
           path("key") + ";\n";
  }

 private:
  inline static const std::string kNew =
      "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  test::TemporaryFolder folder_;
};

struct Fixture {
  void serve(const std::string& names, const std::string& days = "30",
             const std::string& more = "") {
    port = test::free_port();
    server.kill();
    server.start("listen 127.0.0.1:" + std::to_string(port) + " ssl;\n" +
                 authority.server(names, days) + more);
    server.put("f", as_bytes("some bytes"));
    options = test::options_for(port);
    options.rules.ports.insert(server.port());
    options.ca_file = authority.path("ca.pem");
  }
  void get(const std::string& path = "/f") {
    fetch("https://127.0.0.1:" + std::to_string(port) + path, options, sink,
          watch);
  }

  Authority authority;
  test::WebServer server;
  std::uint16_t port = 0;
  FetchOptions options;
  test::Collected sink;
  test::Watch watch;
};

BOOST_FIXTURE_TEST_SUITE(transfer_tls, Fixture)

BOOST_AUTO_TEST_CASE(the_own_authority_vouches) {
  serve("IP:127.0.0.1");
  get();
  BOOST_TEST(as_text(sink.bytes) == "some bytes");
}

BOOST_AUTO_TEST_CASE(an_authority_that_is_not_known_does_not) {
  serve("IP:127.0.0.1");
  options.ca_file.clear();
  BOOST_CHECK_EXCEPTION(get(), Error, says(Errc::remote, "ca_file"));
  options.ca_file = Authority().path("ca.pem");
  BOOST_CHECK_EXCEPTION(get(), Error, has_code(Errc::remote));
  // And is not asked again.
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_authority_is_named) {
  serve("IP:127.0.0.1");
  options.ca_file = "/nonexistent/ca.pem";
  BOOST_CHECK_EXCEPTION(get(), Error,
                        says(Errc::remote, "/nonexistent/ca.pem"));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_host_is_refused) {
  serve("DNS:images.example,IP:127.0.0.2");
  BOOST_CHECK_EXCEPTION(get(), Error, says(Errc::remote, "127.0.0.1"));
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(the_name_counts_that_was_asked_for) {
  serve("DNS:localhost");
  options.rules.allow = {HostPattern::parse("localhost")};
  fetch("https://localhost:" + std::to_string(port) + "/f", options, sink,
        watch);
  BOOST_TEST(as_text(sink.bytes) == "some bytes");
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused) {
  serve("IP:127.0.0.1", "-1");
  BOOST_CHECK_EXCEPTION(get(), Error, says(Errc::remote, "expired"));
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_CASE(old_protocols_are_refused) {
  serve("IP:127.0.0.1", "30",
        "ssl_protocols TLSv1 TLSv1.1;\nssl_ciphers ALL:@SECLEVEL=0;\n");
  options.retries = 0;
  BOOST_CHECK_EXCEPTION(get(), Error, has_code(Errc::remote));
}

BOOST_AUTO_TEST_CASE(a_redirect_to_http_is_followed_only_when_it_may) {
  const std::string to = server.url("/f");
  serve("IP:127.0.0.1", "30", "location = /moved { return 302 " + to + "; }\n");
  BOOST_CHECK_EXCEPTION(get("/moved"), Error,
                        says(Errc::forbidden, "vouches"));
  BOOST_TEST(sink.bytes.empty());
  options.allow_downgrade = true;
  get("/moved");
  BOOST_TEST(as_text(sink.bytes) == "some bytes");
}

BOOST_AUTO_TEST_CASE(a_redirect_to_https_is_verified) {
  serve("DNS:images.example");
  const std::string to = "https://127.0.0.1:" + std::to_string(port) + "/f";
  server.kill();
  server.start("listen 127.0.0.1:" + std::to_string(port) + " ssl;\n" +
               authority.server("DNS:images.example", "30") +
               "location = /moved { return 302 " + to + "; }\n");
  BOOST_CHECK_EXCEPTION(fetch(server.url("/moved"), options, sink, watch),
                        Error, has_code(Errc::remote));
  BOOST_TEST(sink.bytes.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::transfer
