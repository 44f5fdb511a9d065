// tests/service/sharing_test.cpp: an image's life between two projects: it is
// offered, answered, read, taken back, and given away.
#include "platter/image/section.h"
#include "service.h"
#include "support/errors.h"

namespace platter::service {
namespace {

using image::Section;
using test::Caller;
using test::has_code;
using test::Number;
using test::Place;
using test::RecordPtr;
using test::says;
using test::Status;

struct Fixture : test::TestService {
  Fixture() { add_projects(); }

  // An image of project "web".
  Number uploaded(const std::string& name) {
    const auto number = images().create(web(), "web", name)->number;
    upload(number, disk);
    uploads().seal(number);
    return number;
  }
  Number shared(const std::string& name) {
    const auto number = uploaded(name);
    images().set_properties(web(), number, {{"visibility", "shared"}});
    return number;
  }
  Number offered(const std::string& name) {
    const auto number = shared(name);
    images().set_properties(web(), number, {{"member.shop", "pending"}});
    return number;
  }
  std::string member(Number number, const std::string& project) {
    const auto& members = record(number)->members;
    const auto found = members.find(project);
    return found == members.end() ? "" : found->second;
  }
  std::vector<Number> section(Section section, const std::string& viewer) {
    std::vector<Number> numbers;
    catalogue().list_section(section, viewer, [&](const RecordPtr& record) {
      numbers.push_back(record->number);
      return true;
    });
    return numbers;
  }
  void set_as(const Caller& caller, Number number, const std::string& name,
              const std::string& value) {
    images().set_properties(caller, number, {{name, value}});
  }
  std::uint64_t read_via(const Caller& caller, Number number,
                         const std::string& via) {
    return images().open_original(caller, number, via)->size();
  }
  using Numbers = std::vector<Number>;

  Bytes disk = test::random_disk(200 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(service_sharing, Fixture)

BOOST_AUTO_TEST_CASE(the_life_of_an_offer) {
  const auto number = shared("x");
  BOOST_CHECK_EXCEPTION(read_via(shop(), number, "shop"), Error,
                        has_code(Errc::not_found));
  set_as(web(), number, "member.shop", "pending");
  BOOST_CHECK(section(Section::offered, "shop") == Numbers{number});
  // Offered, it is seen; not its data.
  BOOST_CHECK_EXCEPTION(read_via(shop(), number, "shop"), Error,
                        has_code(Errc::denied));
  images().answer(shop(), number, "shop", true);
  BOOST_TEST(member(number, "shop") == "accepted");
  BOOST_CHECK(section(Section::offered, "shop").empty());
  BOOST_CHECK(section(Section::shared, "shop") == Numbers{number});
  BOOST_TEST(read_via(shop(), number, "shop") == disk.size());
  // Declined, it is gone, until it is offered anew.
  images().answer(shop(), number, "shop", false);
  BOOST_TEST(member(number, "shop") == "rejected");
  BOOST_CHECK(section(Section::shared, "shop").empty());
  BOOST_CHECK_EXCEPTION(images().answer(shop(), number, "shop", true), Error,
                        has_code(Errc::not_found));
  set_as(web(), number, "member.shop", "pending");
  BOOST_CHECK(section(Section::offered, "shop") == Numbers{number});
  images().set_properties_via(shop(), number, "shop",
                              {{"member.shop", "accepted"}});
  // Taken back.
  images().set_properties(web(), number, {{"member.shop", std::nullopt}});
  BOOST_CHECK(section(Section::shared, "shop").empty());
  BOOST_CHECK_EXCEPTION(read_via(shop(), number, "shop"), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(who_has_the_image_open_reads_on) {
  const auto number = offered("x");
  images().answer(shop(), number, "shop", true);
  const auto file = images().open_original(shop(), number, "shop");
  images().set_properties(web(), number, {{"member.shop", std::nullopt}});
  images().set_properties(web(), number, {{"visibility", "private"}});
  images().remove(web(), number);
  images().purge(web(), number);
  BOOST_TEST(test::same_bytes(block::read_all(*file), disk));
}

BOOST_AUTO_TEST_CASE(members_count_while_the_image_is_shared) {
  const auto number = offered("x");
  images().answer(shop(), number, "shop", true);
  set_as(web(), number, "visibility", "private");
  BOOST_CHECK(section(Section::shared, "shop").empty());
  BOOST_CHECK_EXCEPTION(
      set_as(web(), number, "member.default", "pending"), Error,
      says(Errc::forbidden, "set user.visibility to shared first"));
  // What is there already is fine, and may go.
  set_as(web(), number, "member.shop", "accepted");
  set_as(web(), number, "visibility", "shared");
  BOOST_CHECK(section(Section::shared, "shop") == Numbers{number});
  set_as(web(), number, "visibility", "private");
  images().set_properties(web(), number, {{"member.shop", std::nullopt}});
}

BOOST_AUTO_TEST_CASE(what_an_owner_may_say_of_members) {
  const auto number = offered("x");
  struct Case {
    const char* member;
    const char* value;
    Errc code;
    const char* words;
  };
  for (const Case& one : {
           Case{"shop", "accepted", Errc::forbidden, "itself accepts"},
           Case{"shop", "rejected", Errc::forbidden, "itself accepts"},
           Case{"default", "accepted", Errc::forbidden, "pending to offer"},
           Case{"shop", "perhaps", Errc::invalid, "pending accepted rejected"},
           Case{"web", "pending", Errc::invalid, "of project web itself"},
           Case{"nobody", "pending", Errc::invalid, "no project \"nobody\""},
           Case{"", "pending", Errc::invalid, "what follows the dot"},
       }) {
    for (const Caller& caller : {web(), admin()}) {
      BOOST_CHECK_EXCEPTION(
          set_as(caller, number, std::string("member.") + one.member,
                 one.value),
          Error, says(one.code, one.words));
    }
  }
  BOOST_TEST(member(number, "shop") == "pending");
}

// An image that is copied brings the attributes of the other one along.
BOOST_AUTO_TEST_CASE(answers_are_not_copied) {
  const auto number = images().create(web(), "web", "copy")->number;
  images().set_properties(web(), number,
                          {{"visibility", "shared"},
                           {"member.shop", "accepted"},
                           {"owner", "shop"}});
  BOOST_TEST(record(number)->members.empty());
  BOOST_TEST(record(number)->project == "web");
}

BOOST_AUTO_TEST_CASE(what_a_member_project_may_say) {
  const auto number = offered("x");
  set_as(web(), number, "member.default", "pending");
  set_as(web(), number, "os_distro", "debian");
  const auto before = record(number);
  using Set = std::pair<std::string, std::optional<std::string>>;
  for (const auto& [name, value] :
       {Set{"os_distro", "fedora"}, Set{"os_distro", std::nullopt},
        Set{"new", "x"}, Set{"protected", "true"}, Set{"member.web", "pending"},
        // It does not see that this is so.
        Set{"member.default", "pending"}, Set{"owner", "shop"}}) {
    BOOST_CHECK_EXCEPTION(
        images().set_properties_via(shop(), number, "shop", {{name, value}}),
        Error, says(Errc::read_only, "of project web"));
  }
  BOOST_CHECK_EXCEPTION(
      images().set_properties_via(shop(), number, "shop",
                                  {{"member.shop", "perhaps"}}),
      Error, says(Errc::invalid, "accepted or rejected"));
  // All or none.
  BOOST_CHECK_THROW(images().set_properties_via(
                        shop(), number, "shop",
                        {{"member.shop", "accepted"}, {"os_distro", "fedora"}}),
                    Error);
  BOOST_CHECK(*record(number) == *before);
  images().set_properties_via(shop(), number, "shop",
                              {{"os_distro", "debian"},
                               {"visibility", "shared"},
                               {"member.shop", "pending"}});
  BOOST_CHECK(*record(number) == *before);
  images().set_properties_via(shop(), number, "shop",
                              {{"member.shop", std::nullopt}});
  BOOST_TEST(member(number, "shop") == "rejected");
}

BOOST_AUTO_TEST_CASE(nobody_answers_for_others) {
  const auto number = offered("x");
  for (const Caller& who : {web(), stranger(), test::TestService::member()}) {
    BOOST_CHECK_EXCEPTION(images().answer(who, number, "shop", true), Error,
                          has_code(Errc::not_found));
    BOOST_CHECK_EXCEPTION(
        images().set_properties_via(who, number, "shop",
                                    {{"member.shop", "accepted"}}),
        Error, has_code(Errc::not_found));
  }
  // Nor as one of another project, nor by the owner's road.
  BOOST_CHECK_EXCEPTION(images().answer(shop(), number, "default", true), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(set_as(shop(), number, "member.shop", "accepted"),
                        Error, has_code(Errc::not_found));
  BOOST_TEST(member(number, "shop") == "pending");
}

BOOST_AUTO_TEST_CASE(who_else_sees_an_image_sees_no_more_of_it) {
  const auto number = uploaded("x");
  images().set_properties(admin(), number, {{"visibility", "public"}});
  const auto refused = [&](const std::function<void()>& act) {
    BOOST_CHECK_EXCEPTION(act(), Error, has_code(Errc::not_found));
  };
  BOOST_TEST(read_via(shop(), number, "shop") == disk.size());
  refused([&] { images().open_original(shop(), number); });
  refused([&] { images().open_original(shop(), number, "default"); });
  refused([&] { images().remove(shop(), number); });
  refused([&] { images().rename(shop(), number, "y", false); });
  refused([&] { set_as(shop(), number, "a", "b"); });
  refused([&] { images().answer(shop(), number, "shop", true); });
}

BOOST_AUTO_TEST_CASE(deactivated_data_is_not_read_from_elsewhere) {
  const auto number = uploaded("x");
  images().set_properties(
      admin(), number, {{"visibility", "public"}, {"status", "deactivated"}});
  BOOST_CHECK_EXCEPTION(read_via(shop(), number, "shop"), Error,
                        says(Errc::denied, "deactivated"));
  BOOST_TEST(read_via(admin(), number, "shop") == disk.size());
}

BOOST_AUTO_TEST_CASE(what_another_project_reads_is_sealed) {
  const auto number = images().create(web(), "web", "x")->number;
  images().set_properties(admin(), number, {{"visibility", "public"}});
  upload(number, disk);
  BOOST_TEST(!record(number)->sealed);
  images().open_original(web(), number, "web");
  BOOST_TEST(!record(number)->sealed);
  read_via(shop(), number, "shop");
  BOOST_TEST(record(number)->sealed);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(service_transfer, Fixture)

BOOST_AUTO_TEST_CASE(an_image_is_given_away) {
  const auto number = offered("x");
  const auto id = record(number)->id;
  const auto taken = images().create(shop(), "shop", "x")->number;
  set_as(admin(), number, "owner", "shop");
  const auto given = record(number);
  BOOST_TEST(given->project == "shop");
  BOOST_TEST(given->name == "x.1");
  BOOST_CHECK(given->id == id);
  BOOST_TEST(given->members.count("shop") == 0u);
  BOOST_TEST(catalogue().find("shop", Place::images, "x")->number == taken);
  BOOST_CHECK(!catalogue().find("web", Place::images, "x"));
  BOOST_CHECK_EXCEPTION(images().open_original(web(), number), Error,
                        has_code(Errc::not_found));
  BOOST_TEST(images().open_original(shop(), number)->size() == disk.size());
  BOOST_TEST(quotas().usage("web").images == 0u);
  BOOST_TEST(quotas().usage("shop").bytes == disk.size());
}

BOOST_AUTO_TEST_CASE(when_it_is_not) {
  const auto number = uploaded("x");
  set_as(web(), number, "owner", "web");
  BOOST_CHECK_EXCEPTION(set_as(web(), number, "owner", "shop"), Error,
                        says(Errc::forbidden, "administrators"));
  BOOST_CHECK_EXCEPTION(set_as(admin(), number, "owner", "nobody"), Error,
                        says(Errc::invalid, "no project \"nobody\""));
  registry().update(registry().find("shop")->number, [](image::Project& shop) {
    shop.quota[image::Limit::bytes] = 100;
  });
  BOOST_CHECK_EXCEPTION(set_as(admin(), number, "owner", "shop"), Error,
                        says(Errc::quota, "project shop"));
  registry().update(registry().find("shop")->number, [](image::Project& shop) {
    shop.quota = {{image::Limit::images, 0}};
  });
  BOOST_CHECK_EXCEPTION(set_as(admin(), number, "owner", "shop"), Error,
                        says(Errc::unsupported, "Image feature is not"));
  images().remove(admin(), number);
  BOOST_CHECK_EXCEPTION(set_as(admin(), number, "owner", "default"), Error,
                        says(Errc::forbidden, "restore it first"));
  BOOST_TEST(record(number)->project == "web");
}

BOOST_AUTO_TEST_CASE(not_while_it_may_be_written) {
  const auto number = images().create(web(), "web", "x")->number;
  upload(number, disk);
  BOOST_CHECK_EXCEPTION(set_as(admin(), number, "owner", "shop"), Error,
                        says(Errc::busy, "settled"));
  // A member who copies attributes along changes nothing.
  set_as(web(), number, "owner", "shop");
  BOOST_TEST(record(number)->project == "web");
  uploads().seal(number);
  set_as(admin(), number, "owner", "shop");
  BOOST_TEST(record(number)->project == "shop");
}

BOOST_AUTO_TEST_CASE(other_properties_go_along_or_nothing_does) {
  const auto number = uploaded("x");
  const auto before = record(number);
  BOOST_CHECK_THROW(
      images().set_properties(admin(), number,
                              {{"owner", "shop"}, {"min_ram", "much"}}),
      Error);
  BOOST_CHECK(*record(number) == *before);
  images().set_properties(admin(), number,
                          {{"owner", "shop"}, {"min_ram", "512"}});
  BOOST_TEST(record(number)->project == "shop");
  BOOST_TEST(record(number)->min_ram == 512u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
