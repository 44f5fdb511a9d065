// tests/tree/condition_test.cpp: info/health and info/metrics: who sees what of
// how the service is.
#include "platter/json/json.h"
#include "tree.h"

namespace platter::tree {
namespace {

using metrics::State;
using metrics::Verdict;
using test::has_code;

struct Fixture : test::TestTree {
  Fixture() {
    health().add("disk", [this] { return Verdict{state, "see to \"it\""}; });
    figures().add([this] {
      return metrics::Families{metrics::gauge("platter_x", "X.", value)};
    });
  }

  json::Json document() {
    return json::parse_object(text("info/health"), "info/health");
  }

  State state = State::ok;
  int value = 1;
};

BOOST_FIXTURE_TEST_SUITE(tree_condition, Fixture)

BOOST_AUTO_TEST_CASE(health_is_one_object) {
  BOOST_TEST(document()["status"] == "ok");
  state = State::failing;
  const json::Json now = document();
  BOOST_TEST(now["status"] == "failing");
  BOOST_REQUIRE(now["checks"].size() == 1u);
  BOOST_TEST(now["checks"][0]["name"] == "disk");
  BOOST_TEST(now["checks"][0]["status"] == "failing");
  BOOST_TEST(now["checks"][0]["message"] == "see to \"it\"");
}

BOOST_AUTO_TEST_CASE(what_is_opened_is_what_holds_then) {
  const auto handle = tree().open(admin(), at("info/metrics"), {});
  value = 2;
  Bytes early(8192);
  early.resize(handle->read(0, early));
  BOOST_TEST(as_text(early).find("platter_x 1\n") != std::string::npos);
  BOOST_TEST(text("info/metrics").find("platter_x 2\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(everybody_reads_health_and_administrators_metrics) {
  be_host();
  BOOST_CHECK(!cat(stranger(), "info/health").empty());
  BOOST_CHECK(!cat(web(), "info/health").empty());
  BOOST_CHECK(!cat(admin(), "info/metrics").empty());
  for (const Caller& caller : {stranger(), web(), member()}) {
    BOOST_CHECK_EXCEPTION(cat(caller, "info/metrics"), Error,
                          has_code(Errc::denied));
  }
  BOOST_TEST(find("info/health")->permissions == 0444u);
  BOOST_TEST(find("info/metrics")->permissions == 0400u);
  BOOST_TEST(find("info/metrics")->admin_permissions == 04u);
}

BOOST_AUTO_TEST_CASE(projects_have_neither) {
  be_host();
  for (const char* name : {"health", "metrics"}) {
    const std::string own = std::string("info/") + name;
    BOOST_TEST(exists(own));
    BOOST_TEST(!find(web(), "projects/web/" + own).has_value());
    for (const std::string& listed : ls(web(), "projects/web/info")) {
      BOOST_TEST(listed != name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
