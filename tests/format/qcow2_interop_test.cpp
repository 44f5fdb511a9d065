// tests/format/qcow2_interop_test.cpp: qemu-img, libqcow and 7-Zip as judges of
// what we show, and qemu-img as the maker of what we read.
#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/judges.h"

using namespace platter;
using format::Format;
using test::DiskFolder;

namespace {

constexpr std::uint64_t kDisk = 3 * kMiB + 1'536;

Errc code_of(const std::string& path) {
  try {
    open_guest(Format::qcow2, test::open_file(path));
  } catch (const Error& error) {
    return error.code();
  }
  return Errc::not_found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(qcow2_interop)

BOOST_AUTO_TEST_CASE(views_of_many_disks) {
  for (const auto& [size, percent] : {std::pair{512ul, 100u},
                                      {198'144ul, 0u},
                                      {kMiB, 100u},
                                      {5 * kMiB + 3'584, 40u},
                                      {37 * kMiB + 3'584, 5u}}) {
    BOOST_TEST_CONTEXT(size << " bytes, " << percent << " % data") {
      test::check_view(Format::qcow2,
                       std::make_shared<test::SparseMemory>(
                           test::random_disk(size, size + percent, percent)));
    }
  }
}

// Of several L2 tables; and of several L1 clusters.
BOOST_AUTO_TEST_CASE(views_of_large_disks) {
  for (const std::uint64_t size : {2 * kGiB + 512, 10 * kTiB}) {
    test::check_view(Format::qcow2,
                     std::make_shared<test::PatternDisk>(
                         size, std::map<std::uint64_t, std::uint64_t>{
                                   {0, 1},
                                   {512 * kMiB - 1, 2},
                                   {size / 2 + 100, 200'000},
                                   {size - 512, 512}}));
  }
}

// Each value of each option, and most pairs of those that a reader sees.
BOOST_AUTO_TEST_CASE(files_that_qemu_made_and_wrote_into) {
  std::uint64_t seed = 0;
  for (const std::string options :
       {"compat=0.10,cluster_size=512",
        "compat=0.10,cluster_size=64k,preallocation=metadata",
        "compat=0.10,cluster_size=2M,preallocation=full",
        "cluster_size=512,refcount_bits=1",
        "cluster_size=1k,refcount_bits=8,preallocation=falloc",
        "cluster_size=4k,refcount_bits=64,preallocation=metadata",
        "cluster_size=64k,refcount_bits=2,lazy_refcounts=on",
        "cluster_size=2M,refcount_bits=32,compression_type=zstd",
        "extended_l2=on,cluster_size=16k,refcount_bits=4",
        "extended_l2=on,preallocation=metadata,lazy_refcounts=on",
        "extended_l2=on,cluster_size=2M,preallocation=full"}) {
    BOOST_TEST_CONTEXT(options) {
      test::check_created(Format::qcow2, options, kDisk, ++seed);
    }
  }
}

BOOST_AUTO_TEST_CASE(compressed_files_and_what_is_written_over_them) {
  constexpr std::uint64_t kSmall = kMiB + 1'536;
  std::uint64_t seed = 0;
  for (const auto& [options, size] : std::map<std::string, std::uint64_t>{
           {"compat=0.10", kSmall},
           {"cluster_size=512", kSmall},
           {"cluster_size=2M", kDisk},
           {"compression_type=zstd,lazy_refcounts=on", kSmall},
           {"compression_type=zstd,cluster_size=512", kSmall},
           {"compression_type=zstd,cluster_size=2M", kDisk},
           {"compression_type=zstd,extended_l2=on,cluster_size=16k", kSmall},
           {"extended_l2=on", kSmall}}) {
    BOOST_TEST_CONTEXT(options) {
      const DiskFolder folder;
      const std::string path = folder / "d.disk";
      test::save(test::SparseMemory(test::compressible_disk(size, ++seed)),
                 folder / "d.raw");
      test::run("qemu-img convert -c -f raw -O qcow2 -o " + options + " " +
                folder / "d.raw" + " " + path);
      test::check_reader(Format::qcow2, folder);
      test::write_randomly("qcow2", path, size, seed);
      test::check_reader(Format::qcow2, folder);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_active_state_of_a_file_with_snapshots_and_bitmaps) {
  const DiskFolder folder;
  const std::string path = folder / "d.disk";
  test::run("qemu-img create -f qcow2 " + path + " " + std::to_string(kDisk));
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    test::write_randomly("qcow2", path, kDisk, seed);
    test::run("qemu-img snapshot -c s" + std::to_string(seed) + " " + path);
    test::check_reader(Format::qcow2, folder);
  }
  test::run("qemu-img snapshot -a s1 " + path);
  test::run("qemu-img bitmap --add " + path + " changes");
  test::write_randomly("qcow2", path, kDisk, 4);
  test::check_reader(Format::qcow2, folder);
}

BOOST_AUTO_TEST_CASE(a_disk_that_shrank_or_grew) {
  const DiskFolder folder;
  const std::string path = folder / "d.disk";
  test::run("qemu-img create -f qcow2 -o cluster_size=4k " + path + " " +
            std::to_string(kDisk));
  test::write_randomly("qcow2", path, kDisk, 7);
  for (const std::string size : {"2M", "1000k", "20M"}) {
    test::run("qemu-img resize -f qcow2 --shrink " + path + " " + size);
    test::check_reader(Format::qcow2, folder);
  }
}

BOOST_AUTO_TEST_CASE(files_that_need_others_are_refused) {
  const DiskFolder folder;
  const std::string base = folder / "base";
  const std::string create = "qemu-img create -f qcow2 ";
  test::run(create + base + " 1M");
  test::run(create + "-b " + base + " -F qcow2 " + folder / "above");
  BOOST_CHECK(code_of(folder / "above") == Errc::invalid);
  for (const std::string raw : {"on", "off"}) {
    test::run(create + "-o data_file=" + folder / "data" +
              ",data_file_raw=" + raw + " " + folder / "beside" + " 1M");
    BOOST_CHECK(code_of(folder / "beside") == Errc::invalid);
  }
  test::run(create +
            "--object secret,id=s,data=x -o encrypt.format=aes,"
            "encrypt.key-secret=s " +
            folder / "secret" + " 1M");
  BOOST_CHECK(code_of(folder / "secret") == Errc::unsupported);
}

BOOST_AUTO_TEST_CASE(other_formats_of_qemu_are_recognised_and_refused) {
  const DiskFolder folder;
  for (const std::string format : {"qed", "qcow", "parallels"}) {
    test::run("qemu-img create -f " + format + " " + folder / format + " 4M");
    BOOST_CHECK_THROW(format::probe(*test::open_file(folder / format)), Error);
  }
}

BOOST_AUTO_TEST_SUITE_END()
