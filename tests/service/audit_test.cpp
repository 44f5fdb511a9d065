// tests/service/audit_test.cpp: what was done, one line for each act.
#include "platter/service/audit.h"

#include <fstream>
#include <sstream>
#include <thread>

#include "platter/json/json.h"
#include "service.h"

namespace platter::service {
namespace {

using json::Json;
using test::kProjectGroup;
using test::Number;

// The lines of a text, each of which has to be an object.
std::vector<Json> lines_of(const std::string& text) {
  std::istringstream lines(text);
  std::vector<Json> events;
  for (std::string line; std::getline(lines, line);) {
    events.push_back(json::parse_object(line, line));
  }
  return events;
}

Event event(const std::string& project, int number) {
  Event one;
  one.caller = {0, 0, 0};
  one.act = "create";
  one.project = project;
  one.image = "image" + std::to_string(number);
  return one;
}

struct Fixture {
  test::TemporaryFolder folder;
  test::ManualClock clock;

  AuditOptions options(std::uint64_t rotate = kMiB, unsigned keep = 2) {
    return {folder.path() / "audit", rotate, keep};
  }
  std::string text(const std::string& file) {
    const auto bytes = read_whole(folder.path() / "audit" / file, kMiB);
    return bytes ? std::string(as_text(*bytes)) : "";
  }
};

BOOST_FIXTURE_TEST_SUITE(service_audit, Fixture)

BOOST_AUTO_TEST_CASE(a_line_says_who_did_what) {
  Audit audit(options(), clock);
  Event one = event("web", 1);
  one.id = "6f1c";
  one.details = {{"bytes", "123"}, {"file", "a \"b\"\n"}};
  audit.add(one);
  one.outcome = "no such thing";
  one.act = "refused";
  audit.add(one);
  audit.add(event("shop", 2));
  const auto lines = lines_of(audit.text("web"));
  BOOST_REQUIRE_EQUAL(lines.size(), 2u);
  BOOST_TEST(lines[0]["time"] == "2023-11-14T22:13:20Z");
  BOOST_TEST(lines[0]["user"] == "root");
  BOOST_TEST(lines[0]["uid"] == 0);
  BOOST_TEST(lines[0]["command"] == "platter");
  BOOST_TEST(lines[0]["act"] == "create");
  BOOST_TEST(lines[0]["project"] == "web");
  BOOST_TEST(lines[0]["image"] == "image1");
  BOOST_TEST(lines[0]["id"] == "6f1c");
  BOOST_TEST(lines[0]["outcome"] == "ok");
  BOOST_TEST(lines[0]["bytes"] == 123);
  BOOST_TEST(lines[0]["file"] == "a \"b\"\n");
  BOOST_TEST(lines[1]["outcome"] == "no such thing");
  BOOST_TEST(lines_of(audit.text("shop")).size() == 1u);
  BOOST_TEST(audit.text("other").empty());
  BOOST_TEST(audit.size("web") == audit.text("web").size());
  BOOST_TEST(audit.size("other") == 0u);
  BOOST_CHECK(audit.changed_at("web"));
  BOOST_CHECK(!audit.changed_at("other"));
}

BOOST_AUTO_TEST_CASE(full_files_move_on) {
  Audit audit(options(400, 2), clock);
  for (int n = 0; n < 20; ++n) audit.add(event("web", n));
  // No line is parted, none is lost but with its file, and all are in order.
  std::vector<Json> kept;
  for (const char* file : {"web.jsonl.2", "web.jsonl.1", "web.jsonl"}) {
    BOOST_TEST(text(file).size() <= 400u);
    for (Json& line : lines_of(text(file))) kept.push_back(std::move(line));
  }
  BOOST_REQUIRE_GE(kept.size(), 4u);
  for (std::size_t n = 0; n < kept.size(); ++n) {
    const std::size_t number = 20 - kept.size() + n;
    BOOST_TEST(kept[n]["image"] == "image" + std::to_string(number));
  }
  BOOST_TEST(text("web.jsonl.3").empty());
}

BOOST_AUTO_TEST_CASE(without_earlier_files) {
  Audit audit(options(400, 0), clock);
  for (int n = 0; n < 20; ++n) audit.add(event("web", n));
  BOOST_TEST(lines_of(audit.text("web")).back()["image"] == "image19");
  BOOST_TEST(text("web.jsonl.1").empty());
}

BOOST_AUTO_TEST_CASE(a_line_longer_than_a_file_is_kept) {
  Audit audit(options(50, 1), clock);
  audit.add(event("web", 1));
  BOOST_TEST(lines_of(audit.text("web")).size() == 1u);
  audit.add(event("web", 2));
  BOOST_TEST(lines_of(audit.text("web"))[0]["image"] == "image2");
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_at_the_end) {
  {
    Audit audit(options(), clock);
    audit.add(event("web", 1));
    audit.sync();
  }
  Audit audit(options(), clock);
  audit.add(event("web", 2));
  const auto lines = lines_of(audit.text("web"));
  BOOST_REQUIRE_EQUAL(lines.size(), 2u);
  BOOST_TEST(lines[0]["image"] == "image1");
  BOOST_TEST(lines[1]["image"] == "image2");
}

// A power cut may leave half a line.
BOOST_AUTO_TEST_CASE(what_was_cut_off_spoils_no_other_line) {
  Audit audit(options(), clock);
  std::ofstream(folder.path() / "audit" / "web.jsonl") << "{\"time\": \"20";
  audit.add(event("web", 2));
  const std::string text = audit.text("web");
  BOOST_TEST(lines_of(text.substr(text.find('\n') + 1)).size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_never_throws) {
  const AuditOptions gone = options();
  Audit audit(gone, clock);
  std::filesystem::remove_all(gone.folder);
  audit.add(event("web", 1));
  audit.sync();
  BOOST_TEST(audit.text("web").empty());
  // It goes on when the folder is back.
  make_folders(gone.folder);
  audit.add(event("web", 2));
  audit.sync();
  BOOST_TEST(lines_of(audit.text("web")).size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_folder_nothing_is_kept) {
  Audit audit({}, clock);
  audit.add(event("web", 1));
  audit.sync();
  BOOST_TEST(audit.text("web").empty());
  BOOST_TEST(audit.size("web") == 0u);
}

BOOST_AUTO_TEST_CASE(several_threads_write_whole_lines) {
  Audit audit(options(kMiB), clock);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) audit.add(event("web", n));
      audit.sync();
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(lines_of(audit.text("web")).size() == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

// What the acts on images leave behind.
struct Acts : test::TemporaryFolder, test::TestService {
  Acts() : TestService({}, {{}, {}, {TemporaryFolder::path()}}) {
    add_projects();
  }
  // "act" or "act name=value" of each line of the trail, and the trail's names
  // of images.
  std::vector<std::string> acts(const std::string& project) {
    std::vector<std::string> found;
    for (const Json& line : lines_of(audit().text(project))) {
      std::string text = line["act"];
      for (const char* detail : {"name", "value", "member", "to", "from",
                                 "owner", "target", "bytes", "file"}) {
        if (!line.contains(detail)) continue;
        const Json& value = line[detail];
        text += std::string(" ") + detail + "=" +
                (value.is_string() ? value.get<std::string>() : value.dump());
      }
      found.push_back(text);
    }
    return found;
  }
};

BOOST_FIXTURE_TEST_SUITE(service_audit_of_acts, Acts)

BOOST_AUTO_TEST_CASE(every_act_is_one_event) {
  const Bytes disk = test::random_disk(100 * kKiB, 1);
  const auto number = uploaded("x", disk);
  images().note_upload(admin(), number);
  images().note_download({member(), "cat", number, "disk.raw"}, 77);
  images().rename(admin(), number, "y", false);
  set(number, "os_distro", "debian");
  set(number, "os_distro", "debian");
  images().set_properties(admin(), number, {{"os_distro", std::nullopt}});
  set(number, "status", "deactivated");
  set(number, "status", "active");
  set(number, "visibility", "shared");
  set(number, "member.web", "pending");
  images().answer(web(), number, "web", true);
  images().answer(web(), number, "web", false);
  images().set_properties(admin(), number, {{"member.web", std::nullopt}});
  set(number, "visibility", "public");
  set(number, "owner", "shop");
  const std::vector<std::string> expected = {
      "create",
      "upload bytes=" + std::to_string(disk.size()) + " file=",
      "download bytes=77 file=disk.raw",
      "rename to=y",
      "set name=os_distro value=debian",
      "reset name=os_distro",
      "deactivate name=status value=deactivated",
      "activate name=status value=active",
      "set name=visibility value=shared",
      "share member=web",
      "accept member=web",
      "reject member=web",
      "unshare member=web",
      "publish name=visibility value=public",
      "transfer to=shop"};
  BOOST_TEST(acts("default") == expected, boost::test_tools::per_element());
  const std::vector<std::string> of_member = {"accept owner=default",
                                              "reject owner=default"};
  BOOST_TEST(acts("web") == of_member, boost::test_tools::per_element());
  images().remove(shop(), number);
  images().restore(shop(), number, "z");
  images().remove(shop(), number);
  images().purge(shop(), number);
  const std::vector<std::string> of_owner = {
      "transfer from=default", "remove", "restore to=z", "remove",
      "purge bytes=" + std::to_string(disk.size())};
  BOOST_TEST(acts("shop") == of_owner, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_clock_is_the_daemon) {
  const auto number = create("x");
  images().remove(member(), number);
  clock().advance(std::chrono::hours(31 * 24));
  expire();
  const auto lines = lines_of(audit().text("default"));
  BOOST_TEST(lines[1]["uid"] == member().uid);
  BOOST_TEST(lines.back()["act"] == "purge");
  BOOST_TEST(lines.back()["command"] == "platter");
  BOOST_TEST(lines.back()["uid"] == geteuid());
}

BOOST_AUTO_TEST_CASE(a_refused_act_is_none) {
  const auto number = create("x");
  set(number, "protected", "true");
  const auto before = audit().text("default");
  BOOST_CHECK_THROW(images().remove(admin(), number), Error);
  BOOST_CHECK_THROW(create("x"), Error);
  BOOST_CHECK_THROW(set(number, "min_ram", "much"), Error);
  BOOST_TEST(audit().text("default") == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
