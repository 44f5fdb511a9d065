// tests/service/policy_test.cpp: what the policy gives to owners or keeps to
// administrators, and what properties may name.
#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using access::Who;
using image::Limit;
using image::Visibility;
using test::Caller;
using test::has_code;
using test::Number;
using test::says;

BOOST_AUTO_TEST_SUITE(service_policy)

struct Right {
  const char* name;
  const char* value;
  Who access::Policy::*who;
};

BOOST_AUTO_TEST_CASE(rights_that_the_policy_gives) {
  const Bytes disk = test::random_disk(64 * kKiB, 1);
  for (const Right& right :
       {Right{"visibility", "public", &access::Policy::publicize},
        Right{"visibility", "community", &access::Policy::communitize},
        Right{"status", "deactivated", &access::Policy::deactivate}}) {
    for (const Who who : {Who::admin, Who::member}) {
      access::Policy policy;
      policy.*right.who = who;
      test::TestService service({}, {policy, {}, {}});
      const auto number = service.uploaded("x", disk);
      const auto set_as = [&](const Caller& caller) {
        service.images().set_properties(caller, number,
                                        {{right.name, right.value}});
      };
      BOOST_CHECK_EXCEPTION(set_as(service.stranger()), Error,
                            has_code(Errc::not_found));
      if (who == Who::admin) {
        BOOST_CHECK_EXCEPTION(set_as(service.member()), Error,
                              says(Errc::forbidden, "administrators"));
        set_as(service.admin());
      } else {
        set_as(service.member());
      }
      // Going back to what images begin with is the owner's.
      if (std::string(right.name) != "visibility") continue;
      service.images().set_properties(service.member(), number,
                                      {{"visibility", std::nullopt}});
      BOOST_CHECK(service.record(number)->visibility == Visibility::private_);
    }
  }
}

BOOST_AUTO_TEST_CASE(answers_may_be_kept_to_administrators) {
  for (const Who who : {Who::admin, Who::member}) {
    access::Policy policy;
    policy.accept = who;
    test::TestService service({}, {policy, {}, {}});
    service.add_projects();
    const auto number = service.uploaded("x", test::random_disk(64 * kKiB, 1));
    service.images().set_properties(
        service.admin(), number,
        {{"visibility", "shared"}, {"member.web", "pending"}});
    const auto answer_as = [&](const Caller& caller) {
      service.images().answer(caller, number, "web", true);
    };
    if (who == Who::admin) {
      BOOST_CHECK_EXCEPTION(answer_as(service.web()), Error,
                            says(Errc::denied, "administrators"));
      answer_as(service.admin());
    } else {
      answer_as(service.web());
    }
    BOOST_TEST(service.record(number)->members.at("web") == "accepted");
  }
}

BOOST_AUTO_TEST_CASE(images_begin_with_the_configured_visibility) {
  access::Policy policy;
  policy.default_visibility = Visibility::community;
  test::TestService service({}, {policy, {}, {}});
  const auto number =
      service.images().create(service.member(), "default", "x")->number;
  BOOST_CHECK(service.record(number)->visibility == Visibility::community);
  BOOST_TEST(service.record(number)->uid == service.member().uid);
  const auto set = [&](std::optional<std::string> value) {
    service.images().set_properties(service.member(), number,
                                    {{"visibility", std::move(value)}});
  };
  set("private");
  BOOST_CHECK_EXCEPTION(set("community"), Error, has_code(Errc::forbidden));
  set(std::nullopt);
  BOOST_CHECK(service.record(number)->visibility == Visibility::community);
}

BOOST_AUTO_TEST_CASE(counts_are_the_projects_limits) {
  test::TestService service(
      {}, {{}, {{Limit::properties, 2}, {Limit::members, 1}}, {}});
  service.add_projects();
  const auto number = service.create("x");
  service.set(number, "one", "1");
  service.set(number, "two", "2");
  BOOST_CHECK_EXCEPTION(service.set(number, "three", "3"), Error,
                        says(Errc::quota, "at most 2 properties"));
  service.set(number, "two", "other");
  service.set(number, "visibility", "shared");
  service.set(number, "member.web", "pending");
  BOOST_CHECK_EXCEPTION(service.set(number, "member.shop", "pending"), Error,
                        says(Errc::quota, "at most 1 members"));
}

BOOST_AUTO_TEST_SUITE_END()

struct Naming : test::TestService {
  Naming() { add_projects(); }

  void set_as(const Caller& caller, Number number, const std::string& name,
              const std::string& value) {
    images().set_properties(caller, number, {{name, value}});
  }
  Bytes disk = test::random_disk(64 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(service_naming, Naming)

BOOST_AUTO_TEST_CASE(a_media_group_has_to_be_there) {
  const auto number = images().create(web(), "web", "x")->number;
  BOOST_CHECK_EXCEPTION(set_as(web(), number, "media_group", "Linux"), Error,
                        says(Errc::invalid, "there is none"));
  projects().create_group(admin(), "Linux");
  projects().create_group(admin(), "Windows");
  set_as(web(), number, "media_group", "Linux");
  BOOST_CHECK_EXCEPTION(
      set_as(web(), number, "media_group", "BeOS"), Error,
      says(Errc::invalid, "one of \"Linux\", \"Windows\"; \"BeOS\" is not"));
  images().set_properties(web(), number, {{"media_group", std::nullopt}});
}

BOOST_AUTO_TEST_CASE(on_stock_images_administrators_choose) {
  projects().create_group(admin(), "Linux");
  const auto number = create("stock");
  for (const auto& [name, value] :
       {std::pair{"media_group", "Linux"}, std::pair{"cloud_init", "true"}}) {
    BOOST_CHECK_EXCEPTION(set_as(member(), number, name, value), Error,
                          has_code(Errc::forbidden));
    set_as(admin(), number, name, value);
    set_as(member(), number, name, value);
    BOOST_CHECK_EXCEPTION(
        images().set_properties(member(), number, {{name, std::nullopt}}),
        Error, has_code(Errc::forbidden));
  }
}

BOOST_AUTO_TEST_CASE(a_replacement_is_an_image_that_users_reach) {
  const auto old = images().create(web(), "web", "old")->number;
  const auto fresh = images().create(web(), "web", "fresh")->number;
  const auto stock = uploaded("stock", disk);
  const auto hidden = uploaded("hidden", disk);
  set(stock, "visibility", "public");
  for (const std::string& value :
       {std::string("fresh"), to_text(record(fresh)->id), std::string("stock"),
        to_text(record(stock)->id)}) {
    set_as(web(), old, "replacement", value);
  }
  images().remove(web(), fresh);
  for (const std::string& value :
       {std::string("fresh"), to_text(record(fresh)->id), std::string("hidden"),
        to_text(record(hidden)->id), std::string("nothing"), std::string()}) {
    BOOST_CHECK_EXCEPTION(set_as(web(), old, "replacement", value), Error,
                          says(Errc::invalid, "replacement names an image"));
  }
  set_as(web(), old, "deprecated", "yes");
  BOOST_TEST(record(old)->properties.at("deprecated") == "true");
  BOOST_CHECK_EXCEPTION(set_as(web(), old, "deprecated", "soon"), Error,
                        has_code(Errc::invalid));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
