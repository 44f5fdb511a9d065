// tests/tree/rename_test.cpp: what mv means between any two places.
#include "tree.h"

namespace platter::tree {
namespace {

using test::has_code;
using test::Names;
using test::says;
using namespace std::chrono_literals;

struct Fixture : test::TestTree {
  Fixture() {
    send("images/a.raw", disk);
    send("images/b.raw", disk);
    send("images/old.raw", disk);
    rmdir("images/old");
    send("images/.scratch", disk);
    mkdir("images/empty");
  }
  void check_refused(const std::string& from, const std::string& to) {
    for (const bool replace : {false, true}) {
      BOOST_CHECK_EXCEPTION(mv(from, to, replace), Error,
                            has_code(Errc::forbidden));
    }
  }

  Bytes disk = test::random_disk(100 * kKiB, 1);
};

BOOST_FIXTURE_TEST_SUITE(tree_rename, Fixture)

BOOST_AUTO_TEST_CASE(moves_without_a_meaning_are_forbidden) {
  const Names images = ls("images");
  const Names files = ls("images/a");
  const std::pair<const char*, const char*> kMoves[] = {
      // The mount's own.
      {"images", "pictures"},
      {"trash", "images/trash"},
      {"README", "images/README"},
      {"README", "LIESMICH"},
      {"info/errors", "info/old"},
      // An image, to where no image is.
      {"images/a", "a"},
      {"images/a", "info/a"},
      {"images/a", "images/b/a"},
      {"images/a", "trash/other"},
      {"trash/old", "trash/older"},
      {"trash/old", "old"},
      {"trash/old", "images/a/old"},
      // An image's files.
      {"images/a/disk.raw", "images/a/other.raw"},
      {"images/a/disk.raw", "images/b/disk.raw"},
      {"images/a/disk.raw", "images/c.raw"},
      {"images/a/disk.qcow2", "images/a/x.qcow2"},
      {"images/a/disk.qcow2", "trash/disk.qcow2"},
      {"images/a/image.json", "images/a/old.json"},
      {"images/a.raw", "images/c.raw"},
      {"trash/old/disk.raw", "images/c.raw"},
      // A scratch file, to what is no disk file.
      {"images/.scratch", "images/notes.txt"},
      {"images/.scratch", "images/new"},
      {"images/.scratch", "trash/x.raw"},
      {"images/.scratch", "info/x.raw"},
      {"images/.scratch", "x.raw"},
  };
  for (const auto& [from, to] : kMoves) {
    BOOST_TEST_CONTEXT(from << " to " << to) { check_refused(from, to); }
  }
  BOOST_TEST(ls("images") == images, boost::test_tools::per_element());
  BOOST_TEST(ls("images/a") == files, boost::test_tools::per_element());
  BOOST_TEST(ls("trash") == Names{"old"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_not_moved) {
  BOOST_CHECK_EXCEPTION(mv("images/none", "images/x"), Error,
                        has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(mv("trash/none", "images/x"), Error,
                        has_code(Errc::not_found));
}

BOOST_AUTO_TEST_CASE(an_image_gets_another_name) {
  const auto id = attribute("images/a", "user.id");
  mv("images/a", "images/c");
  BOOST_TEST(!exists("images/a"));
  BOOST_TEST(attribute("images/c", "user.id") == id);
  BOOST_TEST(test::same_bytes(cat("images/c/disk.raw"), disk));
  BOOST_CHECK_EXCEPTION(mv("images/c", "images/c.raw"), Error,
                        has_code(Errc::invalid));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken) {
  for (const bool replace : {false, true}) {
    BOOST_CHECK_EXCEPTION(mv("images/a", "images/b", replace), Error,
                          has_code(Errc::exists));
  }
  BOOST_CHECK_EXCEPTION(mv("images/a", "images/empty"), Error,
                        has_code(Errc::exists));
  mv("images/a", "images/empty", true);
  BOOST_TEST(exists("images/empty/disk.raw"));
  BOOST_TEST(!exists("images/a"));
}

BOOST_AUTO_TEST_CASE(an_image_that_is_being_sent_is_not_empty) {
  const auto handle = open_new("images/empty/disk.raw");
  handle->write(0, disk);
  BOOST_CHECK_EXCEPTION(mv("images/a", "images/empty", true), Error,
                        has_code(Errc::exists));
  // It may be renamed itself.
  mv("images/empty", "images/full");
  handle->flush(user());
  BOOST_TEST(test::same_bytes(cat("images/full/disk.raw"), disk));
}

BOOST_AUTO_TEST_CASE(to_the_trash_and_back) {
  const auto id = attribute("images/a", "user.id");
  mv("images/a", "trash/a");
  BOOST_TEST(ls("trash") == (Names{"a", "old"}),
             boost::test_tools::per_element());
  BOOST_TEST(attribute("trash/a", "user.deleted_at") != "");
  BOOST_TEST(test::same_bytes(cat("trash/a/disk.raw"), disk));
  mv("trash/a", "images/a");
  BOOST_TEST(attribute("images/a", "user.id") == id);
  mv("trash/old", "images/new");
  BOOST_TEST(test::same_bytes(cat("images/new/disk.raw"), disk));
  BOOST_TEST(ls("trash").empty());
}

BOOST_AUTO_TEST_CASE(names_that_are_taken_in_the_trash_and_out_of_it) {
  mv("images/a", "images/old");
  BOOST_CHECK_EXCEPTION(mv("images/old", "trash/old"), Error,
                        says(Errc::exists, "rm -r"));
  BOOST_CHECK_EXCEPTION(mv("trash/old", "images/old", true), Error,
                        has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(mv("trash/old", "images/b"), Error,
                        has_code(Errc::exists));
}

BOOST_AUTO_TEST_CASE(protected_images_do_not_go_to_the_trash) {
  set_attribute("images/a", "user.protected", "true");
  BOOST_CHECK_EXCEPTION(mv("images/a", "trash/a"), Error,
                        says(Errc::forbidden, "user.protected"));
  mv("images/a", "images/c");
  BOOST_TEST(exists("images/c"));
}

BOOST_AUTO_TEST_CASE(scratch_files_move_among_themselves) {
  send("images/.other", ByteView(disk).first(100));
  mv("images/.scratch", "images/.other", true);
  BOOST_TEST(test::same_bytes(cat("images/.other"), disk));
  BOOST_TEST(!exists("images/.scratch"));
  mv("images/.other", "images/empty/.other");
  BOOST_TEST(ls("images/empty") == Names{".other"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_scratch_file_does_not_replace_a_disk) {
  for (const bool replace : {false, true}) {
    BOOST_CHECK_THROW(mv("images/.scratch", "images/a/disk.raw", replace),
                      Error);
    BOOST_CHECK_THROW(mv("images/.scratch", "images/a.raw", replace), Error);
  }
  BOOST_TEST(exists("images/.scratch"));
  BOOST_TEST(test::same_bytes(cat("images/a/disk.raw"), disk));
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_into_the_trash) {
  mkdir("images/waiting");
  rmdir("images/waiting");
  BOOST_CHECK_EXCEPTION(mv("images/.scratch", "trash/waiting/disk.raw"), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(open_new("trash/waiting/disk.raw"), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(open_new("trash/waiting/.scratch"), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(open_new("trash/old/disk.raw"), Error,
                        has_code(Errc::read_only));
  BOOST_TEST(exists("images/.scratch"));
  BOOST_TEST(attribute("trash/waiting", "user.status") == "queued");
}

BOOST_AUTO_TEST_CASE(an_unfinished_upload_gets_another_name) {
  {
    const auto handle = open_new("images/empty/disk.img");
    handle->write(0, disk);
    mv("images/empty/disk.img", "images/empty/disk.raw");
    BOOST_TEST(ls("images/empty") == Names{"disk.raw"},
               boost::test_tools::per_element());
    BOOST_CHECK_EXCEPTION(mv("images/empty/disk.raw", "images/empty/notes"),
                          Error, has_code(Errc::forbidden));
    handle->flush(user());
  }
  BOOST_TEST(attribute("images/empty", "user.file_name") == "disk.raw");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
