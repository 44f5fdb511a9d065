// tests/format/qcow2_interop_test.cpp: qemu-img as the judge of what we show
// and as the maker of what we read.
#include <boost/test/unit_test.hpp>

#include "laws/format.h"
#include "platter/base/error.h"
#include "support/command.h"
#include "support/disk_files.h"
#include "support/sparse.h"

using namespace platter;
using format::Format;

namespace {

using Folder = test::DiskFolder;
using test::open_file;
using test::save;

void check_view(block::SourcePtr guest) {
  const Folder folder;
  const auto view = make_view(Format::qcow2, guest, test::some_identity());
  save(*guest, folder / "d.raw");
  save(*view, folder / "d.qcow2");
  test::run("qemu-img check -f qcow2 " + folder / "d.qcow2");
  test::run("qemu-img info -f qcow2 " + folder / "d.qcow2" + " | grep '(" +
            std::to_string(guest->size()) + " bytes)'");
  test::run("qemu-img compare -f qcow2 -F raw " + folder / "d.qcow2" + " " +
            folder / "d.raw");
}

// Our reader sees what qemu sees.
void check_reader(const Folder& folder, const std::string& name) {
  const std::string raw = folder / "as-qemu.raw";
  test::run("qemu-img convert -f qcow2 -O raw " + folder / name + " " + raw);
  const block::SourcePtr file = open_file(folder / name);
  BOOST_REQUIRE(format::probe(*file) == Format::qcow2);
  const auto guest = open_guest(Format::qcow2, file);
  test::check_byte_source(*guest, read_all(*open_file(raw)));
  test::check_placements(*guest, *file);
}

// Writes of all kinds at random places of a disk of `size` bytes.
std::string random_writes(std::uint64_t size, std::uint64_t seed) {
  test::Random random(seed);
  std::string commands;
  for (int n = 0; n < 40; ++n) {
    const auto place = std::to_string(random.below(size / 512 - 400) * 512) +
                       " " + std::to_string((1 + random.below(400)) * 512);
    switch (random.below(5)) {
      case 0:
        commands += " -c 'write -z " + place + "'";
        break;
      case 1:
        commands += " -c 'write -z -u " + place + "'";
        break;
      case 2:
        commands += " -c 'discard " + place + "'";
        break;
      default:
        commands +=
            " -c 'write -P " + std::to_string(1 + n) + " " + place + "'";
    }
  }
  return commands;
}

void write_into(const std::string& path, const std::string& commands) {
  test::run("qemu-io -f qcow2 -t unsafe -d unmap" + commands + " " + path);
}

constexpr std::uint64_t kDisk = 9 * kMiB + 1'536;

// With bytes of two bits, so that clusters of any size become smaller.
Bytes compressible_disk(std::uint64_t seed) {
  Bytes disk = test::random_disk(kDisk, seed);
  for (std::byte& byte : disk) byte &= std::byte{3};
  return disk;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(qcow2_interop)

BOOST_AUTO_TEST_CASE(qemu_accepts_views_of_many_disks) {
  for (const std::uint64_t size :
       {std::uint64_t{512}, std::uint64_t{198'144}, kMiB, 37 * kMiB + 3'584}) {
    for (const unsigned percent : {0, 5, 40, 100}) {
      BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
        check_view(std::make_shared<test::SparseMemory>(
            test::random_disk(size, size + percent, percent)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(qemu_accepts_views_of_large_disks) {
  test::Random random(1);
  for (const std::uint64_t size : {2 * kGiB + 512, 3 * kTiB}) {
    std::map<std::uint64_t, std::uint64_t> data = {{size - 512, 512}};
    for (int n = 0; n < 30; ++n) {
      data[random.below(size / kMiB) * kMiB] = 1 + random.below(kMiB);
    }
    check_view(std::make_shared<test::PatternDisk>(size, data));
  }
}

BOOST_AUTO_TEST_CASE(files_that_qemu_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"compat=0.10,cluster_size=512", "compat=0.10,cluster_size=64k",
        "compat=0.10,cluster_size=2M", "cluster_size=512", "cluster_size=4k",
        "cluster_size=64k", "cluster_size=2M", "refcount_bits=1",
        "refcount_bits=8,cluster_size=512", "refcount_bits=64",
        "lazy_refcounts=on", "preallocation=metadata",
        "preallocation=metadata,extended_l2=on", "preallocation=falloc",
        "preallocation=full", "extended_l2=on,cluster_size=16k",
        "extended_l2=on", "extended_l2=on,cluster_size=2M"}) {
    BOOST_TEST_CONTEXT(options) {
      const Folder folder;
      test::run("qemu-img create -f qcow2 -o " + options + " " +
                folder / "d.qcow2" + " " + std::to_string(kDisk));
      check_reader(folder, "d.qcow2");
      write_into(folder / "d.qcow2", random_writes(kDisk, ++seed));
      check_reader(folder, "d.qcow2");
    }
  }
}

BOOST_AUTO_TEST_CASE(compressed_files_and_what_is_written_over_them) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"compat=0.10", "cluster_size=512", "cluster_size=4k",
        "compression_type=zlib", "cluster_size=2M", "compression_type=zstd",
        "compression_type=zstd,cluster_size=512",
        "compression_type=zstd,cluster_size=2M",
        "compression_type=zstd,extended_l2=on", "extended_l2=on"}) {
    BOOST_TEST_CONTEXT(options) {
      const Folder folder;
      save(test::SparseMemory(compressible_disk(++seed)), folder / "d.raw");
      test::run("qemu-img convert -c -f raw -O qcow2 -o " + options + " " +
                folder / "d.raw" + " " + folder / "d.qcow2");
      check_reader(folder, "d.qcow2");
      write_into(folder / "d.qcow2", random_writes(kDisk, seed));
      check_reader(folder, "d.qcow2");
    }
  }
}

BOOST_AUTO_TEST_CASE(the_active_state_of_a_file_with_snapshots) {
  const Folder folder;
  const std::string path = folder / "d.qcow2";
  test::run("qemu-img create -f qcow2 " + path + " " + std::to_string(kDisk));
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    write_into(path, random_writes(kDisk, seed));
    check_reader(folder, "d.qcow2");
    test::run("qemu-img snapshot -c s" + std::to_string(seed) + " " + path);
    check_reader(folder, "d.qcow2");
  }
  test::run("qemu-img snapshot -a s1 " + path);
  check_reader(folder, "d.qcow2");
}

BOOST_AUTO_TEST_CASE(a_disk_that_shrank_or_grew) {
  const Folder folder;
  const std::string path = folder / "d.qcow2";
  test::run("qemu-img create -f qcow2 -o cluster_size=4k " + path + " " +
            std::to_string(kDisk));
  write_into(path, random_writes(kDisk, 7));
  for (const std::string size : {"4M", "3000k", "20M"}) {
    test::run("qemu-img resize -f qcow2 --shrink " + path + " " + size);
    check_reader(folder, "d.qcow2");
  }
}

BOOST_AUTO_TEST_CASE(files_that_need_others_are_refused) {
  const Folder folder;
  const std::string base = folder / "base.qcow2";
  test::run("qemu-img create -f qcow2 " + base + " 1M");
  test::run("qemu-img create -f qcow2 -b " + base + " -F qcow2 " +
            folder / "above.qcow2");
  test::run("qemu-img create -f qcow2 -o data_file=" + folder / "data" + " " +
            folder / "beside.qcow2 1M");
  test::run(
      "qemu-img create -f qcow2 --object secret,id=s,data=x -o "
      "encrypt.format=aes,encrypt.key-secret=s " +
      folder / "secret.qcow2 1M");
  const auto code = [&](const std::string& name) {
    try {
      open_guest(Format::qcow2, open_file(folder / name));
    } catch (const Error& error) {
      return error.code();
    }
    return Errc::not_found;
  };
  BOOST_CHECK(code("above.qcow2") == Errc::invalid);
  BOOST_CHECK(code("beside.qcow2") == Errc::invalid);
  BOOST_CHECK(code("secret.qcow2") == Errc::unsupported);
}

BOOST_AUTO_TEST_CASE(other_formats_of_qemu_are_recognised_and_refused) {
  const Folder folder;
  for (const std::string format : {"qed", "qcow", "parallels"}) {
    test::run("qemu-img create -f " + format + " " + folder / format + " 4M");
    BOOST_CHECK_THROW(format::probe(*open_file(folder / format)), Error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
