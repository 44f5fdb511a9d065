// tests/archive/wrapper_test.cpp: what is taken for a wrapper, and what is not.
#include <boost/test/unit_test.hpp>

#include "platter/archive/archive.h"
#include "platter/block/sources.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/wrapped_files.h"

namespace platter::archive {
namespace {

using test::says;

std::optional<Wrapper> wrapper_of(Bytes bytes) {
  return archive::wrapper_of(*block::memory_source(std::move(bytes)));
}

const Bytes kPlain = test::random_bytes(5000, 1);

BOOST_AUTO_TEST_SUITE(archive_wrapper)

BOOST_AUTO_TEST_CASE(names_claim_wrappers) {
  for (const Wrapper wrapper : kWrappers) {
    const std::string ending(name_of(wrapper));
    BOOST_CHECK(wrapper_claimed_by("disk.raw." + ending) == wrapper);
    BOOST_CHECK(wrapper_claimed_by("x." + ending) == wrapper);
    BOOST_CHECK(!wrapper_claimed_by("disk" + ending));
    BOOST_CHECK(!wrapper_claimed_by("." + ending));
    BOOST_CHECK(!wrapper_claimed_by(ending));
    BOOST_CHECK(!wrapper_claimed_by("x." + ending + ".raw"));
  }
  BOOST_CHECK(wrapper_claimed_by("DISK.RAW.XZ") == Wrapper::xz);
  BOOST_CHECK(wrapper_claimed_by("Machine.Ova") == Wrapper::ova);
  BOOST_CHECK(!wrapper_claimed_by("disk.qcow2"));
  BOOST_CHECK(!wrapper_claimed_by(""));
}

BOOST_AUTO_TEST_CASE(content_tells_what_the_tools_write) {
  for (const Wrapper wrapper : test::kCompressed) {
    BOOST_CHECK(wrapper_of(test::packed(wrapper, kPlain)) == wrapper);
    BOOST_CHECK(wrapper_of(test::packed(wrapper, {})) == wrapper);
  }
  test::TarFolder ova;
  ova.add("vm.ovf", test::ovf_of({{"disk.vmdk"}})).add("disk.vmdk", kPlain);
  BOOST_CHECK(wrapper_of(ova.tar()) == Wrapper::ova);
}

BOOST_AUTO_TEST_CASE(zstd_may_begin_with_frames_to_be_skipped) {
  // RFC 8878, 3.1.2: a magic of sixteen, a length, and that many bytes.
  Bytes skipped =
      to_bytes(std::string_view("\x5e\x2a\x4d\x18\x03\0\0\0abc", 11));
  const Bytes frame = test::packed(Wrapper::zst, kPlain);
  BOOST_CHECK(wrapper_of(test::joined(skipped, frame)) == Wrapper::zst);
  BOOST_CHECK(wrapper_of(test::joined(skipped, test::joined(skipped, frame))) ==
              Wrapper::zst);
  // By themselves they are anybody's.
  BOOST_CHECK(!wrapper_of(skipped));
  BOOST_CHECK(!wrapper_of(test::joined(skipped, kPlain)));
}

BOOST_AUTO_TEST_CASE(other_content_is_none) {
  BOOST_CHECK(!wrapper_of({}));
  BOOST_CHECK(!wrapper_of(Bytes(1)));
  BOOST_CHECK(!wrapper_of(Bytes(100 * kKiB)));
  BOOST_CHECK(!wrapper_of(kPlain));
  // Two letters, but not the method that follows; no block; no checksum.
  BOOST_CHECK(!wrapper_of(to_bytes(std::string_view("\x1f\x8b\x07 and on"))));
  BOOST_CHECK(!wrapper_of(to_bytes(std::string_view("BZh9 is no block"))));
  Bytes disk(2 * kKiB);
  std::ranges::copy(as_bytes("ustar"), disk.begin() + 257);
  BOOST_CHECK(!wrapper_of(disk));
}

BOOST_AUTO_TEST_CASE(archives_that_are_not_opened_are_named) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, std::string> kinds[] = {
      {"PK\x03\x04 and what follows"sv, "zip"},
      {"7z\xbc\xaf\x27\x1c and what follows"sv, "7z"},
      {"Rar!\x1a\x07\x01 and what follows"sv, "rar"},
      {"\x04\x22\x4d\x18 and what follows"sv, "lz4"},
      {"LZIP\x01 and what follows"sv, "lzip"}};
  for (const auto& [bytes, kind] : kinds) {
    BOOST_CHECK_EXCEPTION(wrapper_of(to_bytes(bytes)), Error,
                          says(Errc::unsupported, "the file is a " + kind));
  }
}

BOOST_AUTO_TEST_CASE(a_tar_file_without_an_ovf_is_refused) {
  test::TarFolder folder;
  folder.add("disk.raw", kPlain);
  for (const auto* format : {"ustar", "gnu", "pax"}) {
    BOOST_CHECK_EXCEPTION(
        wrapper_of(folder.tar(std::string("--format=") + format)), Error,
        says(Errc::unsupported, "tar archive without an .ovf"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::archive
