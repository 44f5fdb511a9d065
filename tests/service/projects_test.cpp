// tests/service/projects_test.cpp: what administrators do with projects and
// media groups.
#include "platter/service/projects.h"

#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using test::Caller;
using test::has_code;
using test::Number;
using test::says;

struct Fixture : test::TestService {
  Fixture() { add_projects(); }

  image::ProjectNumber number_of(const std::string& name) {
    return registry().find(name)->number;
  }
  std::string property(const std::string& project, const std::string& name) {
    return projects().property(number_of(project), name).value_or("none");
  }
  void set_project(const std::string& project, const std::string& name,
                   const std::optional<std::string>& value) {
    projects().set_property(admin(), number_of(project), name, value);
  }

  Bytes disk = test::random_disk(64 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(service_projects, Fixture)

BOOST_AUTO_TEST_CASE(projects_come_and_go) {
  const auto made = projects().create(admin(), "new", "root");
  BOOST_TEST(made->group == "root");
  BOOST_TEST(property("new", "group") == "root");
  BOOST_CHECK_EXCEPTION(projects().create(admin(), "new"), Error,
                        has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(projects().create(admin(), "../x"), Error,
                        has_code(Errc::invalid));
  BOOST_CHECK_EXCEPTION(projects().create(admin(), "x", "no-such-group"), Error,
                        says(Errc::invalid, "no group \"no-such-group\""));
  BOOST_CHECK_EXCEPTION(projects().create(web(), "mine"), Error,
                        says(Errc::forbidden, "administrators"));
  BOOST_CHECK_EXCEPTION(projects().erase(web(), made->number), Error,
                        has_code(Errc::forbidden));
  projects().erase(admin(), made->number);
  BOOST_CHECK(!registry().find("new"));
  BOOST_CHECK_EXCEPTION(projects().erase(admin(), made->number), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(projects().erase(admin(), 0), Error,
                        has_code(Errc::forbidden));
}

BOOST_AUTO_TEST_CASE(a_project_with_images_stays) {
  const auto number = images().create(web(), "web", "x")->number;
  BOOST_CHECK_EXCEPTION(projects().erase(admin(), number_of("web")), Error,
                        says(Errc::not_empty, "1 images, 0 in its trash"));
  images().remove(web(), number);
  BOOST_CHECK_EXCEPTION(projects().erase(admin(), number_of("web")), Error,
                        says(Errc::not_empty, "0 images, 1 in its trash"));
  images().purge(web(), number);
  projects().erase(admin(), number_of("web"));
}

// Who has the name later finds nothing of the one before.
BOOST_AUTO_TEST_CASE(nothing_is_left_for_a_project_of_the_same_name) {
  const auto number = uploaded("x", disk);
  set(number, "visibility", "shared");
  set(number, "member.web", "pending");
  images().answer(web(), number, "web", true);
  const auto image = images().create(web(), "web", "y")->number;
  images().make_pointer(web(), "web", "latest", "y");
  images().remove(web(), image);
  images().purge(web(), image);
  const auto before = number_of("web");
  projects().erase(admin(), before);
  projects().create(admin(), "web");
  BOOST_TEST(number_of("web") != before);
  BOOST_TEST(record(number)->members.empty());
  BOOST_TEST(pointers().list("web").empty());
  BOOST_CHECK_EXCEPTION(images().open_original(web(), number, "web"), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(looking_for_one_makes_it_for_members_only) {
  BOOST_TEST(projects().look_up(stranger(), "web")->name == "web");
  const auto group = access::group_name(getegid());
  for (const std::string& name :
       {std::string("no-such"), group.value_or("x")}) {
    BOOST_CHECK(!projects().look_up(stranger(), name));
    BOOST_CHECK(!registry().find(name));
  }
}

BOOST_AUTO_TEST_CASE(limits_and_use_are_attributes) {
  const auto number = images().create(web(), "web", "x")->number;
  upload(number, disk);
  BOOST_TEST(property("web", "quota.images") == "unlimited");
  BOOST_TEST(property("web", "usage.images") == "1");
  BOOST_TEST(property("web", "usage.bytes") == std::to_string(disk.size()));
  BOOST_TEST(property("web", "usage.uploads") == "0");
  images().remove(web(), number);
  BOOST_TEST(property("web", "usage.images") == "0");
  BOOST_TEST(property("web", "usage.trash_images") == "1");
  BOOST_TEST(property("web", "usage.bytes") == std::to_string(disk.size()));
  BOOST_TEST(property("web", "usage.members") == "none");
  BOOST_TEST(property("web", "quota.floors") == "none");
  BOOST_TEST(property("web", "colour") == "none");
  for (const auto& name : projects().property_names(number_of("web"))) {
    BOOST_TEST(property("web", name) != "none", name);
  }
}

BOOST_AUTO_TEST_CASE(limits_are_set) {
  set_project("web", "quota.bytes", "10GiB");
  BOOST_TEST(property("web", "quota.bytes") == "10737418240");
  set_project("web", "quota.images", "5");
  set_project("web", "quota.images", "unlimited");
  BOOST_TEST(property("web", "quota.images") == "unlimited");
  BOOST_TEST(registry().find("web")->quota.size() == 2u);
  set_project("web", "quota.images", "default");
  set_project("web", "quota.bytes", std::nullopt);
  set_project("web", "quota.bytes", std::nullopt);
  BOOST_TEST(registry().find("web")->quota.empty());
  set_project("web", "group", "root");
  BOOST_TEST(registry().find("web")->group == "root");
  set_project("web", "group", std::nullopt);
  BOOST_TEST(registry().find("web")->group.empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_set) {
  images().create(web(), "web", "x");
  struct Case {
    const char* name;
    const char* value;
    Errc code;
    const char* words;
  };
  for (const Case& one : {
           Case{"quota.images", "many", Errc::invalid, "a number"},
           Case{"quota.images", "10GiB", Errc::invalid, "a number"},
           Case{"quota.bytes", "-1", Errc::invalid, "a size"},
           Case{"quota.floors", "3", Errc::invalid, "is none of them"},
           Case{"usage.images", "0", Errc::forbidden, "worked out"},
           Case{"colour", "red", Errc::invalid, "is none of them"},
           Case{"group", "no-such-group", Errc::invalid, "no group"},
       }) {
    BOOST_CHECK_EXCEPTION(set_project("web", one.name, one.value), Error,
                          says(one.code, one.words));
  }
  BOOST_CHECK_EXCEPTION(
      projects().set_property(web(), number_of("web"), "quota.images", "9"),
      Error, says(Errc::forbidden, "administrators"));
  // What is so already may be said, as when attributes are restored.
  projects().set_property(web(), number_of("web"), "quota.images", "unlimited");
  projects().set_property(web(), number_of("web"), "usage.images",
                          property("web", "usage.images"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(service_media_groups, Fixture)

BOOST_AUTO_TEST_CASE(media_groups_are_for_administrators) {
  const auto group = projects().create_group(admin(), "Linux");
  const auto refused = [&](const std::function<void()>& act) {
    BOOST_CHECK_EXCEPTION(act(), Error,
                          says(Errc::forbidden, "administrators"));
  };
  refused([&] { projects().create_group(member(), "Windows"); });
  refused([&] { projects().rename_group(member(), group.number, "Unix"); });
  refused([&] { projects().hide_group(member(), group.number, true); });
  refused([&] { projects().erase_group(member(), group.number); });
  BOOST_CHECK(media_groups().all() == std::vector{group});
}

BOOST_AUTO_TEST_CASE(a_group_is_renamed_with_its_images) {
  const auto group = projects().create_group(admin(), "Linux");
  const auto other = projects().create_group(admin(), "Windows");
  const auto number = create("x");
  set(number, "media_group", "Linux");
  const auto of_other = create("y");
  set(of_other, "media_group", "Windows");
  projects().rename_group(admin(), group.number, "Unix");
  BOOST_TEST(record(number)->properties.at("media_group") == "Unix");
  BOOST_TEST(record(of_other)->properties.at("media_group") == "Windows");
  BOOST_TEST(media_groups().find("Unix")->number == group.number);
  BOOST_CHECK_EXCEPTION(
      projects().rename_group(admin(), group.number, "Windows"), Error,
      has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(projects().rename_group(admin(), group.number, ".x"),
                        Error, has_code(Errc::invalid));
  BOOST_TEST(record(number)->properties.at("media_group") == "Unix");
}

BOOST_AUTO_TEST_CASE(a_group_with_images_stays) {
  const auto group = projects().create_group(admin(), "Linux");
  const auto number = create("x");
  set(number, "media_group", "Linux");
  BOOST_CHECK_EXCEPTION(projects().erase_group(admin(), group.number), Error,
                        says(Errc::not_empty, "image \"x\""));
  images().set_properties(admin(), number, {{"media_group", std::nullopt}});
  projects().hide_group(admin(), group.number, true);
  BOOST_TEST(media_groups().find("Linux")->hidden);
  projects().erase_group(admin(), group.number);
  BOOST_TEST(media_groups().all().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
