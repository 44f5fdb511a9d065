// tests/service/names_test.cpp: what names may be and what they say.
#include "platter/service/names.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/errors.h"

namespace platter::service {
namespace {

namespace data = boost::unit_test::data;
using test::says;

BOOST_AUTO_TEST_SUITE(service_names)

const std::vector<std::string> kGood = {
    "a",
    "ubuntu-24.04-base-v1.1",
    "with space",
    "\xc3\xa4\xc3\xb6",              // two letters of two bytes
    "\xe4\xb8\xad\xf0\x9f\x92\xbe",  // of three and four bytes
    "img",
    "raw",
    "x.raw.old",
    "-leading",
    std::string(200, 'x'),
};

BOOST_DATA_TEST_CASE(names_of_images, data::make(kGood), name) {
  BOOST_CHECK_NO_THROW(check_image_name(name));
}

struct Refused {
  std::string name;
  std::string why;
};
std::ostream& operator<<(std::ostream& out, const Refused& one) {
  return out << '"' << one.name << '"';
}

const std::vector<Refused> kRefused = {
    {"", "1 to 200 bytes"},
    {std::string(201, 'x'), "1 to 200 bytes"},
    {".", "dot"},
    {"..", "dot"},
    {".hidden", "dot"},
    {"a\nb", "control"},
    {"a\tb", "control"},
    {std::string("a\0b", 3), ""},
    {"x.raw", "disk file"},
    {"x.QCOW2", "disk file"},
    {"x.iso", "disk file"},
    {"x.raw.xz", "disk file"},
    {"x.ova", "disk file"},
    {"\x80", "UTF-8"},                  // a byte that only follows
    {"a\xc3", "UTF-8"},                 // cut off
    {"\xc3(", "UTF-8"},                 // not followed
    {"\xff\x80\x80", "UTF-8"},          // no such first byte
    {"\xf8\x88\x80\x80\x80", "UTF-8"},  // five bytes
    {"\xc0\xaf", "UTF-8"},              // a slash, too long
    {"\xe0\x80\xaf", "UTF-8"},
    {"\xed\xa0\x80", "UTF-8"},      // half of a pair of UTF-16
    {"\xf4\x90\x80\x80", "UTF-8"},  // past the last letter
};

BOOST_DATA_TEST_CASE(names_that_no_image_has, data::make(kRefused), one) {
  BOOST_CHECK_EXCEPTION(check_image_name(one.name), Error,
                        says(Errc::invalid, one.why));
}

struct Stem {
  std::string name;
  std::optional<std::string> stem;
};
std::ostream& operator<<(std::ostream& out, const Stem& one) {
  return out << '"' << one.name << '"';
}

const std::vector<Stem> kStems = {
    {"debian.qcow2", "debian"},
    {"debian.QCow2", "debian"},
    {"Debian.IMG", "Debian"},
    {"noble-server.img", "noble-server"},
    {"a.b.raw", "a.b"},
    {"disk.iso", "disk"},
    {"disk.vmdk", "disk"},
    {"disk.vhd", "disk"},
    {"disk.vhdx", "disk"},
    {"disk.vdi", "disk"},
    {"x.raw.img", "x.raw"},
    {"debian.raw.xz", "debian"},
    {"debian.qcow2.gz", "debian"},
    {"Debian.IMG.ZST", "Debian"},
    {"debian.vmdk.bz2", "debian"},
    {"debian.xz", "debian"},
    {"debian-12.gz", "debian-12"},
    {"machine.ova", "machine"},
    {"disks.tar.gz", "disks.tar"},
    {".raw.xz", ".raw"},
    {".xz", std::nullopt},
    {"debian.zip", std::nullopt},
    {"debianxz", std::nullopt},
    {".raw", std::nullopt},
    {"raw", std::nullopt},
    {"debian", std::nullopt},
    {"debian.txt", std::nullopt},
    {"debian.qcow2.part", std::nullopt},
    {"debian.qcow2 ", std::nullopt},
    {"", std::nullopt},
};

BOOST_DATA_TEST_CASE(stems_of_disk_files, data::make(kStems), one) {
  BOOST_CHECK(disk_file_stem(one.name) == one.stem);
}

const std::vector<std::string> kScratch = {
    ".disk.raw.Xa81bq",       // rsync
    ".goutputstream-ABCDEF",  // gio
    ".image.json.swp",        // vim
    "4913",                   // vim
    "image.json~",            // vim, emacs
    "#image.json#",           // emacs
    "sedAb12Cd",              // sed -i
    "CuAb12Cd",               // coreutils
    "disk.raw.part",          // browsers
    "disk.raw.crdownload",    // browsers
    "disk.raw.partial",       // rclone
    "disk.raw.filepart",      // WinSCP
    "disk.raw.aria2",         // aria2
    "disk.raw.aria2__temp",   // aria2
    "disk.raw.tmp",
    "image.json.tmp.1234",
};

BOOST_DATA_TEST_CASE(names_that_tools_use_meanwhile, data::make(kScratch),
                     name) {
  BOOST_TEST(is_scratch_name(name));
}

const std::vector<std::string> kLasting = {
    "disk.raw",
    "debian.qcow2",
    "image.json",
    "my.partition.raw",
    "ubuntu.template.qcow2",
    "x.temporary.img",
    "sedation",
    "sedAb12Cdef",
    "sed-b12Cd",
    "Cumulus-linux",
    "4913x",
    "#",
    "part",
    "",
};

BOOST_DATA_TEST_CASE(names_that_last, data::make(kLasting), name) {
  BOOST_TEST(!is_scratch_name(name));
}

BOOST_AUTO_TEST_CASE(names_of_parts) {
  for (const char* name : {"d-flat.vmdk", "d-f001.vmdk", "d-s999.vmdk",
                           "My Disk-FLAT.VMDK", "a-b-S010.vmdk"}) {
    BOOST_TEST(is_part_name(name), name);
  }
  for (const char* name :
       {"d.vmdk", "-flat.vmdk", "d-flat.raw", "dflat.vmdk", "d-f01.vmdk",
        "d-f0001.vmdk", "d-x001.vmdk", "d-ctk.vmdk", "d-s00a.vmdk", ""}) {
    BOOST_TEST(!is_part_name(name), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
