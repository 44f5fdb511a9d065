// tests/cli/store_folder_test.cpp
#include "platter/cli/store_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "support/errors.h"
#include "support/folder.h"

namespace platter::cli {

namespace {

constexpr Timestamp kNow{1'700'000'000'000'000'000};

// A finished store, as `platter init` leaves it.
StoreFolder make_store(const Path& folder) {
  const StoreFolder store = StoreFolder::prepare(folder, "web", kNow);
  write_whole(store.index() / "CURRENT", as_bytes("1"));
  store.finish();
  return store;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_folder)

BOOST_AUTO_TEST_CASE(a_store_opens_as_it_was_made) {
  const test::TemporaryFolder folder;
  make_store(folder.path() / "a" / "store");
  const StoreFolder store = StoreFolder::open(folder.path() / "a" / "store");
  BOOST_CHECK_EQUAL(store.project(), "web");
  BOOST_CHECK_EQUAL(store.created(), "2023-11-14T22:13:20Z");
  struct stat status;
  BOOST_REQUIRE_EQUAL(stat(store.path().c_str(), &status), 0);
  BOOST_CHECK_EQUAL(status.st_mode & 0777, 0700);
}

// Stores of an older Platter have no audit trail yet.
BOOST_AUTO_TEST_CASE(a_store_without_an_audit_folder_opens) {
  const test::TemporaryFolder folder;
  const StoreFolder store = make_store(folder.path());
  BOOST_CHECK(std::filesystem::is_directory(store.audit()));
  std::filesystem::remove(store.audit());
  BOOST_CHECK_EQUAL(StoreFolder::open(folder.path()).project(), "web");
}

BOOST_AUTO_TEST_CASE(a_store_is_made_once) {
  const test::TemporaryFolder folder;
  make_store(folder.path());
  BOOST_CHECK_EXCEPTION(StoreFolder::prepare(folder.path(), "web", kNow), Error,
                        test::says(Errc::exists, folder.path().string()));
}

BOOST_AUTO_TEST_CASE(a_folder_of_something_else_is_left_alone) {
  const test::TemporaryFolder folder;
  write_whole(folder.path() / "thesis.txt", as_bytes("1"));
  BOOST_CHECK_EXCEPTION(StoreFolder::prepare(folder.path(), "web", kNow), Error,
                        test::says(Errc::forbidden, "thesis.txt"));
  BOOST_CHECK(!std::filesystem::exists(folder.path() / "index"));
}

BOOST_AUTO_TEST_CASE(an_init_that_was_cut_off_is_no_store_and_can_be_repeated) {
  const test::TemporaryFolder folder;
  StoreFolder::prepare(folder.path(), "web", kNow);
  BOOST_CHECK_EXCEPTION(StoreFolder::open(folder.path()), Error,
                        test::says(Errc::not_found, "platter init"));
  make_store(folder.path());
  BOOST_CHECK_EQUAL(StoreFolder::open(folder.path()).project(), "web");
}

BOOST_AUTO_TEST_CASE(
    packs_without_a_marker_are_never_taken_for_an_empty_store) {
  const test::TemporaryFolder folder;
  const StoreFolder store = make_store(folder.path());
  write_whole(store.packs() / "0000000000000001.pack", as_bytes("1"));
  std::filesystem::remove(folder.path() / "platter.toml");
  BOOST_CHECK_EXCEPTION(StoreFolder::prepare(folder.path(), "web", kNow), Error,
                        test::says(Errc::forbidden, "packs"));
}

BOOST_AUTO_TEST_CASE(a_newer_format_is_refused) {
  const test::TemporaryFolder folder;
  make_store(folder.path());
  write_whole(folder.path() / "platter.toml",
              as_bytes("format = 2\nproject = \"web\"\ncreated = \"x\"\n"));
  BOOST_CHECK_EXCEPTION(StoreFolder::open(folder.path()), Error,
                        test::says(Errc::unsupported, "format 2"));
}

BOOST_AUTO_TEST_CASE(a_damaged_store_is_said_to_be_damaged) {
  const test::TemporaryFolder folder;
  make_store(folder.path());
  for (const char* text : {"format = ", "format = \"one\"", "format = -1",
                           "format = 1\ncreated = \"x\""}) {
    write_whole(folder.path() / "platter.toml", as_bytes(text));
    BOOST_CHECK_EXCEPTION(StoreFolder::open(folder.path()), Error,
                          test::says(Errc::damaged, "platter.toml"));
  }
}

BOOST_AUTO_TEST_CASE(a_lost_index_is_not_replaced_by_an_empty_one) {
  const test::TemporaryFolder folder;
  const StoreFolder store = make_store(folder.path());
  std::filesystem::remove_all(store.index());
  BOOST_CHECK_EXCEPTION(StoreFolder::open(folder.path()), Error,
                        test::says(Errc::damaged, store.index().string()));
}

BOOST_AUTO_TEST_CASE(one_process_at_a_time_has_the_store) {
  const test::TemporaryFolder folder;
  const StoreFolder store = make_store(folder.path());
  BOOST_CHECK(!store.user());
  {
    const File lock = store.lock();
    BOOST_CHECK_EQUAL(store.user().value(), getpid());
    BOOST_CHECK_EXCEPTION(
        store.lock(), Error,
        test::says(Errc::busy, "process " + std::to_string(getpid())));
  }
  BOOST_CHECK(!store.user());
}

BOOST_AUTO_TEST_CASE(a_project_has_a_plain_name) {
  const test::TemporaryFolder folder;
  for (const char* name : {"", "a b", "a/b", "-a", ".a", "a=b"}) {
    BOOST_CHECK_EXCEPTION(StoreFolder::prepare(folder.path(), name, kNow),
                          Error, test::has_code(Errc::invalid));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace platter::cli
