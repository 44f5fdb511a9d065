// tests/tree/remove_test.cpp: what rm means, what comes back, and what the
// clock takes.
#include "tree.h"

namespace platter::tree {
namespace {

using test::has_code;
using test::Names;
using test::says;
using namespace std::chrono_literals;

struct Fixture : test::TestTree {
  Fixture() { send("images/x.qcow2", qcow2); }

  Bytes disk = test::random_disk(100 * kKiB, 1);
  Bytes other = test::random_disk(100 * kKiB, 2);
  Bytes qcow2 = test::qcow2_file(disk);
};

BOOST_FIXTURE_TEST_SUITE(tree_remove, Fixture)

BOOST_AUTO_TEST_CASE(rmdir_takes_it_all_to_the_trash) {
  rmdir("images/x");
  BOOST_TEST(!exists("images/x"));
  BOOST_TEST(!exists("images/x.qcow2"));
  BOOST_TEST(test::same_bytes(cat("trash/x/disk.qcow2"), qcow2));
  BOOST_TEST(test::same_bytes(cat("trash/x/disk.raw"), disk));
  BOOST_CHECK_EXCEPTION(rmdir("images/x"), Error, has_code(Errc::not_found));
}

// rm -r hides the files one by one, and nothing is lost.
BOOST_AUTO_TEST_CASE(rm_r) {
  for (const std::string& name : ls("images/x")) rm("images/x/" + name);
  BOOST_TEST(ls("images/x").empty());
  rmdir("images/x");
  BOOST_TEST(ls("trash/x") == (Names{"disk.qcow2", "disk.raw", "image.json"}),
             boost::test_tools::per_element());
  for (const std::string& name : ls("trash/x")) rm("trash/x/" + name);
  rmdir("trash/x");
  BOOST_TEST(ls("trash").empty());
}

BOOST_AUTO_TEST_CASE(rm_of_the_name_it_was_sent_by) {
  rm("images/x.qcow2");
  BOOST_TEST(exists("trash/x/disk.qcow2"));
  BOOST_TEST(!exists("images/x"));
  // The kernel does not know that the folder went with the file.
  BOOST_TEST(tick() == Names{"images/x"}, boost::test_tools::per_element());
  BOOST_TEST(tick().empty());
}

BOOST_AUTO_TEST_CASE(what_the_mount_needs_stays) {
  for (const char* path : {"README"}) {
    BOOST_CHECK_EXCEPTION(rm(path), Error, has_code(Errc::forbidden));
  }
  for (const char* path : {"images", "trash", "info"}) {
    BOOST_CHECK_EXCEPTION(rmdir(path), Error, has_code(Errc::forbidden));
  }
  BOOST_CHECK_EXCEPTION(rm("info/errors"), Error, has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(rm("images/none"), Error, has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(rm("images/x/none"), Error, has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(rmdir("trash/none"), Error, has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(protected_images_keep_their_files) {
  set_attribute("images/x", "user.protected", "1");
  for (const char* path : {"images/x/disk.raw", "images/x/disk.qcow2",
                           "images/x/image.json", "images/x.qcow2"}) {
    BOOST_CHECK_EXCEPTION(rm(path), Error,
                          says(Errc::forbidden, "user.protected"));
  }
  BOOST_CHECK_EXCEPTION(rmdir("images/x"), Error, has_code(Errc::forbidden));
  BOOST_TEST(ls("images/x").size() == 3);
}

BOOST_AUTO_TEST_CASE(a_hidden_format_comes_back) {
  rm("images/x/disk.raw");
  BOOST_TEST(ls("images/x") == (Names{"disk.qcow2", "image.json"}),
             boost::test_tools::per_element());
  BOOST_TEST(!exists("images/x/disk.raw"));
  BOOST_CHECK_EXCEPTION(rm("images/x/disk.raw"), Error,
                        has_code(Errc::not_found));
  // As touch does it.
  open_new("images/x/disk.raw")->flush(user());
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"), disk));

  // One that is never listed is hidden and shown like the others.
  rm("images/x/disk.azure.vhd");
  BOOST_TEST(!exists("images/x/disk.azure.vhd"));
  open_new("images/x/disk.azure.vhd")->flush(user());
  BOOST_TEST(cat("images/x/disk.azure.vhd").size() == kMiB + 512);

  rm("images/x/image.json");
  BOOST_TEST(!exists("images/x/image.json"));
  open_new("images/x/image.json")->flush(user());
  BOOST_TEST(exists("images/x/image.json"));
}

BOOST_AUTO_TEST_CASE(a_hidden_original_waits_for_another) {
  const auto id = attribute("images/x", "user.id");
  const Bytes another = test::qcow2_file(other);
  rm("images/x/disk.qcow2");
  BOOST_TEST(!exists("images/x/disk.qcow2"));
  BOOST_TEST(!exists("images/x/x.qcow2"));
  send("images/x/disk.qcow2", another);
  BOOST_TEST(test::same_bytes(cat("images/x/disk.qcow2"), another));
  BOOST_TEST(attribute("images/x", "user.id") != id);
  // What was there is in the trash, whole.
  BOOST_TEST(attribute("trash/x", "user.id") == id);
  BOOST_TEST(test::same_bytes(cat("trash/x/disk.qcow2"), qcow2));
  BOOST_TEST(tick() == Names{"images/x"}, boost::test_tools::per_element());
}

// As rsync replaces a file that was removed.
BOOST_AUTO_TEST_CASE(a_hidden_original_is_replaced_by_a_renamed_file) {
  const auto id = attribute("images/x", "user.id");
  const Bytes another = test::qcow2_file(other);
  rm("images/x/disk.qcow2");
  send("images/x/.disk.qcow2.Xa81bq", another);
  mv("images/x/.disk.qcow2.Xa81bq", "images/x/disk.qcow2");
  BOOST_TEST(test::same_bytes(cat("images/x/disk.qcow2"), another));
  BOOST_TEST(attribute("images/x", "user.id") != id);
  BOOST_TEST(attribute("trash/x", "user.id") == id);
}

BOOST_AUTO_TEST_CASE(a_hidden_original_does_not_wait_for_ever) {
  clock().advance(10s);
  tick();
  rm("images/x/disk.qcow2");
  clock().advance(50s);
  BOOST_TEST(tick().empty());
  BOOST_TEST(exists("images/x"));
  clock().advance(20s);
  BOOST_TEST(tick() == Names{"images/x"}, boost::test_tools::per_element());
  BOOST_TEST(!exists("images/x"));
  BOOST_TEST(test::same_bytes(cat("trash/x/disk.qcow2"), qcow2));
}

BOOST_AUTO_TEST_CASE(a_restored_image_has_all_its_files) {
  rm("images/x/disk.qcow2");
  rm("images/x/disk.raw");
  rmdir("images/x");
  mv("trash/x", "images/y");
  BOOST_TEST(ls("images/y") == (Names{"disk.qcow2", "disk.raw", "image.json"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_trash_is_emptied_in_time) {
  rmdir("images/x");
  tick();
  clock().advance(30 * 24h + 1s);
  BOOST_TEST(tick() == Names{"trash/x"}, boost::test_tools::per_element());
  BOOST_TEST(ls("trash").empty());
}

BOOST_AUTO_TEST_CASE(removing_an_upload_stops_it) {
  mkdir("images/y");
  const auto handle = open_new("images/y/disk.raw");
  handle->write(0, disk);
  rmdir("images/y");
  BOOST_CHECK_EXCEPTION(handle->write(0, disk), Error,
                        has_code(Errc::not_found));
  handle->flush(user());
  BOOST_TEST(attribute("trash/y", "user.status") == "queued");
  BOOST_TEST(ls("trash/y").empty());
}

BOOST_AUTO_TEST_CASE(removing_the_file_of_an_upload_begins_again) {
  mkdir("images/y");
  const auto handle = open_new("images/y/disk.raw");
  handle->write(0, disk);
  rm("images/y/disk.raw");
  BOOST_TEST(attribute("images/y", "user.status") == "queued");
  send("images/y/disk.raw", other);
  BOOST_TEST(test::same_bytes(cat("images/y/disk.raw"), other));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
