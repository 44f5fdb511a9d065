// tests/archive/ova_test.cpp: the one disk of a virtual machine, out of
// archives of every kind of tar; and what is no plain archive of one disk.
#include <boost/test/unit_test.hpp>

#include "laws/byte_source.h"
#include "platter/archive/archive.h"
#include "platter/block/sources.h"
#include "support/errors.h"
#include "support/sparse.h"
#include "support/wrapped_files.h"

namespace platter::archive {
namespace {

using test::has_code;
using test::joined;
using test::OvfDisk;
using test::says;
using test::TarFolder;

const Bytes kDisk = test::random_bytes(20'000, 1);

Unwrapped open(const Bytes& file) {
  const auto source = block::memory_source(file);
  BOOST_REQUIRE(wrapper_of(*source) == Wrapper::ova);
  return unwrap(Wrapper::ova, source, "/nonexistent", {});
}

// The disk is found, and lies where it is said to.
void check(const Bytes& file, const std::string& name = "disk.vmdk",
           const Bytes& disk = kDisk) {
  const Unwrapped found = open(file);
  BOOST_TEST(found.name == name);
  test::check_byte_source(*found.content, disk);
  BOOST_REQUIRE(found.offset);
  BOOST_CHECK(test::same_bytes(
      ByteView(file).subspan(*found.offset, disk.size()), disk));
}

// Opening refuses, be it at once or when the archive is looked at.
void check_refused(const Bytes& file, Errc code, const std::string& words) {
  BOOST_CHECK_EXCEPTION(open(file), Error, says(code, words));
}

// A descriptor and a disk; more may be added.
struct Machine : TarFolder {
  explicit Machine(const OvfDisk& disk = {"disk.vmdk"})
      : Machine(test::ovf_of({disk}), "disk.vmdk") {}
  Machine(const std::string& ovf, const std::string& name) {
    add("vm.ovf", ovf).add(name, kDisk);
  }
};

BOOST_AUTO_TEST_SUITE(archive_ova)

BOOST_AUTO_TEST_CASE(the_disk_of_every_kind_of_tar) {
  Machine folder;
  folder.add("nvram", test::random_bytes(700, 2));
  for (const auto* options :
       {"--format=ustar", "--format=gnu", "--format=pax", "--format=oldgnu",
        "--format=ustar -b 1", "--format=pax --pax-option=comment:=x"}) {
    check(folder.tar(options));
  }
}

BOOST_AUTO_TEST_CASE(the_order_is_free) {
  TarFolder folder;
  folder.add("disk.vmdk", kDisk).add("other.iso", test::random_bytes(9000, 3));
  folder.add("vm.ovf", test::ovf_of({{"disk.vmdk"}}));
  check(folder.tar());
}

BOOST_AUTO_TEST_CASE(names_long_foreign_and_escaped) {
  const std::string longest = std::string(180, 'n') + ".vmdk";
  for (const auto* format : {"--format=gnu", "--format=pax"}) {
    check(Machine(test::ovf_of({{longest}}), longest).tar(format), longest);
  }
  const std::string foreign =
      "gr\xc3\xbc\xc3\x9f"
      "e.vmdk";
  for (const auto* format :
       {"--format=gnu", "--format=pax", "--format=ustar"}) {
    check(Machine(test::ovf_of({{foreign}}), foreign).tar(format), foreign);
  }
  check(Machine(test::ovf_of({{"my%20disk.vmdk"}}), "my disk.vmdk").tar(),
        "my disk.vmdk");
  check(Machine(test::ovf_of({{"a%2.vmdk"}}), "a%2.vmdk").tar(), "a%2.vmdk");
}

BOOST_AUTO_TEST_CASE(folders_are_no_files) {
  TarFolder folder;
  folder.add_made("sub", "mkdir sub");
  folder.add("sub/vm.ovf", test::ovf_of({{"disk.vmdk"}}));
  folder.add("sub/disk.vmdk", kDisk);
  check(folder.tar("--no-recursion"), "sub/disk.vmdk");
  check(Machine().tar("--transform='s,^,./,'"));
}

BOOST_AUTO_TEST_CASE(descriptors_of_other_prefixes_and_ages) {
  std::string plain = test::ovf_of({{"disk.vmdk"}});
  for (std::size_t at; (at = plain.find("ovf:")) != plain.npos;) {
    plain.erase(at, 4);
  }
  check(Machine(plain, "disk.vmdk").tar());
  check(Machine("<?xml version='1.0'?><o:Envelope xmlns:o='x'><o:References>"
                "<o:File o:href='disk.vmdk' o:id='f'/></o:References>"
                "<o:Section x:type='o:DiskSection_Type' xmlns:x='y'>"
                "<o:Disk o:fileRef='f'/></o:Section></o:Envelope>",
                "disk.vmdk")
            .tar());
}

BOOST_AUTO_TEST_CASE(a_blank_disk_beside_the_one_is_nothing) {
  std::string ovf = test::ovf_of({{"disk.vmdk"}});
  ovf.insert(ovf.find("<Disk "), "<Disk ovf:capacity='9' ovf:diskId='b'/>");
  check(Machine(ovf, "disk.vmdk").tar());
}

BOOST_AUTO_TEST_CASE(several_disks_are_listed) {
  TarFolder folder;
  folder.add("vm.ovf", test::ovf_of({{"one.vmdk"}, {"two.vmdk"}}));
  folder.add("one.vmdk", kDisk).add("two.vmdk", kDisk);
  check_refused(folder.tar(), Errc::invalid,
                "2 disks: \"one.vmdk\", \"two.vmdk\"");
}

BOOST_AUTO_TEST_CASE(no_disk) {
  check_refused(Machine(test::ovf_of({}), "x").tar(), Errc::invalid,
                "names no disk");
}

BOOST_AUTO_TEST_CASE(disks_that_are_not_there) {
  for (const auto* href :
       {"gone.vmdk", "../disk.vmdk", "/etc/passwd", "file:///etc/passwd",
        "http://127.0.0.1/disk.vmdk", ""}) {
    check_refused(Machine(OvfDisk{href}).tar(), Errc::corrupt,
                  "\"" + std::string(href) + "\" is not in the archive");
  }
  std::string ovf = test::ovf_of({{"disk.vmdk"}});
  ovf.replace(ovf.find("fileRef='file0'"), 15, "fileRef='file9'");
  check_refused(Machine(ovf, "disk.vmdk").tar(), Errc::corrupt, "\"file9\"");
}

BOOST_AUTO_TEST_CASE(disks_that_are_not_whole) {
  check_refused(
      Machine(OvfDisk{"disk.vmdk", "", "ovf:parentRef='other'"}).tar(),
      Errc::invalid, "ovf:parentRef");
  check_refused(Machine(OvfDisk{"disk.vmdk", "ovf:chunkSize='1000'"}).tar(),
                Errc::unsupported, "ovf:chunkSize");
  check_refused(Machine(OvfDisk{"disk.vmdk", "ovf:compression='gzip'"}).tar(),
                Errc::unsupported, "\"gzip\"");
  check(Machine(OvfDisk{"disk.vmdk", "ovf:compression='identity'"}).tar());
}

BOOST_AUTO_TEST_CASE(descriptors_that_are_none) {
  for (const auto* text :
       {"", "no xml", "<Envelope", "<html/>", "<?xml version='1.0'?>"}) {
    check_refused(Machine(text, "disk.vmdk").tar(), Errc::corrupt,
                  "no OVF descriptor");
  }
}

// Nothing of a document type is followed, neither a file nor itself.
BOOST_AUTO_TEST_CASE(entities_are_not_expanded) {
  std::string ovf = test::ovf_of({{"&secret;"}});
  ovf.insert(ovf.find("<Envelope"),
             "<!DOCTYPE Envelope [<!ENTITY secret SYSTEM "
             "'file:///etc/hostname'>]>");
  check_refused(Machine(ovf, "disk.vmdk").tar(), Errc::corrupt,
                "\"&secret;\" is not in the archive");
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_is_too_long) {
  Machine folder(std::string(5 * kMiB, ' '), "disk.vmdk");
  check_refused(folder.tar(), Errc::too_large, "vm.ovf");
}

BOOST_AUTO_TEST_CASE(two_descriptors) {
  Machine folder;
  folder.add("other.OVF", test::ovf_of({{"disk.vmdk"}}));
  check_refused(folder.tar(), Errc::invalid, "\"vm.ovf\" and \"other.OVF\"");
}

BOOST_AUTO_TEST_CASE(names_that_lead_outside) {
  const std::pair<const char*, const char*> bad[] = {
      {"s,^disk,../disk,", "../disk.vmdk"},
      {"s,^disk,/tmp/disk,", "/tmp/disk.vmdk"},
      {"s,^disk,a/../../disk,", "a/../../disk.vmdk"}};
  for (const auto& [transform, name] : bad) {
    const Bytes file =
        Machine().tar("--transform='" + std::string(transform) + "'");
    check_refused(file, Errc::invalid, "\"" + std::string(name) + "\"");
  }
}

BOOST_AUTO_TEST_CASE(members_that_are_no_files) {
  check_refused(Machine().add_made("link", "ln -s /etc/passwd link").tar(),
                Errc::invalid, "\"link\" is a link or a device");
  check_refused(Machine().add_made("hard", "ln disk.vmdk hard").tar(),
                Errc::invalid, "\"hard\" is a link or a device");
  check_refused(Machine().add_made("pipe", "mkfifo pipe").tar(), Errc::invalid,
                "\"pipe\" is a link or a device");
  check_refused(Machine()
                    .add_made("/dev/null", "true")
                    .tar("--transform="
                         "'s,^/dev/,,'"),
                Errc::invalid, "\"null\" is a link or a device");
}

BOOST_AUTO_TEST_CASE(a_member_twice) {
  // The second time by the same name, and by another way to write it.
  for (const auto* name : {"disk.vmdk", "./disk.vmdk"}) {
    Machine folder;
    folder.add_made(name, "true");
    check_refused(folder.tar("--hard-dereference"), Errc::invalid,
                  "\"disk.vmdk\" is there twice");
  }
}

BOOST_AUTO_TEST_CASE(members_stored_without_their_holes) {
  Machine folder(test::ovf_of({{"disk.vmdk"}}), "other");
  folder.add_made("disk.vmdk", "truncate -s 1M disk.vmdk");
  for (const auto* format : {"--format=gnu -S", "--format=pax -S"}) {
    check_refused(folder.tar(format), Errc::unsupported, "tar --sparse");
  }
}

BOOST_AUTO_TEST_CASE(too_many_members) {
  TarFolder folder;
  folder.add("vm.ovf", test::ovf_of({{"disk.vmdk"}}));
  for (int n = 0; n < 1100; ++n) folder.add(std::to_string(n), Bytes());
  check_refused(folder.tar(), Errc::invalid, "more than 1024 files");
}

BOOST_AUTO_TEST_CASE(an_archive_that_was_cut_off) {
  const Bytes whole = Machine().tar("--format=ustar -b 1");
  // Descriptor, disk and the end: two blocks of zeros, which say nothing new.
  const std::size_t end = whole.size() - 1024;
  for (std::size_t length = 512; length < end; length += 1000) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(length));
    BOOST_CHECK_EXCEPTION(open(cut), Error, has_code(Errc::corrupt));
  }
}

BOOST_AUTO_TEST_CASE(what_follows_the_archive) {
  const Bytes whole = Machine().tar();
  check_refused(joined(whole, as_bytes("x")), Errc::corrupt, "something else");
  check_refused(joined(whole, whole), Errc::corrupt, "something else");
  check(joined(whole, Bytes(100 * kKiB)));
  // Zeros that are a hole are not even read.
  Bytes longer = whole;
  longer.resize(round_up(longer.size(), kPageSize) + kMiB);
  const auto sparse = std::make_shared<test::SparseMemory>(longer);
  BOOST_TEST(unwrap(Wrapper::ova, sparse, "/nonexistent", {}).name ==
             "disk.vmdk");
}

BOOST_AUTO_TEST_CASE(a_compressed_disk_within) {
  TarFolder folder;
  folder.add("vm.ovf", test::ovf_of({{"disk.vmdk.gz"}}));
  folder.add("disk.vmdk.gz", test::packed(Wrapper::gz, kDisk));
  check_refused(folder.tar(), Errc::unsupported, "holds a gz file");
  TarFolder nested;
  nested.add("vm.ovf", test::ovf_of({{"inner.ova"}}));
  nested.add("inner.ova", Machine().tar());
  check_refused(nested.tar(), Errc::unsupported, "holds a ova file");
}

BOOST_AUTO_TEST_CASE(an_empty_disk) {
  TarFolder folder;
  folder.add("vm.ovf", test::ovf_of({{"disk.vmdk"}}));
  folder.add("disk.vmdk", Bytes());
  check_refused(folder.tar(), Errc::invalid, "nothing in the file");
}

// Whatever a name holds, a sentence is one line.
BOOST_AUTO_TEST_CASE(names_do_not_break_lines) {
  Machine folder;
  folder.add_made("a\nb", "ln -s x 'a\nb'");
  check_refused(folder.tar(), Errc::invalid, "\"a?b\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::archive
