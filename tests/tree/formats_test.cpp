// tests/tree/formats_test.cpp: what an image's folder shows of disks that are
// not shown in every format.
#include "support/iso_file.h"
#include "support/qcow2_file.h"
#include "tree.h"

namespace platter::tree {
namespace {

using test::Names;
using test::says;

struct Fixture : test::TestTree {
  void check_lists(const std::string& folder, const Names& names) {
    BOOST_TEST(ls(folder) == names, boost::test_tools::per_element());
  }
  // No other format, by any name.
  void check_shows_only(const std::string& folder, const Names& formats) {
    for (const auto format : format::kReadFormats) {
      const std::string name(name_of(format));
      const bool there = std::ranges::count(formats, name) > 0;
      BOOST_TEST_CONTEXT(name) {
        BOOST_TEST(exists(folder + "/disk." + name) == there);
      }
    }
  }

  Bytes disc = block::read_all(test::IsoFile());
};

BOOST_FIXTURE_TEST_SUITE(tree_formats, Fixture)

BOOST_AUTO_TEST_CASE(a_disc_is_shown_as_its_bytes) {
  for (const std::string name : {"a.iso", "b.img", "c.ISO"}) {
    const std::string folder = "images/" + name.substr(0, 1);
    mkdir(folder);
    send(folder + "/" + name, disc);
    BOOST_TEST(attribute(folder, "user.disk_format") == "iso");
    BOOST_TEST(attribute(folder, "user.formats") == "raw");
    check_lists(folder, {"disk.iso", "disk.raw", "image.json"});
    check_shows_only(folder, {"iso", "raw"});
    BOOST_TEST(test::same_bytes(cat(folder + "/disk.iso"), disc));
    BOOST_TEST(test::same_bytes(cat(folder + "/disk.raw"), disc));
  }
}

BOOST_AUTO_TEST_CASE(a_disc_that_is_said_to_be_a_disk) {
  mkdir("images/x");
  BOOST_CHECK_EXCEPTION(
      send("images/x/x.raw", disc), Error,
      says(Errc::invalid,
           "holds an iso disk; name it .iso, or, to keep these "
           "bytes as a raw disk, set user.disk_format=raw"));
  BOOST_CHECK_EXCEPTION(send("images/y.iso", Bytes(64 * kKiB)), Error,
                        says(Errc::invalid, "holds a raw disk; name it .raw"));
  set_attribute("images/x", "user.disk_format", "raw");
  send("images/x/x.raw", disc);
  BOOST_TEST(attribute("images/x", "user.disk_format") == "raw");
  check_shows_only("images/x", {"raw", "qcow2", "vmdk", "vhd", "vhdx", "vdi"});
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"), disc));
  BOOST_TEST(attribute("images/x", "user.looks_like") == "iso");
}

BOOST_AUTO_TEST_CASE(a_disc_that_was_declared_one) {
  mkdir("images/x");
  set_attribute("images/x", "user.disk_format", "iso");
  BOOST_CHECK_EXCEPTION(
      send("images/x/x.img", Bytes(64 * kKiB)), Error,
      says(Errc::invalid, "a raw disk, but disk_format was set to iso"));
  send("images/x/x.img", disc);
  check_shows_only("images/x", {"iso", "raw"});
}

BOOST_AUTO_TEST_CASE(a_raw_disk_that_begins_like_another_format) {
  const Bytes file = test::qcow2_file(test::random_disk(300 * kKiB, 1));
  mkdir("images/x");
  set_attribute("images/x", "user.disk_format", "raw");
  send("images/x/x.qcow2", file);
  BOOST_TEST(attribute("images/x", "user.looks_like") == "qcow2");
  BOOST_TEST(text("images/x/image.json").find("\"looks_like\": \"qcow2\"") !=
             std::string::npos);
  check_shows_only("images/x", {"raw", "qcow2", "vmdk", "vhd", "vhdx", "vdi"});
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"), file));
  const auto view = block::memory_source(cat("images/x/disk.qcow2"));
  BOOST_TEST(test::same_bytes(
      block::read_all(*format::open_guest(format::Format::qcow2, view)), file));
  // Opening a view has sealed it.
  BOOST_CHECK_EXCEPTION(set_attribute("images/x", "user.looks_like", "raw"),
                        Error, says(Errc::forbidden, "is worked out"));
}

BOOST_AUTO_TEST_CASE(most_disks_look_like_nothing_else) {
  mkdir("images/x");
  set_attribute("images/x", "user.disk_format", "raw");
  send("images/x/x.raw", test::random_disk(300 * kKiB, 1));
  BOOST_CHECK_EXCEPTION(attribute("images/x", "user.looks_like"), Error,
                        test::has_code(Errc::no_data));
  BOOST_TEST(text("images/x/image.json").find("looks_like") ==
             std::string::npos);
}

// An encrypted disk's folder has the file as it was sent, and no other.
BOOST_AUTO_TEST_CASE(an_encrypted_disk) {
  test::Qcow2File locked;
  locked.set32(32, 1);
  mkdir("images/x");
  send("images/x/x.img", locked.bytes());
  BOOST_TEST(attribute("images/x", "user.status") == "active");
  BOOST_TEST(attribute("images/x", "user.status_reason") ==
             "the disk is encrypted with AES inside the qcow2; only the file "
             "as it was sent is here");
  BOOST_TEST(attribute("images/x", "user.virtual_size") == "4096");
  BOOST_CHECK_EXCEPTION(attribute("images/x", "user.formats"), Error,
                        test::has_code(Errc::no_data));
  check_lists("images/x", {"disk.qcow2", "image.json"});
  check_shows_only("images/x", {"qcow2"});
  BOOST_TEST(test::same_bytes(cat("images/x/disk.qcow2"), locked.bytes()));
  BOOST_TEST(find("images/x/disk.qcow2")->allocated == locked.bytes().size());
  BOOST_CHECK_EXCEPTION(
      tree().open(user(),
                  NodeId::of_view(at("images/x").number(), format::View::raw),
                  {}),
      Error, says(Errc::not_found, "the disk is encrypted"));
}

BOOST_AUTO_TEST_CASE(an_encrypted_disk_goes_through_life) {
  test::Qcow2File locked;
  locked.set32(32, 1);
  mkdir("images/x");
  send("images/x/x.qcow2", locked.bytes());
  // The same file is a twin; nothing else can be.
  send("images/x/disk.img", locked.bytes());
  BOOST_CHECK_EXCEPTION(send("images/x/disk.img", locked.disk()), Error,
                        says(Errc::corrupt, "holds another disk"));
  rmdir("images/x");
  BOOST_TEST(attribute("trash/x", "user.status") == "active");
  restart_all();
  mv("trash/x", "images/x");
  BOOST_TEST(test::same_bytes(cat("images/x/disk.qcow2"), locked.bytes()));
  BOOST_CHECK_EXCEPTION(open_new("images/x/disk.qcow2"), Error,
                        test::has_code(Errc::read_only));
  check_shows_only("images/x", {"qcow2"});
}

BOOST_AUTO_TEST_CASE(an_encrypted_disk_gives_way_to_one_that_is_not) {
  test::Qcow2File locked;
  locked.set32(32, 1);
  mkdir("images/x");
  send("images/x/x.qcow2", locked.bytes());
  send("images/x/x.qcow2", test::Qcow2File().bytes());
  check_shows_only("images/x", {"raw", "qcow2", "vmdk", "vhd", "vhdx", "vdi"});
  BOOST_CHECK_EXCEPTION(attribute("images/x", "user.status_reason"), Error,
                        test::has_code(Errc::no_data));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
