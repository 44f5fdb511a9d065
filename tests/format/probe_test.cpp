// tests/format/probe_test.cpp: what content and names say of a format.
#include <boost/test/unit_test.hpp>

#include "platter/base/integers.h"
#include "platter/block/sources.h"
#include "platter/format/format.h"
#include "support/disks.h"
#include "support/errors.h"

using namespace platter;
using namespace platter::format;
using namespace std::string_view_literals;

namespace {

Bytes with(std::uint64_t offset, std::string_view text,
           std::uint64_t size = 4'096) {
  Bytes bytes = test::random_bytes(size, 1);
  std::ranges::copy(as_bytes(text),
                    bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  return bytes;
}

Format probe_of(const Bytes& bytes) {
  return probe(*block::memory_source(bytes));
}

void check_refused(const Bytes& bytes, const std::string& name) {
  BOOST_CHECK_EXCEPTION(probe_of(bytes), Error,
                        test::says(Errc::unsupported, name));
}

Bytes with_vhd_footer() {
  Bytes bytes(4'096);
  const auto footer = MutableBytes(bytes).last(512);
  std::ranges::copy(as_bytes("conectix"), footer.begin());
  std::uint32_t sum = 0;
  for (const std::byte byte : footer) sum += std::to_integer<unsigned>(byte);
  store_be(footer, 64, ~sum);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(probing)

BOOST_AUTO_TEST_CASE(qcow2_by_content) {
  BOOST_CHECK(probe_of(with(0, "QFI\xfb\0\0\0\2"sv)) == Format::qcow2);
  BOOST_CHECK(probe_of(with(0, "QFI\xfb\0\0\0\3"sv)) == Format::qcow2);
  BOOST_CHECK(probe_of(to_bytes("QFI\xfb\0\0\0\3"sv)) == Format::qcow2);
}

BOOST_AUTO_TEST_CASE(vmdk_and_vdi_by_content) {
  BOOST_CHECK(probe_of(with(0, "KDMV")) == Format::vmdk);
  BOOST_CHECK(probe_of(to_bytes("KDMV"sv)) == Format::vmdk);
  BOOST_CHECK(probe_of(with(0x40, "\x7f\x10\xda\xbe")) == Format::vdi);
  BOOST_CHECK(probe_of(to_bytes("KDM"sv)) == Format::raw);
}

BOOST_AUTO_TEST_CASE(formats_of_hyper_v_by_content) {
  BOOST_CHECK(probe_of(with(0, "conectix")) == Format::vhd);
  BOOST_CHECK(probe_of(with(0, "vhdxfile")) == Format::vhdx);
  BOOST_CHECK(probe_of(to_bytes("vhdxfile"sv)) == Format::vhdx);
  BOOST_CHECK(probe_of(with(1, "conectix")) == Format::raw);
  BOOST_CHECK(probe_of(to_bytes("conectix"sv)) == Format::raw);
}

BOOST_AUTO_TEST_CASE(all_else_is_raw) {
  BOOST_CHECK(probe_of(test::random_bytes(10'000, 1)) == Format::raw);
  BOOST_CHECK(probe_of(Bytes(1)) == Format::raw);
  BOOST_CHECK(probe_of(to_bytes("QFI"sv)) == Format::raw);
  BOOST_CHECK(probe_of(with(512, "EFI PART")) == Format::raw);
  BOOST_CHECK(probe_of(with(0, "LUKS\xba\xbe"sv)) == Format::raw);
  BOOST_CHECK(probe_of(with(1, "QFI\xfb\0\0\0\3"sv)) == Format::raw);
}

BOOST_AUTO_TEST_CASE(known_formats_that_are_not_taken) {
  check_refused(with(0, "QFI\xfb\0\0\0\1"sv), "qcow ");
  check_refused(with(0, "QED\0"sv), "QED");
  check_refused(with(0, "COWD"), "COWD");
  check_refused(with(0, "\xbe\xba\xfe\xca\0\0\0\0"sv), "seSparse");
  check_refused(with(0, "WithoutFreeSpace"), "Parallels");
  check_refused(with(0, "WithouFreSpacExt"), "Parallels");
  check_refused(with(0, "Bochs Virtual HD Image"), "Bochs");
  check_refused(with(0, "#!/bin/sh\n#V2.0 Format\nmodprobe cloop"), "cloop");
  check_refused(with(4'096 - 512, "koly\0\0\0\4\0\0\2\0"sv), "DMG");
}

BOOST_AUTO_TEST_CASE(a_descriptor_alone_is_no_disk) {
  BOOST_CHECK_EXCEPTION(probe_of(to_bytes("# Disk DescriptorFile\n"sv)), Error,
                        test::says(Errc::invalid, "a VMDK descriptor"));
}

BOOST_AUTO_TEST_CASE(a_vhd_footer_needs_its_checksum) {
  Bytes file = with_vhd_footer();
  BOOST_CHECK(probe_of(file) == Format::vhd);
  file.back() = std::byte{1};
  BOOST_CHECK(probe_of(file) == Format::raw);
}

BOOST_AUTO_TEST_CASE(two_formats_at_once) {
  Bytes file = with_vhd_footer();
  std::ranges::copy(as_bytes("QFI\xfb\0\0\0\3"sv), file.begin());
  BOOST_CHECK_EXCEPTION(probe_of(file), Error,
                        test::says(Errc::invalid, "at once, qcow2 and vhd"));
}

BOOST_AUTO_TEST_CASE(a_format_that_is_read_and_one_that_is_not) {
  Bytes file = with(4'096 - 512, "koly\0\0\0\4\0\0\2\0"sv);
  std::ranges::copy(as_bytes("QFI\xfb\0\0\0\3"sv), file.begin());
  BOOST_CHECK_EXCEPTION(probe_of(file), Error,
                        test::says(Errc::invalid, "at once, qcow2 and DMG"));
}

BOOST_AUTO_TEST_CASE(what_a_file_looks_like) {
  const auto looks = [](const Bytes& bytes) {
    std::string all;
    for (const auto name : looks_like(*block::memory_source(bytes))) {
      all += std::string(name) + ".";
    }
    return all;
  };
  BOOST_CHECK_EQUAL(looks(test::random_bytes(10'000, 1)), "");
  BOOST_CHECK_EQUAL(looks(Bytes(1)), "");
  BOOST_CHECK_EQUAL(looks(with(0, "KDMV")), "vmdk.");
  BOOST_CHECK_EQUAL(looks(with(0, "QED\0"sv)), "QED.");
  Bytes file = with_vhd_footer();
  std::ranges::copy(as_bytes("QFI\xfb\0\0\0\3"sv), file.begin());
  BOOST_CHECK_EQUAL(looks(file), "qcow2.vhd.");
}

BOOST_AUTO_TEST_CASE(names_and_extensions) {
  for (const Format format : kReadFormats) {
    BOOST_CHECK(format_of(name_of(format)) == format);
  }
  BOOST_CHECK(!format_of("vmdk5"));
  BOOST_CHECK(!format_of(""));
  BOOST_CHECK(format_claimed_by("debian.qcow2") == Format::qcow2);
  BOOST_CHECK(format_claimed_by("debian.12.QCow2") == Format::qcow2);
  BOOST_CHECK(format_claimed_by("old.qcow") == Format::qcow2);
  BOOST_CHECK(format_claimed_by("x.RAW") == Format::raw);
  BOOST_CHECK(format_claimed_by("x.vmdk") == Format::vmdk);
  BOOST_CHECK(format_claimed_by("x.VDI") == Format::vdi);
  BOOST_CHECK(format_claimed_by("x.vhd") == Format::vhd);
  BOOST_CHECK(format_claimed_by("x.VPC") == Format::vhd);
  BOOST_CHECK(format_claimed_by("x.vhdx") == Format::vhdx);
  BOOST_CHECK(format_claimed_by("x.iso") == Format::iso);
  for (const auto* name : {"x.img", "x.bin", "raw", "x.", "", "x.qcow2.gz"}) {
    BOOST_CHECK_MESSAGE(!format_claimed_by(name), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
