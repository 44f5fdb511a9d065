// tests/format/iso_test.cpp: optical discs.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "support/disk_files.h"
#include "support/errors.h"
#include "support/iso_file.h"

using namespace platter;
using format::Format;
using test::IsoFile;

namespace {

void check_reads_as_itself(const block::SourcePtr& file) {
  BOOST_CHECK(format::probe(*file) == Format::iso);
  const auto guest = open_guest(Format::iso, file);
  Bytes disk = block::read_all(*file);
  disk.resize(round_up(disk.size(), 512));
  test::check_byte_source(*guest, disk);
  test::check_placements(*guest, *file);
}

void check_refused(const IsoFile& file, const std::string& words) {
  BOOST_CHECK_EXCEPTION(open_guest(Format::iso, file.share()), Error,
                        test::says(Errc::corrupt, words));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(iso)

BOOST_AUTO_TEST_CASE(the_plain_file) {
  check_reads_as_itself(IsoFile().share());
}

BOOST_AUTO_TEST_CASE(discs_of_every_standard) {
  for (const auto* name : {"BEA01", "NSR02", "NSR03"}) {
    IsoFile file;
    file.descriptor(IsoFile::kDescriptor, 0, name);
    check_reads_as_itself(file.share());
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_disc) {
  for (const auto* name : {"CD002", "CDW02", "cd001", "BOOT2", "NSR01"}) {
    IsoFile file;
    file.descriptor(IsoFile::kDescriptor, 1, name);
    BOOST_CHECK(format::probe(file) == Format::raw);
    check_refused(file, "no volume descriptor at 0x8000");
  }
  IsoFile moved;
  moved.descriptor(IsoFile::kDescriptor, 1, "?????");
  moved.descriptor(IsoFile::kDescriptor + 512, 1, "CD001");
  BOOST_CHECK(format::probe(moved) == Format::raw);
  IsoFile shorter;
  shorter.resize(17 * IsoFile::kBlock - 1);
  BOOST_CHECK(format::probe(shorter) == Format::raw);
  check_refused(shorter, "no volume descriptor");
}

BOOST_AUTO_TEST_CASE(a_disc_that_begins_like_a_hard_disk) {
  IsoFile file;
  file.set_le(510, std::uint16_t{0xaa55});
  file.write(512, as_bytes("EFI PART"));
  check_reads_as_itself(file.share());
}

BOOST_AUTO_TEST_CASE(odd_lengths_are_filled_up) {
  IsoFile file;
  file.resize(IsoFile::kBlocks * IsoFile::kBlock + 7);
  check_reads_as_itself(file.share());
}

BOOST_AUTO_TEST_CASE(a_disc_that_was_cut_off) {
  IsoFile file;
  file.set_blocks(IsoFile::kBlocks + 150);  // the run-out may be missing
  check_reads_as_itself(file.share());
  file.set_blocks(IsoFile::kBlocks + 151);
  check_refused(file, "volume space size is 191 blocks of 2048 bytes");
  file.set_blocks(~0u);
  check_refused(file, "4294967295 blocks");
  // Numbers that contradict each other, and other descriptors, say nothing.
  file.set_le(IsoFile::kDescriptor + 80, ~1u);
  check_reads_as_itself(file.share());
  file.set_blocks(~0u);
  file.descriptor(IsoFile::kDescriptor, 0, "CD001");
  check_reads_as_itself(file.share());
}

BOOST_AUTO_TEST_CASE(no_disk_is_shown_as_a_disc) {
  for (const std::uint64_t size : {std::uint64_t{512}, kMiB, 4 * kGiB}) {
    BOOST_CHECK(!can_hold(Format::iso, size));
    BOOST_CHECK(!can_hold(Format::iso, *block::zero_source(size)));
  }
}

BOOST_AUTO_TEST_CASE(two_formats_at_once) {
  const auto check = [](const auto& change, const std::string& names) {
    IsoFile file;
    change(file);
    BOOST_CHECK_EXCEPTION(format::probe(file), Error,
                          test::says(Errc::invalid, names));
  };
  using namespace std::string_view_literals;
  for (const auto& [start, name] : {std::pair{"QFI\xfb\0\0\0\3"sv, "qcow2"},
                                    {"KDMV"sv, "vmdk"},
                                    {"conectix"sv, "vhd"},
                                    {"vhdxfile"sv, "vhdx"}}) {
    check([&](IsoFile& file) { file.write(0, as_bytes(start)); },
          std::string(name) + " and iso");
  }
  check([](IsoFile& file) { file.set_le(0x40, 0xbeda107fu); }, "vdi and iso");
  check([](IsoFile& file) { file.write(0, as_bytes("QED\0"sv)); },
        "iso and QED");
  check(
      [](IsoFile& file) {
        file.write(file.size(), as_bytes("koly\0\0\0\4\0\0\2\0"sv));
        file.resize(file.size() + 500);
      },
      "iso and DMG");
}

BOOST_AUTO_TEST_CASE(what_xorriso_writes) {
  const test::DiskFolder folder;
  test::run("mkdir " + folder / "tree");
  test::save(*block::memory_source(test::random_bytes(2 * kMiB, 1)),
             folder / "tree/noise");
  test::run("truncate -s 1M " + folder / "esp");
  const std::string make = "xorriso -as mkisofs -quiet -o " + folder / "";
  const std::string esp = folder / "esp";
  for (const auto& [name, options] :
       {std::pair{"plain", std::string("-R -J")},
        {"mbr", "-partition_offset 16 -append_partition 2 0xef " + esp},
        {"gpt", "-appended_part_as_gpt -append_partition 2 0xef " + esp}}) {
    test::run(make + name + " " + options + " " + folder / "tree" +
              " 2>/dev/null");
    BOOST_TEST_CONTEXT(name) {
      check_reads_as_itself(test::open_file(folder / name));
      test::run("truncate -s 1M " + folder / name);
      const auto cut = test::open_file(folder / name);
      BOOST_CHECK_EXCEPTION(open_guest(Format::iso, cut), Error,
                            test::says(Errc::corrupt, "cut off"));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
