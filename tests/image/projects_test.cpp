// tests/image/projects_test.cpp: projects and media groups, kept and found.
#include "platter/image/projects.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "platter/image/media_groups.h"
#include "support/errors.h"
#include "support/folder.h"
#include "support/manual_clock.h"

namespace platter::image {
namespace {

using test::has_code;
using test::says;
using Names = std::vector<std::string>;

struct Fixture {
  test::TemporaryFolder folder;
  test::ManualClock clock;
  std::unique_ptr<index::Index> index = index::open(folder.path());
  std::unique_ptr<Projects> projects =
      std::make_unique<Projects>(*index, clock, "default");
  std::unique_ptr<MediaGroups> groups = std::make_unique<MediaGroups>(*index);

  void reopen(const std::string& own = "default") {
    groups.reset();
    projects.reset();
    index.reset();
    index = index::open(folder.path());
    projects = std::make_unique<Projects>(*index, clock, own);
    groups = std::make_unique<MediaGroups>(*index);
  }
  Names names() const {
    Names found;
    for (const ProjectPtr& project : projects->all()) {
      found.push_back(project->name);
    }
    return found;
  }
};

BOOST_FIXTURE_TEST_SUITE(image_projects, Fixture)

BOOST_AUTO_TEST_CASE(decoding_undoes_encoding) {
  Project project{kMaxProjects - 1, "web", "www-data", {5}, {}};
  BOOST_CHECK(decode_project(encode_project(project)) == project);
  for (const Limit limit : kLimits) project.quota[limit] = kUnlimited;
  project.quota[Limit::images] = 0;
  BOOST_CHECK(decode_project(encode_project(project)) == project);
  BOOST_CHECK((decode_project(encode_project({0, "own", "", {}, {}})) ==
               Project{0, "own", "", {}, {}}));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_project_are_damaged) {
  const std::string good = encode_project({1, "web", "www", {5}, {}});
  for (std::size_t length = 0; length < good.size(); ++length) {
    try {
      decode_project(good.substr(0, length));
    } catch (const Error& error) {
      BOOST_REQUIRE(error.code() == Errc::damaged);
    }
  }
  BOOST_CHECK_EXCEPTION(decode_project(""), Error, has_code(Errc::damaged));
  BOOST_CHECK_EXCEPTION(
      decode_project(encode_project({kMaxProjects, "web", "", {}, {}})), Error,
      says(Errc::damaged, "1048576"));
  // A limit of a later Platter is passed over.
  std::string later = encode_project({1, "w", "", {}, {{Limit::images, 7}}});
  later.replace(later.find("images"), 6, "imagex");
  BOOST_TEST(decode_project(later).quota.empty());
}

BOOST_AUTO_TEST_CASE(names_of_projects_are_checked) {
  for (const std::string name : {"a", "web-1", "_x", "A.b", "next", "0"}) {
    check_project_name(name);
  }
  check_project_name(std::string(64, 'x'));
  for (const std::string name : {"", ".a", "-a", "a b", "a/b", "\xc3\xa4"}) {
    BOOST_CHECK_EXCEPTION(check_project_name(name), Error,
                          says(Errc::invalid, "64"));
  }
  BOOST_CHECK_EXCEPTION(check_project_name(std::string(65, 'x')), Error,
                        has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(limits_have_names) {
  for (const Limit limit : kLimits) {
    BOOST_CHECK(limit_of(name_of(limit)) == limit);
  }
  BOOST_CHECK(!limit_of("image"));
}

BOOST_AUTO_TEST_CASE(the_stores_own_is_always_there) {
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_TEST(projects->find("default")->number == 0u);
    BOOST_TEST(projects->find(ProjectNumber{0})->name == "default");
    BOOST_CHECK(names() == Names{"default"});
    reopen();
  }
  BOOST_CHECK_EXCEPTION(projects->erase(0), Error,
                        says(Errc::forbidden, "store's own"));
  projects->update(0, [](Project& p) { p.quota[Limit::images] = 3; });
  reopen();
  BOOST_TEST(projects->find("default")->quota.at(Limit::images) == 3u);
}

BOOST_AUTO_TEST_CASE(a_project_is_made_found_changed_and_erased) {
  clock.advance(std::chrono::seconds(5));
  const ProjectPtr web = projects->create("web", "www-data");
  BOOST_CHECK(projects->changed_at() == web->created_at);
  // The name of no key besides.
  const ProjectPtr next = projects->create("next", "");
  BOOST_CHECK(web->created_at == clock.now());
  BOOST_TEST(web->group == "www-data");
  BOOST_CHECK_EXCEPTION(projects->create("web", ""), Error,
                        says(Errc::exists, "web"));
  BOOST_CHECK_EXCEPTION(projects->create("default", ""), Error,
                        has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(projects->create("w/b", ""), Error,
                        has_code(Errc::invalid));
  const ProjectPtr changed = projects->update(web->number, [](Project& p) {
    p.group = "web";
    p.quota[Limit::bytes] = kUnlimited;
  });
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(*projects->find("web") == *changed);
    BOOST_CHECK(*projects->find(web->number) == *changed);
    BOOST_CHECK(*projects->find("next") == *next);
    BOOST_CHECK((names() == Names{"default", "next", "web"}));
    reopen();
  }
  clock.advance(std::chrono::seconds(5));
  projects->erase(web->number);
  BOOST_CHECK(projects->changed_at() == clock.now());
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(!projects->find("web"));
    BOOST_CHECK(!projects->find(web->number));
    reopen();
  }
  BOOST_TEST(projects->create("web", "")->number > next->number);
}

BOOST_AUTO_TEST_CASE(changes_that_are_none_of_a_project_are_refused) {
  const ProjectNumber web = projects->create("web", "")->number;
  const auto refused = [&](auto change) {
    BOOST_CHECK_EXCEPTION(projects->update(web, change), Error,
                          has_code(Errc::invalid));
    BOOST_CHECK(projects->find("web"));
  };
  refused([](Project& p) { p.name = "other"; });
  refused([](Project& p) { ++p.number; });
  refused([](Project& p) { p.created_at = {1}; });
  BOOST_CHECK_EXCEPTION(projects->update(77, [](Project&) {}), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(projects->erase(77), Error, has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(another_project_may_become_the_stores_own) {
  const ProjectPtr web = projects->create("web", "www-data");
  const ProjectPtr db = projects->create("db", "");
  for (int opened = 0; opened < 2; ++opened) {
    reopen("web");
    BOOST_TEST(projects->find("web")->number == 0u);
    BOOST_TEST(projects->find("web")->group == "www-data");
    BOOST_TEST(projects->find("default")->number > db->number);
    BOOST_TEST(projects->find("db")->number == db->number);
    BOOST_CHECK(!projects->find(web->number));
    BOOST_CHECK((names() == Names{"db", "default", "web"}));
  }
  reopen("default");
  BOOST_TEST(projects->find("default")->number == 0u);
  BOOST_TEST(projects->find("web")->number > db->number + 1);
}

BOOST_AUTO_TEST_CASE(there_are_no_more_than_node_ids_can_hold) {
  index::Batch batch;
  batch.put(index::KeySpace::meta, "projects/next",
            std::string("\xff\xff\x0f\0\0\0\0\0", 8));
  index->write(batch, index::Durability::synced);
  reopen();
  BOOST_TEST(projects->create("last", "")->number == kMaxProjects - 1);
  BOOST_CHECK_EXCEPTION(projects->create("over", ""), Error,
                        has_code(Errc::quota));
  BOOST_CHECK(!projects->find("over"));
}

BOOST_AUTO_TEST_CASE(media_groups_are_kept_in_the_order_of_names) {
  const MediaGroup windows = groups->create("Windows");
  const MediaGroup linux = groups->create("Linux");
  groups->create("next");
  groups->set_hidden(linux.number, true);
  BOOST_CHECK_EXCEPTION(groups->create("Linux"), Error,
                        says(Errc::exists, "Linux"));
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_REQUIRE_EQUAL(groups->all().size(), 3u);
    BOOST_TEST(groups->all()[0].name == "Linux");
    BOOST_TEST(groups->find("Linux")->hidden);
    BOOST_TEST(!groups->find(windows.number)->hidden);
    BOOST_CHECK(groups->find(windows.number) == groups->find("Windows"));
    BOOST_CHECK(!groups->find("windows"));
    reopen();
  }
  groups->rename(linux.number, "Unix");
  groups->erase(windows.number);
  for (int opened = 0; opened < 2; ++opened) {
    BOOST_CHECK(!groups->find("Linux"));
    BOOST_CHECK(!groups->find("Windows"));
    BOOST_TEST(groups->find("Unix")->number == linux.number);
    BOOST_TEST(groups->find("Unix")->hidden);
    reopen();
  }
  const std::uint64_t again = groups->create("Windows").number;
  BOOST_TEST(again > windows.number);
  BOOST_TEST(again > linux.number);
}

BOOST_AUTO_TEST_CASE(media_groups_that_are_not_there_or_no_names_are_refused) {
  const MediaGroup linux = groups->create("Linux");
  groups->create("Windows");
  BOOST_CHECK_EXCEPTION(groups->rename(linux.number, "Windows"), Error,
                        has_code(Errc::exists));
  groups->rename(linux.number, "Linux");
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"),
        std::string("a\0b", 3), std::string(256, 'x')}) {
    BOOST_CHECK_EXCEPTION(groups->create(name), Error, has_code(Errc::invalid));
    BOOST_CHECK_EXCEPTION(groups->rename(linux.number, name), Error,
                          has_code(Errc::invalid));
  }
  const auto gone = has_code(Errc::not_found);
  BOOST_CHECK_EXCEPTION(groups->rename(77, "x"), Error, gone);
  BOOST_CHECK_EXCEPTION(groups->set_hidden(77, true), Error, gone);
  BOOST_CHECK_EXCEPTION(groups->erase(77), Error, gone);
  BOOST_TEST(groups->all().size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::image
