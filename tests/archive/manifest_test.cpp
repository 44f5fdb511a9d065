// tests/archive/manifest_test.cpp: the digests that an OVA carries are true.
#include <boost/test/unit_test.hpp>

#include "platter/archive/archive.h"
#include "platter/block/sources.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/wrapped_files.h"

namespace platter::archive {
namespace {

using test::says;

const Bytes kDisk = test::random_bytes(300'000, 1);

struct Machine : test::TarFolder {
  Machine() {
    add("vm.ovf", test::ovf_of({{"disk.vmdk"}}));
    add("disk.vmdk", kDisk);
  }
  // The lines that sha1sum and the like make of both files.
  std::string lines(const std::string& tool, const std::string& name) const {
    std::string text;
    for (const auto* file : {"vm.ovf", "disk.vmdk"}) {
      const std::string line(as_text(test::piped(
          tool + " | cut -d' ' -f1", read_whole(path(file), kMiB).value())));
      text += name + "(" + file + ")= " + line;
    }
    return text;
  }
  Unwrapped open() const {
    return unwrap(Wrapper::ova, block::memory_source(tar()), "/nonexistent",
                  {});
  }
};

void check_refused(const std::string& manifest, Errc code,
                   const std::string& words) {
  Machine machine;
  machine.add("vm.mf", manifest);
  BOOST_CHECK_EXCEPTION(machine.open(), Error, says(code, words));
}

BOOST_AUTO_TEST_SUITE(archive_manifest)

BOOST_AUTO_TEST_CASE(true_digests_of_every_kind) {
  const std::pair<const char*, const char*> kinds[] = {
      {"sha1sum", "SHA1"},
      {"sha256sum", "SHA256"},
      {"sha256sum", "SHA2-256"},
      {"sha512sum", "SHA512"}};
  for (const auto& [tool, name] : kinds) {
    Machine machine;
    machine.add("vm.mf", machine.lines(tool, name));
    machine.add("vm.cert", std::string("any signature"));
    BOOST_TEST(machine.open().name == "disk.vmdk");
  }
}

BOOST_AUTO_TEST_CASE(lines_as_others_write_them) {
  Machine machine;
  std::string text = machine.lines("sha256sum", "SHA256 ");
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 3) {
    text.replace(at, 1, " \r\n");
  }
  machine.add("VM.MF", "\n" + text + "\r\n");
  BOOST_TEST(machine.open().name == "disk.vmdk");
}

BOOST_AUTO_TEST_CASE(another_digest) {
  Machine machine;
  std::string text = machine.lines("sha256sum", "SHA256");
  char& digit = text[text.size() - 2];
  digit = digit == '0' ? '1' : '0';
  machine.add("vm.mf", text);
  BOOST_CHECK_EXCEPTION(
      machine.open(), Error,
      says(Errc::mismatch, "by the manifest \"disk.vmdk\" has the sha256"));
}

BOOST_AUTO_TEST_CASE(a_digest_of_another_length) {
  check_refused("SHA256(disk.vmdk)= 00ff\n", Errc::mismatch, "00ff");
}

BOOST_AUTO_TEST_CASE(files_that_are_not_there) {
  check_refused("SHA1(gone.vmdk)= 00\n", Errc::corrupt,
                "\"gone.vmdk\" which is not in the archive");
}

BOOST_AUTO_TEST_CASE(a_file_twice) {
  const std::string lines = Machine().lines("sha1sum", "SHA1");
  check_refused(lines + lines, Errc::corrupt, "\"vm.ovf\" twice");
}

BOOST_AUTO_TEST_CASE(lines_that_are_none) {
  for (const auto* text :
       {"hello", "MD5(disk.vmdk)= 00", "SHA1 disk.vmdk= 00",
        "SHA1(disk.vmdk) 00", "SHA1(disk.vmdk)= xyz", ")SHA1(= 00"}) {
    check_refused(text, Errc::corrupt, "the manifest has the line");
  }
}

BOOST_AUTO_TEST_CASE(two_manifests) {
  Machine machine;
  machine.add("a.mf", std::string()).add("b.mf", std::string());
  BOOST_CHECK_EXCEPTION(machine.open(), Error,
                        says(Errc::invalid, "\"a.mf\" and \"b.mf\""));
}

BOOST_AUTO_TEST_CASE(a_manifest_that_is_too_long) {
  check_refused(std::string(2 * kMiB, '\n'), Errc::too_large, "vm.mf");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::archive
