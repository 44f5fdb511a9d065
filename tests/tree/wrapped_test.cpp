// tests/tree/wrapped_test.cpp: an image whose disk was sent in a wrapper, as
// the mount shows it.
#include "support/wrapped_files.h"
#include "tree.h"

namespace platter::tree {
namespace {

using archive::Wrapper;
using test::has_code;
using test::Names;
using test::packed;
using test::says;

struct Fixture : test::TestTree {
  Bytes disk = test::random_disk(300 * kKiB, 1);
  Bytes gz = packed(Wrapper::gz, test::qcow2_file(disk));
};

BOOST_FIXTURE_TEST_SUITE(tree_wrapped, Fixture)

BOOST_AUTO_TEST_CASE(the_sent_file_comes_first) {
  send("images/x.qcow2.gz", gz);
  BOOST_TEST(ls("images") == Names{"x"}, boost::test_tools::per_element());
  BOOST_TEST(ls("images/x") == (Names{"disk.qcow2.gz", "disk.raw", "disk.qcow2",
                                      "image.json"}),
             boost::test_tools::per_element());
  BOOST_TEST(test::same_bytes(cat("images/x/disk.qcow2.gz"), gz));
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"), disk));
  // The worked-out qcow2 is a file of its own.
  const Bytes qcow2 = cat("images/x/disk.qcow2");
  const auto guest =
      format::open_guest(format::Format::qcow2, block::memory_source(qcow2));
  BOOST_TEST(block::same_content(*guest, *block::memory_source(disk)));
  for (const auto* other : {"disk.raw", "disk.qcow2", "image.json"}) {
    BOOST_TEST(find("images/x/disk.qcow2.gz")->id.value <
               at(std::string("images/x/") + other).value);
  }
}

BOOST_AUTO_TEST_CASE(the_name_that_was_sent_keeps_resolving) {
  send("images/debian-12.qcow2.gz", gz);
  const auto id = at("images/debian-12/disk.qcow2.gz");
  BOOST_CHECK(at("images/debian-12.qcow2.gz") == id);
  BOOST_CHECK(at("images/debian-12/debian-12.qcow2.gz") == id);
  BOOST_TEST(!exists("images/debian-12/disk.qcow2.xz"));
}

BOOST_AUTO_TEST_CASE(only_the_original_may_be_listed) {
  send("images/x.gz", gz);
  list_only(std::nullopt);
  BOOST_TEST(ls("images/x") == (Names{"disk.qcow2.gz", "image.json"}),
             boost::test_tools::per_element());
  BOOST_TEST(exists("images/x/disk.qcow2"));
}

BOOST_AUTO_TEST_CASE(a_machine_is_disk_ova) {
  test::TarFolder folder;
  folder.add("vm.ovf", test::ovf_of({{"disk.img"}})).add("disk.img", disk);
  const Bytes ova = folder.tar();
  send("images/x.ova", ova);
  BOOST_TEST(ls("images/x") ==
                 (Names{"disk.ova", "disk.raw", "disk.qcow2", "image.json"}),
             boost::test_tools::per_element());
  BOOST_TEST(test::same_bytes(cat("images/x/disk.ova"), ova));
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"), disk));
  BOOST_TEST(attribute("images/x", "user.container_format") == "ova");
}

BOOST_AUTO_TEST_CASE(stat_and_properties) {
  send("images/x.gz", gz);
  const auto file = find("images/x/disk.qcow2.gz");
  BOOST_TEST(file->size == gz.size());
  BOOST_TEST(file->allocated >= gz.size());
  BOOST_TEST(attribute("images/x", "user.size") == std::to_string(gz.size()));
  BOOST_TEST(attribute("images/x", "user.virtual_size") ==
             std::to_string(disk.size()));
  BOOST_TEST(attribute("images/x", "user.container_format") == "compressed");
  BOOST_TEST(attribute("images/x", "user.disk_format") == "qcow2");
  BOOST_TEST(attribute("images/x", "user.formats").find("qcow2 raw") !=
             std::string::npos);
  BOOST_TEST(text("images/x/image.json").find("compressed") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(removing_the_original_hides_it) {
  send("images/x.gz", gz);
  rm("images/x/disk.qcow2.gz");
  BOOST_TEST(!exists("images/x/disk.qcow2.gz"));
  BOOST_TEST(exists("images/x/disk.qcow2"));
  // Another file may come now: the image as it was goes to the trash.
  send("images/x/new.raw", disk);
  BOOST_TEST(exists("trash/x"));
  BOOST_TEST(test::same_bytes(cat("images/x/disk.raw"), disk));
  BOOST_TEST(ls("images/x").front() == "disk.raw");
}

BOOST_AUTO_TEST_CASE(removing_a_view_hides_that_alone) {
  send("images/x.gz", gz);
  rm("images/x/disk.qcow2");
  BOOST_TEST(!exists("images/x/disk.qcow2"));
  BOOST_TEST(exists("images/x/disk.qcow2.gz"));
  send("images/x/disk.qcow2", {});
  BOOST_TEST(exists("images/x/disk.qcow2"));
}

BOOST_AUTO_TEST_CASE(scratch_names_become_wrapped_disks) {
  send("images/.x.gz.part", gz);
  mv("images/.x.gz.part", "images/x.qcow2.gz");
  BOOST_TEST(test::same_bytes(cat("images/x/disk.qcow2.gz"), gz));
}

// In the order in which `cp -r` sends them.
BOOST_AUTO_TEST_CASE(a_folder_is_copied) {
  send("images/x.qcow2.gz", gz);
  mkdir("images/y");
  for (const auto& name : ls("images/x")) {
    if (name == "image.json") continue;
    send(maker(), "images/y/" + name, cat("images/x/" + name));
  }
  BOOST_TEST(attribute("images/y", "user.status") == "active");
  BOOST_TEST(test::same_bytes(cat("images/y/disk.qcow2.gz"), gz));
}

BOOST_AUTO_TEST_CASE(other_archives_are_refused_at_their_names) {
  mkdir("images/x");
  for (const auto* name : {"x.zip", "x.tar", "x.7z", "x.gzip"}) {
    BOOST_CHECK_EXCEPTION(open_new(std::string("images/x/") + name), Error,
                          has_code(Errc::invalid));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
