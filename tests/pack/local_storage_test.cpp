// tests/pack/local_storage_test.cpp: packs as files of a folder.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "platter/base/error.h"
#include "platter/pack/storage.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/folder.h"

namespace platter::test {
namespace {

using Ids = std::vector<pack::PackId>;

BOOST_AUTO_TEST_SUITE(local_storage)

BOOST_AUTO_TEST_CASE(packs_are_listed_in_order_and_strangers_are_not) {
  const TemporaryFolder folder;
  const auto storage = pack::local_storage(folder.path() / "a" / "packs");
  for (const pack::PackId id : {300u, 2u, 16u}) storage->create(id);
  for (const char* name :
       {"x", "12.pack", "000000000000000G.pack", "000000000000000A.pack",
        "0000000000000001.pack.tmp", ".pack"}) {
    std::ofstream(folder.path() / "a" / "packs" / name) << "x";
  }
  BOOST_CHECK(storage->list() == (Ids{2, 16, 300}));
  BOOST_CHECK(std::filesystem::exists(folder.path() / "a" / "packs" /
                                      "000000000000012c.pack"));
}

BOOST_AUTO_TEST_CASE(a_pack_keeps_what_was_written) {
  const TemporaryFolder folder;
  const auto storage = pack::local_storage(folder.path());
  const Bytes bytes = random_bytes(5000, 1);
  const auto file = storage->create(1);
  file->write(100, bytes);
  file->sync();
  const auto again = storage->open(1);
  BOOST_CHECK_EQUAL(again->size(), 5100);
  Bytes read(5000);
  again->read(100, read);
  BOOST_CHECK(read == bytes);
  again->resize(50);
  BOOST_CHECK_EQUAL(file->size(), 50);
}

BOOST_AUTO_TEST_CASE(reading_past_the_end_is_damage) {
  const TemporaryFolder folder;
  const auto file = pack::local_storage(folder.path())->create(1);
  file->write(0, random_bytes(10, 1));
  Bytes out(11);
  BOOST_CHECK_EXCEPTION(file->read(0, out), Error, has_code(Errc::damaged));
}

BOOST_AUTO_TEST_CASE(names_are_taken_or_missing) {
  const TemporaryFolder folder;
  const auto storage = pack::local_storage(folder.path());
  storage->create(1);
  BOOST_CHECK_EXCEPTION(storage->create(1), Error, has_code(Errc::exists));
  BOOST_CHECK_EXCEPTION(storage->open(2), Error, has_code(Errc::not_found));
  BOOST_CHECK_EXCEPTION(storage->remove(2), Error, has_code(Errc::not_found));
  storage->remove(1);
  BOOST_CHECK(storage->list().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
