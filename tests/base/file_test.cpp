// tests/base/file_test.cpp: files of the host, their holes, whole writes.
#include "platter/base/file.h"

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "support/errors.h"
#include "support/folder.h"

using namespace platter;
using test::has_code;
using Folder = test::TemporaryFolder;

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const Folder folder;
  File file = File::open(folder.path() / "f", File::Mode::create_new);
  file.write(5, as_bytes("hello"));
  BOOST_CHECK_EQUAL(file.size(), 10u);
  Bytes back(5);
  file.read(5, back);
  BOOST_CHECK_EQUAL(as_text(back), "hello");
  BOOST_CHECK_EQUAL(file.read_some(8, back), 2u);
  BOOST_CHECK_EXCEPTION(file.read(8, back), Error, has_code(Errc::io));
}

BOOST_AUTO_TEST_CASE(opening_says_what_is_wrong) {
  const Folder folder;
  const Path path = folder.path() / "f";
  BOOST_CHECK_EXCEPTION(File::open(path, File::Mode::read), Error,
                        has_code(Errc::not_found));
  File::open(path, File::Mode::create);
  BOOST_CHECK_EXCEPTION(File::open(path, File::Mode::create_new), Error,
                        has_code(Errc::exists));
}

BOOST_AUTO_TEST_CASE(holes_are_found) {
  const Folder folder;
  File file = File::open(folder.path() / "f", File::Mode::create);
  file.resize(3 * kMiB);
  BOOST_CHECK(!file.next_data(0));
  file.write(kMiB, Bytes(kMiB, std::byte{1}));
  BOOST_CHECK(file.next_data(0) == kMiB);
  BOOST_CHECK_EQUAL(file.next_hole(kMiB), 2 * kMiB);
  BOOST_CHECK(!file.next_data(2 * kMiB));
  file.punch_hole(kMiB, kMiB);
  BOOST_CHECK(!file.next_data(0));
  BOOST_CHECK_EQUAL(file.size(), 3 * kMiB);
}

BOOST_AUTO_TEST_CASE(a_lock_has_one_owner) {
  const Folder folder;
  const Path path = folder.path() / "lock";
  {
    File first = File::open(path, File::Mode::create);
    File second = File::open(path, File::Mode::create);
    BOOST_CHECK(first.try_lock());
    BOOST_CHECK(!second.try_lock());
  }
  BOOST_CHECK(File::open(path, File::Mode::write).try_lock());
}

BOOST_AUTO_TEST_CASE(whole_files_are_replaced_and_limited) {
  const Folder folder;
  const Path path = folder.path() / "deep" / "er" / "f";
  make_folders(path.parent_path());
  BOOST_CHECK(!read_whole(path, 100));
  write_whole(path, as_bytes("one"));
  write_whole(path, as_bytes("other"));
  BOOST_CHECK_EQUAL(as_text(*read_whole(path, 5)), "other");
  BOOST_CHECK_EXCEPTION(read_whole(path, 4), Error, has_code(Errc::too_large));
  const auto entries = std::filesystem::directory_iterator(path.parent_path());
  BOOST_CHECK_EQUAL(std::distance(begin(entries), end(entries)), 1);
}

BOOST_AUTO_TEST_SUITE_END()
