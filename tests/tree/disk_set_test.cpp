// tests/tree/disk_set_test.cpp: disks in several files, as a folder shows them.
#include "support/vmdk_set.h"
#include "tree.h"

namespace platter::tree {
namespace {

using test::has_code;
using test::Names;
using test::says;
using namespace std::chrono_literals;

constexpr std::uint64_t kPart = 300 * kKiB;

struct Fixture : test::TestTree {
  Fixture() {
    list_only({{format::Format::raw, format::Format::vmdk}});
    for (const auto& [name, bytes] : files) {
      disk.insert(disk.end(), bytes.begin(), bytes.end());
    }
    files["d.vmdk"] = to_bytes(descriptor("d-f001.vmdk", "d-f002.vmdk"));
  }

  static std::string descriptor(const std::string& a, const std::string& b) {
    const std::string start = "RW " + std::to_string(kPart / 512) + " FLAT \"";
    return test::set_descriptor("twoGbMaxExtentFlat",
                                start + a + "\" 0\n" + start + b + "\" 0\n");
  }
  void send_set(const std::string& folder) {
    mkdir(folder);
    for (const auto& [name, bytes] : files) send(folder + "/" + name, bytes);
  }
  void check_set(const std::string& folder) {
    BOOST_TEST(attribute(folder, "user.status") == "active");
    for (const auto& [name, bytes] : files) {
      BOOST_TEST(test::same_bytes(cat(folder + "/" + name), bytes), name);
      BOOST_TEST(find(folder + "/" + name)->size == bytes.size());
    }
    BOOST_TEST(test::same_bytes(cat(folder + "/disk.raw"), disk));
  }
  void seal() {
    clock().advance(10s);
    tick();
  }

  std::map<std::string, Bytes> files = {
      {"d-f001.vmdk", test::random_disk(kPart, 1)},
      {"d-f002.vmdk", test::random_disk(kPart, 2)}};
  Bytes disk;
  const Names listed = {"d.vmdk",   "d-f001.vmdk", "d-f002.vmdk",
                        "disk.raw", "disk.vmdk",   "image.json"};
};

BOOST_FIXTURE_TEST_SUITE(tree_disk_set, Fixture)

BOOST_AUTO_TEST_CASE(all_files_are_there_and_the_views) {
  send_set("images/x");
  check_set("images/x");
  BOOST_TEST(ls("images/x") == listed, boost::test_tools::per_element());
  BOOST_TEST(attribute("images/x", "user.size") ==
             std::to_string(2 * kPart + files["d.vmdk"].size()));
  BOOST_TEST(attribute("images/x", "user.virtual_size") ==
             std::to_string(2 * kPart));
  BOOST_TEST(attribute("images/x", "user.file_name") == "d.vmdk");
  const Bytes view = cat("images/x/disk.vmdk");
  const auto guest =
      format::open_guest(format::Format::vmdk, block::memory_source(view));
  BOOST_TEST(block::same_content(*guest, *block::memory_source(disk)));
  list_only(std::nullopt);
  BOOST_TEST(ls("images/x") ==
                 (Names{"d.vmdk", "d-f001.vmdk", "d-f002.vmdk", "image.json"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_that_wait_are_listed_and_read) {
  mkdir("images/x");
  send("images/x/d-f002.vmdk", files["d-f002.vmdk"]);
  BOOST_TEST(attribute("images/x", "user.status") == "saving");
  send("images/x/d.vmdk", files["d.vmdk"]);
  const Names waiting = {"d.vmdk", "d-f002.vmdk"};
  BOOST_TEST(ls("images/x") == waiting, boost::test_tools::per_element());
  BOOST_TEST(attribute("images/x", "user.status_reason") ==
             "waits for d-f001.vmdk, which d.vmdk names");
  BOOST_TEST(
      test::same_bytes(cat("images/x/d-f002.vmdk"), files["d-f002.vmdk"]));
  BOOST_TEST(find("images/x/d-f002.vmdk")->size == kPart);
  restart_all();
  BOOST_TEST(ls("images/x") == waiting, boost::test_tools::per_element());
  BOOST_TEST(
      test::same_bytes(cat("images/x/d-f002.vmdk"), files["d-f002.vmdk"]));
  send("images/x/d-f001.vmdk", files["d-f001.vmdk"]);
  check_set("images/x");
}

BOOST_AUTO_TEST_CASE(nodes_stay_what_they_are) {
  mkdir("images/x");
  std::map<std::string, NodeId> ids;
  for (const char* name : {"d-f002.vmdk", "d.vmdk", "d-f001.vmdk"}) {
    send(std::string("images/x/") + name, files[name]);
    ids[name] = at(std::string("images/x/") + name);
  }
  const auto number = at("images/x").number();
  BOOST_CHECK(ids["d.vmdk"] == NodeId::of(NodeKind::original, number));
  BOOST_CHECK(ids["d-f002.vmdk"] == NodeId::of_part(number, 0));
  BOOST_TEST(ids["d-f001.vmdk"].value == (number << 8 | 65));
  BOOST_CHECK(NodeId::of_part(number, 191).kind() == NodeKind::part);
  BOOST_TEST(NodeId::of_part(number, 191).place() == 191);
  seal();
  restart_all();
  for (const auto& [name, id] : ids) BOOST_CHECK(at("images/x/" + name) == id);
  BOOST_CHECK_EXCEPTION(tree().attributes(user(), NodeId::of_part(number, 2)),
                        Error, has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(tree().open(user(), NodeId::of_part(number, 2), {}),
                        Error, has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(tree().open(stranger(), ids["d-f001.vmdk"], {}), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(parts_never_change) {
  send_set("images/x");
  seal();
  for (const char* name : {"d.vmdk", "d-f001.vmdk"}) {
    const auto id = at(std::string("images/x/") + name);
    BOOST_CHECK_EXCEPTION(tree().open(user(), id, {true, false}), Error,
                          has_code(Errc::read_only));
    BOOST_TEST(tree().open(user(), id, {})->sealed());
  }
  BOOST_CHECK_EXCEPTION(open_new("images/x/d-f003.vmdk"), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(mv("images/x/d-f001.vmdk", "images/x/e-f001.vmdk"),
                        Error, has_code(Errc::forbidden));
  tree().change(user(), at("images/x/d-f001.vmdk"), {{}, Timestamp{5}},
                nullptr);
  check_set("images/x");
}

BOOST_AUTO_TEST_CASE(what_du_shows) {
  send_set("images/x");
  const auto first = find("images/x/d-f001.vmdk");
  const auto second = find("images/x/d-f002.vmdk");
  BOOST_TEST(first->allocated >= 64 * kKiB);
  BOOST_TEST(first->allocated + second->allocated <= disk.size() + 64 * kKiB);
  BOOST_TEST(find("images/x/d.vmdk")->allocated == kPageSize);
}

BOOST_AUTO_TEST_CASE(a_hidden_part_comes_back) {
  send_set("images/x");
  rm("images/x/d-f001.vmdk");
  BOOST_TEST(!exists("images/x/d-f001.vmdk"));
  BOOST_TEST(ls("images/x").size() == listed.size() - 1);
  open_new("images/x/d-f001.vmdk")->flush(user());
  check_set("images/x");
  for (const std::string& name : listed) rm("images/x/" + name);
  rmdir("images/x");
  mv("trash/x", "images/x");
  check_set("images/x");
}

BOOST_AUTO_TEST_CASE(files_that_wait_are_renamed_and_removed) {
  mkdir("images/x");
  send("images/x/d.vmdk", files["d.vmdk"]);
  send("images/x/e-f001.vmdk", files["d-f001.vmdk"]);
  send("images/x/d-f009.vmdk", files["d-f002.vmdk"]);
  send("images/x/d-f002.vmdk", files["d-f002.vmdk"]);
  rm("images/x/d-f009.vmdk");
  BOOST_TEST(!exists("images/x/d-f009.vmdk"));
  mv("images/x/e-f001.vmdk", "images/x/d-f001.vmdk");
  check_set("images/x");

  mkdir("images/y");
  send("images/y/d.vmdk", files["d.vmdk"]);
  send("images/y/d-f001.vmdk", files["d-f001.vmdk"]);
  rm("images/y/d.vmdk");
  BOOST_TEST(ls("images/y") == Names{"d-f001.vmdk"},
             boost::test_tools::per_element());
  rm("images/y/d-f001.vmdk");
  BOOST_TEST(ls("images/y").empty());
  BOOST_TEST(attribute("images/y", "user.status") == "queued");
  BOOST_CHECK_EXCEPTION(rm("images/y/d-f001.vmdk"), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(other_disks_do_not_mix_with_a_set_that_waits) {
  mkdir("images/x");
  send("images/x/d.vmdk", files["d.vmdk"]);
  for (const char* path : {"images/x/disk.raw", "images/x/e.vmdk"}) {
    BOOST_CHECK_EXCEPTION(open_new(path), Error, has_code(Errc::exists));
  }
  BOOST_CHECK_EXCEPTION(open_new("images/x.raw"), Error,
                        has_code(Errc::exists));
}

// Inode numbers bring cp the views before the parts.
BOOST_AUTO_TEST_CASE(a_folder_is_copied) {
  send_set("images/x");
  seal();
  mkdir("images/y");
  for (const char* name : {"d.vmdk", "image.json", "disk.raw", "disk.vmdk",
                           "d-f001.vmdk", "d-f002.vmdk"}) {
    const std::string to = std::string("images/y/") + name;
    BOOST_TEST(!find(maker(), to), to);
    send(maker(), to, cat(std::string("images/x/") + name));
  }
  check_set("images/y");
  BOOST_TEST(ls("images/y") == listed, boost::test_tools::per_element());
}

// As rsync sends files.
BOOST_AUTO_TEST_CASE(scratch_files_become_parts) {
  mkdir("images/x");
  for (const auto& [name, bytes] : files) {
    const std::string scratch = "images/x/." + name + ".Xa81bq";
    send(scratch, bytes);
    mv(scratch, "images/x/" + name);
  }
  check_set("images/x");
  BOOST_TEST(ls("images/x") == listed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_sent_to_images) {
  send("images/d.vmdk", files["d.vmdk"]);
  send("images/d/d-f001.vmdk", files["d-f001.vmdk"]);
  send("images/d/d-f002.vmdk", files["d-f002.vmdk"]);
  check_set("images/d");
  BOOST_CHECK(at("images/d.vmdk") == at("images/d/d.vmdk"));
  // A part is an image of its own until the descriptor comes.
  send("images/d-f001.vmdk", files["d-f001.vmdk"]);
  BOOST_CHECK(at("images/d-f001.vmdk") == at("images/d-f001/d-f001.vmdk"));
  BOOST_TEST(attribute("images/d-f001", "user.status") == "saving");
  rm("images/d-f001.vmdk");
  BOOST_TEST(!exists("images/d-f001"));
}

// The names that views have are the files' that were sent.
BOOST_AUTO_TEST_CASE(names_that_views_have) {
  mkdir("images/x");
  files = {{"disk.vmdk", to_bytes(descriptor("disk.raw", "disk-f2.vmdk"))},
           {"disk.raw", files["d-f001.vmdk"]},
           {"disk-f2.vmdk", files["d-f002.vmdk"]}};
  for (const char* name : {"disk.vmdk", "disk.raw", "disk-f2.vmdk"}) {
    send(std::string("images/x/") + name, files[name]);
  }
  for (const auto& [name, bytes] : files) {
    BOOST_TEST(test::same_bytes(cat("images/x/" + name), bytes), name);
  }
  BOOST_TEST(ls("images/x") ==
                 (Names{"disk.vmdk", "disk-f2.vmdk", "disk.raw", "image.json"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
