// tests/format/vmdk_set_test.cpp: disks in several VMDK files: what is read,
// and what is refused.
#include "support/vmdk_set.h"

#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/errors.h"
#include "support/vmdk_file.h"

using namespace platter;
using test::set_descriptor;
using test::SetFiles;
using test::VmdkFile;

namespace {

Bytes joined(std::initializer_list<ByteView> parts) {
  Bytes all;
  for (const ByteView part : parts) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// A sparse extent of 64 sectors that is no disk of its own; as qemu-img writes
// it, with room for a descriptor, or as VMware does, without.
VmdkFile extent_file(bool room = true) {
  VmdkFile file;
  file.describe("");
  if (!room) {
    file.set64(28, 0);
    file.set64(36, 0);
  }
  return file;
}

struct Fixture {
  void check_reads_as(const std::string& extents, ByteView disk) const {
    const auto text = set_descriptor(type, extents);
    const auto set = test::open_set(text, files);
    test::check_byte_source(*set, disk);
    const auto named =
        format::part_names(*block::memory_source(to_bytes(text)));
    for (std::size_t file = 0; file < named.size(); ++file) {
      test::check_placements(test::FileOfSet(set, file),
                             *files.at(named[file]));
    }
  }
  void check_refused(const std::string& extents, Errc code,
                     const std::string& words) const {
    check_text_refused(set_descriptor(type, extents), code, words);
  }
  void check_text_refused(const std::string& text, Errc code,
                          const std::string& words) const {
    BOOST_TEST_CONTEXT(text) {
      BOOST_CHECK_EXCEPTION(test::open_set(text, files), Error,
                            test::says(code, words));
    }
  }
  std::uint64_t placed(const std::string& extents, std::size_t file) const {
    std::uint64_t total = 0;
    test::open_set(set_descriptor(type, extents), files)
        ->for_each_placement(
            file, [&](const format::Placement& run) { total += run.length; });
    return total;
  }

  std::string type = "twoGbMaxExtentFlat";
  Bytes a = test::random_bytes(8 * 512, 1);
  Bytes b = test::random_bytes(5 * 512, 2);
  VmdkFile sparse = extent_file();
  SetFiles files = {{"a", block::memory_source(a)},
                    {"b", block::memory_source(b)},
                    {"d 1.vmdk", sparse.source()},
                    {"d2", extent_file(false).source()}};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vmdk_set, Fixture)

BOOST_AUTO_TEST_CASE(flat_files_one_after_the_other) {
  check_reads_as("RW 8 FLAT \"a\" 0\n", a);
  check_reads_as("RW 8 FLAT \"a\" 0\nRW 5 FLAT \"b\" 0\n", joined({a, b}));
  check_reads_as("RW 5 FLAT \"b\" 0\nRDONLY 8 FLAT \"a\" 0", joined({b, a}));
  // What lies before and behind the extent is not the disk's.
  check_reads_as("RW 3 FLAT \"a\" 4\nRW 1 FLAT \"b\" 4\n",
                 joined({ByteView(a).subspan(4 * 512, 3 * 512),
                         ByteView(b).subspan(4 * 512)}));
  BOOST_TEST(placed("RW 3 FLAT \"a\" 4\n", 0) == 3 * 512);
  type = "vmfs";
  check_reads_as("RW 8 VMFS \"a\"\n", a);
  check_reads_as("RW 7 VMFS \"a\" 1\n", ByteView(a).subspan(512));
}

BOOST_AUTO_TEST_CASE(sparse_files_one_after_the_other) {
  type = "twoGbMaxExtentSparse";
  const Bytes disk = sparse.disk();
  check_reads_as("RW 64 SPARSE \"d 1.vmdk\"\n", disk);
  check_reads_as("RW 64 SPARSE \"d 1.vmdk\"\nRW 64 SPARSE \"d2\"\n",
                 joined({disk, disk}));
  BOOST_TEST(placed("RW 64 SPARSE \"d2\"\n", 0) == 3 * VmdkFile::kGrain);
  // A last grain may be counted whole, but only at the disk's end.
  check_reads_as("RW 64 SPARSE \"d2\"\nRW 57 SPARSE \"d 1.vmdk\"\n",
                 joined({disk, ByteView(disk).first(57 * 512)}));
  check_refused("RW 57 SPARSE \"d2\"\nRW 64 SPARSE \"d 1.vmdk\"\n",
                Errc::corrupt, "d2: vmdk: capacity is 64");
}

BOOST_AUTO_TEST_CASE(zeros_and_kinds_side_by_side) {
  const Bytes zeros(3 * 512);
  check_reads_as("RW 3 ZERO\nRW 8 FLAT \"a\" 0\nRW 3 ZERO\n",
                 joined({zeros, a, zeros}));
  check_reads_as("RW 64 SPARSE \"d2\"\nRW 3 ZERO\nRW 5 FLAT \"b\" 0\n",
                 joined({sparse.disk(), zeros, b}));
}

BOOST_AUTO_TEST_CASE(what_the_descriptor_names) {
  const auto named = [](const std::string& text) {
    return format::part_names(*block::memory_source(to_bytes(text)));
  };
  BOOST_CHECK(named(set_descriptor("vmfs", "RW 1 VMFS \"x-flat.vmdk\"\n")) ==
              std::vector<std::string>{"x-flat.vmdk"});
  BOOST_CHECK((named(set_descriptor(type,
                                    "RW 1 FLAT \"b\" 0\r\nRW 9 ZERO\r\n"
                                    "RW 1 FLAT \"a b\" 7\r\n")) ==
               std::vector<std::string>{"b", "a b"}));
}

BOOST_AUTO_TEST_CASE(only_plain_names) {
  for (const std::string name : {"/dev/sda", "../d-flat.vmdk", "a/b", "..", ".",
                                 "\\\\.\\PhysicalDrive0", "c:\\d", "/"}) {
    check_refused("RW 8 FLAT \"a\" 0\nRW 5 FLAT \"" + name + "\" 0\n",
                  Errc::invalid, "RW 5 FLAT \"" + name + "\" 0'");
  }
  const std::string too_long = "\"" + std::string(256, 'x') + "\"";
  for (const std::string& name :
       {std::string("\"\""), std::string("a"), std::string("\"a"),
        std::string(), too_long}) {
    check_refused("RW 8 FLAT " + name + "\n", Errc::corrupt, "has no name");
  }
  check_refused("RW 8 FLAT \"a\" 0\nRW 1 ZERO\nRW 5 FLAT \"a\" 8\n",
                Errc::invalid, "names the part a twice");
  check_refused("RW 8 ZERO\n", Errc::invalid, "no part");
}

BOOST_AUTO_TEST_CASE(lines_that_are_no_extents) {
  for (const std::string line :
       {"NOACCESS 8 FLAT \"a\" 0", "RW 8 FLAT \"a\"", "RW 8 FLAT \"a\" x",
        "RW 8 FLAT \"a\" -1", "RW 8 VMFSSPARSE \"a\"", "RW 8 SESPARSE \"a\"",
        "RW 8 VMFSRDM \"a\"", "RW 8 flat \"a\" 0", "RW 8"}) {
    check_refused(line + "\n", Errc::unsupported, line);
  }
  for (const std::string line :
       {"RW 0 FLAT \"a\" 0", "RW x FLAT \"a\" 0", "RW 8 FLAT \"a\" 0 1",
        "RW 8 ZERO \"a\"", "RW 8 SPARSE \"a\" 0",
        "RW 99999999999999999999 ZERO"}) {
    check_refused(line + "\n", Errc::corrupt, line);
  }
}

BOOST_AUTO_TEST_CASE(sizes_that_the_files_do_not_have) {
  check_refused("RW 9 FLAT \"a\" 0\n", Errc::corrupt,
                "9 sectors from sector 0");
  check_refused("RW 8 FLAT \"a\" 1\n", Errc::corrupt,
                "8 sectors from sector 1");
  check_refused("RW 1 FLAT \"a\" 18446744073709551615\n", Errc::corrupt,
                "4096 bytes");
  check_refused("RW 8 FLAT \"a\" 0\nRW 18446744073709551615 ZERO\n",
                Errc::unsupported, "more than 274877906944 sectors");
  files["a"] = block::memory_source(Bytes(8 * 512 - 1));
  check_refused("RW 8 FLAT \"a\" 0\n", Errc::corrupt, "4095 bytes");
  type = "twoGbMaxExtentSparse";
  check_refused("RW 72 SPARSE \"d2\"\n", Errc::corrupt, "capacity is 64");
  check_refused("RW 56 SPARSE \"d2\"\n", Errc::corrupt, "capacity is 64");
}

BOOST_AUTO_TEST_CASE(sparse_files_that_are_no_part) {
  type = "twoGbMaxExtentSparse";
  files["w"] = VmdkFile().source();
  check_refused("RW 64 SPARSE \"w\"\n", Errc::invalid,
                "w: vmdk: the file has a descriptor inside");
  files["z"] = VmdkFile::stream().source();
  check_refused("RW 64 SPARSE \"z\"\n", Errc::invalid, "descriptor inside");
  VmdkFile packed = VmdkFile::stream();
  packed.describe("");
  files["z"] = packed.source();
  check_refused("RW 64 SPARSE \"z\"\n", Errc::unsupported, "flags are 0x30001");
  check_refused("RW 8 SPARSE \"a\"\n", Errc::corrupt, "a: vmdk: the file does");
  sparse.set_entry(1, 8);
  files["d2"] = sparse.source();
  check_refused("RW 64 SPARSE \"d2\"\n", Errc::corrupt, "overlaps");
}

BOOST_AUTO_TEST_CASE(parents_and_other_types) {
  const std::string text = set_descriptor(type, "RW 8 FLAT \"a\" 0\n");
  check_text_refused(text + "parentCID=12345678\n", Errc::invalid,
                     "parentCID is 12345678");
  check_text_refused(text + "parentFileNameHint=\"b\"\n", Errc::invalid,
                     "parentFileNameHint");
  for (const std::string other : {"monolithicSparse", "streamOptimized"}) {
    type = other;
    check_refused("RW 8 FLAT \"a\" 0\n", Errc::corrupt, other);
  }
  for (const std::string other : {"vmfsSparse", "fullDevice", "custom", ""}) {
    type = other;
    check_refused("RW 8 FLAT \"a\" 0\n", Errc::unsupported, "createType");
  }
  type = "vmfs";
  const auto tracked = set_descriptor(
      "vmfs", "RW 8 VMFS \"a\"\nchangeTrackPath=\"a-ctk.vmdk\"\n");
  test::check_byte_source(*test::open_set(tracked, files), a);
}

// As qemu-img leaves it.
BOOST_AUTO_TEST_CASE(what_comes_after_the_end_does_not_count) {
  const std::string text = set_descriptor(type, "RW 8 FLAT \"a\" 0\n");
  const auto set = test::open_set(text + '\0' + "parentCID=1\n", files);
  test::check_byte_source(*set, a);
}

BOOST_AUTO_TEST_CASE(what_is_no_descriptor) {
  check_text_refused("", Errc::corrupt, "begins with ''");
  check_text_refused("RW 8 FLAT \"a\" 0\n", Errc::corrupt, "begins with");
  check_text_refused("# Disk DescriptorFile\n", Errc::corrupt, "no extent");
  const std::string text = set_descriptor(type, "RW 8 FLAT \"a\" 0\n");
  check_text_refused(text + "#" + std::string(kMiB, 'x'), Errc::corrupt,
                     "1048576 are allowed");
}

BOOST_AUTO_TEST_CASE(as_many_files_as_there_may_be) {
  std::string extents;
  Bytes disk;
  for (std::size_t n = 0; n < format::kMaxParts; ++n) {
    const std::string name = "f" + std::to_string(n);
    const Bytes sector = test::random_bytes(512, n);
    extents += "RW 1 FLAT \"" + name + "\" 0\n";
    files[name] = block::memory_source(sector);
    disk.insert(disk.end(), sector.begin(), sector.end());
  }
  check_reads_as(extents, disk);
  check_refused(extents + "RW 8 FLAT \"a\" 0\n", Errc::unsupported,
                "193 parts; 192");
}

BOOST_AUTO_TEST_CASE(files_are_told_apart_by_their_content) {
  const auto descriptor =
      block::memory_source(to_bytes(set_descriptor(type, "")));
  BOOST_TEST(format::is_descriptor(*descriptor));
  BOOST_TEST(!format::is_descriptor(*sparse.source()));
  BOOST_TEST(!format::is_descriptor(*block::memory_source(Bytes(5))));
  BOOST_TEST(format::is_whole_vmdk(*VmdkFile().source()));
  BOOST_TEST(format::is_whole_vmdk(*VmdkFile::stream(true).source()));
  BOOST_TEST(!format::is_whole_vmdk(*sparse.source()));
  BOOST_TEST(!format::is_whole_vmdk(*extent_file(false).source()));
  BOOST_TEST(!format::is_whole_vmdk(*descriptor));
  BOOST_TEST(!format::is_whole_vmdk(*block::memory_source(a)));
  VmdkFile outside = sparse;
  outside.set64(28, ~std::uint64_t{0});
  BOOST_TEST(!format::is_whole_vmdk(*outside.source()));
  // Nobody opens one of them for a disk.
  BOOST_CHECK_EXCEPTION(format::probe(*descriptor), Error,
                        test::says(Errc::invalid, "only names the files"));
  BOOST_CHECK_EXCEPTION(open_guest(format::Format::vmdk, sparse.source()),
                        Error, test::says(Errc::invalid, "one of several"));
}

BOOST_AUTO_TEST_SUITE_END()
