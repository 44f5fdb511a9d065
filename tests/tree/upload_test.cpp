// tests/tree/upload_test.cpp: every way in which a disk comes into the tree.
#include "tree.h"

namespace platter::tree {
namespace {

using image::Status;
using test::has_code;
using test::Names;
using test::says;
using namespace std::chrono_literals;

struct Fixture : test::TestTree {
  // The image is whole and its original is `file`.
  void check_whole(const std::string& path, ByteView file) {
    check_active(at(path).number(), file);
    BOOST_TEST(test::same_bytes(
        cat(path + "/disk." + attribute(path, "user.disk_format")), file));
  }

  Bytes disk = test::random_disk(300 * kKiB, 1);
  Bytes other = test::random_disk(300 * kKiB, 2);
  Bytes qcow2 = test::qcow2_file(disk);
};

BOOST_FIXTURE_TEST_SUITE(tree_upload, Fixture)

BOOST_AUTO_TEST_CASE(into_an_images_folder) {
  for (const std::string name :
       {"disk.qcow2", "noble-server-cloudimg-amd64.img", "X.QCOW2"}) {
    const std::string folder = "images/" + std::to_string(name.size());
    mkdir(folder);
    send(folder + "/" + name, qcow2);
    check_whole(folder, qcow2);
    BOOST_CHECK(at(folder + "/" + name) == at(folder + "/disk.qcow2"));
    BOOST_TEST(attribute(folder, "user.file_name") == name);
  }
}

BOOST_AUTO_TEST_CASE(into_images) {
  send("images/debian.qcow2", qcow2);
  check_whole("images/debian", qcow2);
  send("images/odd.img", ByteView(disk).first(1001));
  check_whole("images/odd", ByteView(disk).first(1001));
  BOOST_TEST(attribute("images/odd", "user.virtual_size") == "1024");
  // An image's name that is taken by one with a disk.
  BOOST_CHECK_EXCEPTION(send("images/debian.raw", disk), Error,
                        says(Errc::exists, "\"debian\""));
  check_whole("images/debian", qcow2);
  // One without is filled.
  mkdir("images/waiting");
  send("images/waiting.raw", disk);
  check_whole("images/waiting", disk);
}

BOOST_AUTO_TEST_CASE(names_that_are_not_taken) {
  mkdir("images/x");
  for (const char* path : {"images/notes.txt", "images/debian",
                           "images/x/notes.txt", "images/x/disk"}) {
    BOOST_CHECK_EXCEPTION(open_new(path), Error,
                          says(Errc::invalid, "disk file"));
  }
  BOOST_CHECK_EXCEPTION(open_new("images/a.raw.img"), Error,
                        has_code(Errc::invalid));
  for (const char* path : {"x.raw", "trash/x.raw"}) {
    BOOST_CHECK_EXCEPTION(open_new(path), Error, has_code(Errc::forbidden));
  }
  BOOST_CHECK_EXCEPTION(open_new("info/x.raw"), Error,
                        has_code(Errc::read_only));
  for (const char* path : {"x", "trash/x", "images/x/y"}) {
    BOOST_CHECK_EXCEPTION(mkdir(path), Error, has_code(Errc::forbidden));
  }
  BOOST_CHECK_EXCEPTION(mkdir("info/x"), Error, has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(mkdir("images/x"), Error, has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(mkdir("images/x.raw"), Error, has_code(Errc::invalid));
  BOOST_TEST(ls("images") == Names{"x"}, boost::test_tools::per_element());
}

// As dd and a shell's redirection do it.
BOOST_AUTO_TEST_CASE(a_close_before_the_first_write_does_nothing) {
  mkdir("images/x");
  const auto handle = open_new("images/x/disk.raw");
  handle->flush(user());
  BOOST_TEST(attribute("images/x", "user.status") == "queued");
  put(*handle, disk);
  handle->flush(user());
  check_whole("images/x", disk);
}

BOOST_AUTO_TEST_CASE(a_bad_file_is_told_at_the_close_and_may_be_sent_again) {
  mkdir("images/x");
  Bytes cut = qcow2;
  cut.resize(100 * kKiB);
  BOOST_CHECK_EXCEPTION(send("images/x/disk.qcow2", cut), Error,
                        has_code(Errc::corrupt));
  BOOST_TEST(attribute("images/x", "user.status") == "interrupted");
  BOOST_TEST(attribute("images/x", "user.status_reason") != "");
  BOOST_TEST(ls("images/x") == Names{"disk.qcow2"},
             boost::test_tools::per_element());
  send("images/x/disk.qcow2", qcow2);
  check_whole("images/x", qcow2);
}

BOOST_AUTO_TEST_CASE(a_refused_file_is_taken_away) {
  mkdir("images/x");
  BOOST_CHECK_EXCEPTION(send("images/x/disk.qcow2", disk), Error,
                        has_code(Errc::invalid));
  rm("images/x/disk.qcow2");
  BOOST_TEST(ls("images/x").empty());
  BOOST_TEST(attribute("images/x", "user.status") == "queued");
  send("images/x/disk.raw", disk);
  check_whole("images/x", disk);
}

BOOST_AUTO_TEST_CASE(whole_images_take_no_other_disk) {
  send("images/x.raw", disk);
  clock().advance(10s);
  tick();
  for (const char* name :
       {"images/x/disk.raw", "images/x/disk.qcow2", "images/x/other.raw",
        "images/x.raw", "images/x/image.txt.raw"}) {
    BOOST_CHECK_EXCEPTION(send(name, other), Error, has_code(Errc::read_only));
  }
  const auto node = at("images/x/disk.raw");
  BOOST_CHECK_EXCEPTION(tree().open(user(), node, {true, false}), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(tree().change(user(), node, {5, {}}, nullptr), Error,
                        has_code(Errc::read_only));
  BOOST_CHECK_EXCEPTION(
      tree().open(user(), at("images/x/disk.qcow2"), {true, false}), Error,
      has_code(Errc::read_only));
  check_whole("images/x", disk);
}

BOOST_AUTO_TEST_CASE(the_mounts_own_files_are_not_written) {
  for (const char* path : {"README", "info/errors"}) {
    BOOST_CHECK_EXCEPTION(open_new(path), Error, has_code(Errc::read_only));
    const auto handle = tree().open(user(), at(path), {});
    BOOST_CHECK_EXCEPTION(handle->write(0, disk), Error,
                          has_code(Errc::read_only));
    BOOST_CHECK_EXCEPTION(handle->resize(0), Error, has_code(Errc::read_only));
  }
}

BOOST_AUTO_TEST_CASE(the_same_disk_in_another_format_is_accepted) {
  send("images/x.qcow2", qcow2);
  send("images/x/disk.raw", disk);
  BOOST_CHECK_EXCEPTION(send("images/x/again.raw", other), Error,
                        has_code(Errc::corrupt));
  check_whole("images/x", qcow2);
}

// What `cp -r` does with an image's folder: each file is made anew.
BOOST_AUTO_TEST_CASE(a_copy_of_a_folder) {
  send("images/x.qcow2", qcow2);
  set_attribute("images/x", "user.description", "text");
  const Bytes json = cat("images/x/image.json");
  mkdir("images/y");
  for (const auto& [name, bytes] :
       {std::pair{"disk.qcow2", qcow2}, std::pair{"disk.raw", disk},
        std::pair{"image.json", json}}) {
    const std::string path = "images/y/" + std::string(name);
    BOOST_TEST(!find(maker(), path));
    send(maker(), path, bytes);
  }
  check_whole("images/y", qcow2);
  BOOST_TEST(attribute("images/y", "user.description") == "text");
  BOOST_TEST(attribute("images/y", "user.id") !=
             attribute("images/x", "user.id"));
  clock().advance(10s);
  tick();
  BOOST_TEST(find(maker(), "images/y/disk.raw").has_value());
}

BOOST_AUTO_TEST_CASE(a_scratch_file_is_a_file) {
  mkdir("images/x");
  send("images/x/.disk.raw.Xa81bq", disk);
  BOOST_TEST(ls("images/x") == Names{".disk.raw.Xa81bq"},
             boost::test_tools::per_element());
  BOOST_TEST(find("images/x/.disk.raw.Xa81bq")->size == disk.size());
  BOOST_TEST(test::same_bytes(cat("images/x/.disk.raw.Xa81bq"), disk));
  BOOST_TEST(attribute("images/x", "user.status") == "queued");
  send("images/x/.disk.raw.Xa81bq", other);
  BOOST_TEST(test::same_bytes(cat("images/x/.disk.raw.Xa81bq"), other));
  rm("images/x/.disk.raw.Xa81bq");
  BOOST_TEST(!exists("images/x/.disk.raw.Xa81bq"));
  BOOST_TEST(std::filesystem::is_empty(staging()));
}

BOOST_AUTO_TEST_CASE(a_scratch_file_becomes_the_upload) {
  mkdir("images/x");
  send("images/x/.disk.qcow2.part", qcow2);
  tree().change(user(), at("images/x/.disk.qcow2.part"), {{}, Timestamp{7}},
                nullptr);
  mv("images/x/.disk.qcow2.part", "images/x/.disk.qcow2.tmp");
  mv("images/x/.disk.qcow2.tmp", "images/x/disk.qcow2");
  check_whole("images/x", qcow2);
  BOOST_CHECK(find("images/x/disk.qcow2")->modified == Timestamp{7});

  send("images/debian.raw.part", disk);
  mv("images/debian.raw.part", "images/debian.raw");
  check_whole("images/debian", disk);
  BOOST_CHECK(at("images/debian.raw") == at("images/debian/disk.raw"));
}

BOOST_AUTO_TEST_CASE(a_scratch_file_that_is_renamed_while_it_is_open) {
  mkdir("images/x");
  const auto handle = open_new("images/x/.goutputstream-AB12CD");
  handle->write(0, ByteView(disk).first(1000));
  mv("images/x/.goutputstream-AB12CD", "images/x/disk.raw");
  BOOST_TEST(attribute("images/x", "user.status") == "saving");
  put(*handle, disk);
  handle->flush(user());
  check_whole("images/x", disk);
}

BOOST_AUTO_TEST_CASE(a_scratch_file_takes_the_place_of_a_refused_one) {
  mkdir("images/x");
  BOOST_CHECK_THROW(send("images/x/disk.qcow2", disk), Error);
  send("images/x/.disk.qcow2.part", qcow2);
  mv("images/x/.disk.qcow2.part", "images/x/disk.qcow2", true);
  check_whole("images/x", qcow2);
}

BOOST_AUTO_TEST_CASE(an_unfinished_upload_is_found_after_a_restart) {
  mkdir("images/x");
  {
    const auto handle = open_new("images/x/disk.raw");
    handle->write(0, ByteView(disk).first(100 * kKiB));
  }
  restart_all();
  BOOST_TEST(attribute("images/x", "user.status") == "interrupted");
  BOOST_TEST(find("images/x/disk.raw")->size == 100 * kKiB);
  BOOST_CHECK_EXCEPTION(open_new("images/x/disk.qcow2"), Error,
                        has_code(Errc::exists));
  {
    const auto handle =
        tree().open(user(), at("images/x/disk.raw"), {true, false});
    handle->write(100 * kKiB, ByteView(disk).subspan(100 * kKiB));
    handle->flush(user());
  }
  check_whole("images/x", disk);
}

BOOST_AUTO_TEST_CASE(a_length_set_by_path_is_a_change) {
  mkdir("images/x");
  send("images/x/disk.raw", disk);
  const auto node = at("images/x/disk.raw");
  BOOST_TEST(tree().change(user(), node, {200'000, {}}, nullptr).size ==
             200'000);
  check_whole("images/x", ByteView(disk).first(200'000));
}

BOOST_AUTO_TEST_CASE(reading_and_seeking) {
  Bytes holes(kMiB);
  std::ranges::copy(disk, holes.begin() + 512 * kKiB);
  send("images/x.raw", holes);
  const auto handle = tree().open(user(), at("images/x/disk.raw"), {});
  Bytes bytes(100);
  BOOST_TEST(handle->read(kMiB, bytes) == 0);
  BOOST_TEST(handle->read(kMiB - 10, bytes) == 10);
  using block::ExtentKind;
  const auto data = handle->seek(0, ExtentKind::data);
  BOOST_REQUIRE(data);
  BOOST_TEST(*data >= 512 * kKiB);
  BOOST_TEST(*data < 812 * kKiB);
  BOOST_TEST(*handle->seek(0, ExtentKind::zero) == 0);
  BOOST_CHECK(!handle->seek(kMiB, ExtentKind::data));
  BOOST_CHECK(!handle->seek(900 * kKiB, ExtentKind::data));
  BOOST_TEST(*handle->seek(900 * kKiB, ExtentKind::zero) == 900 * kKiB);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
