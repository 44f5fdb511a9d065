// tests/index/opening_test.cpp: an index that cannot be opened says why.
#include <fcntl.h>
#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "platter/base/error.h"
#include "platter/base/file.h"
#include "platter/index/index.h"
#include "support/disks.h"
#include "support/errors.h"
#include "support/folder.h"

namespace platter::test {
namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

// A process that holds RocksDB's lock, as one that has the index open does.
class OtherProcess {
 public:
  explicit OtherProcess(const Path& folder) {
    int ready[2];
    BOOST_REQUIRE_EQUAL(pipe(ready), 0);
    id_ = fork();
    if (id_ == 0) hold((folder / "LOCK").c_str(), ready[1]);
    close(ready[1]);
    char byte = 0;
    BOOST_REQUIRE_EQUAL(read(ready[0], &byte, 1), 1);
    close(ready[0]);
  }
  ~OtherProcess() {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }

 private:
  [[noreturn]] static void hold(const char* lock_file, int ready) {
    const int descriptor = ::open(lock_file, O_RDWR | O_CREAT, 0600);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(descriptor, F_SETLK, &lock) == 0) {
      [[maybe_unused]] const auto put = ::write(ready, "x", 1);
    }
    for (;;) pause();
  }

  pid_t id_ = -1;
};

// Flips bytes in the middle of each file of `folder` that ends in `suffix`.
int damage_files(const Path& folder, const std::string& suffix) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != suffix) continue;
    File file = File::open(entry.path(), File::Mode::write);
    const std::uint64_t size = file.size();
    for (std::uint64_t at = size / 4; at < size / 2; at += 50) {
      Bytes byte(1);
      file.read(at, byte);
      byte[0] ^= std::byte{0x55};
      file.write(at, byte);
    }
    ++count;
  }
  return count;
}

void fill(const Path& folder) {
  const auto index = index::open(folder);
  Batch batch;
  for (int i = 0; i < 500; ++i) {
    batch.put(
        KeySpace::chunks, std::to_string(i),
        std::string(as_text(random_bytes(100, static_cast<unsigned>(i)))));
  }
  index->write(batch, Durability::synced);
}

void read_all(const Path& folder) {
  const auto index = index::open(folder);
  for (int i = 0; i < 500; ++i) {
    if (!index->get(KeySpace::chunks, std::to_string(i))) {
      throw std::runtime_error("an entry is silently gone");
    }
  }
}

BOOST_AUTO_TEST_SUITE(index_opening)

BOOST_AUTO_TEST_CASE(an_index_held_by_another_process_is_busy) {
  const TemporaryFolder folder;
  fill(folder.path());
  {
    const OtherProcess other(folder.path());
    BOOST_CHECK_EXCEPTION(index::open(folder.path()), Error,
                          says(Errc::busy, "another process has it open"));
  }
  read_all(folder.path());
}

BOOST_AUTO_TEST_CASE(an_index_held_by_this_process_is_busy) {
  const TemporaryFolder folder;
  const auto index = index::open(folder.path());
  BOOST_CHECK_EXCEPTION(index::open(folder.path()), Error,
                        has_code(Errc::busy));
}

BOOST_AUTO_TEST_CASE(a_newer_layout_is_unsupported) {
  const TemporaryFolder folder;
  {
    const auto index = index::open(folder.path());
    Batch batch;
    batch.put(KeySpace::meta, "format", std::string("\2\0\0\0", 4));
    index->write(batch, Durability::synced);
  }
  BOOST_CHECK_EXCEPTION(index::open(folder.path()), Error,
                        says(Errc::unsupported, "layout"));
}

// As a Platter that knew only these key spaces made it.
void make_older(const Path& folder) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string name : {"default", "images", "names", "chunks"}) {
    families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  }
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  BOOST_REQUIRE(
      rocksdb::DB::Open(options, folder.string(), families, &handles, &opened)
          .ok());
  const std::unique_ptr<rocksdb::DB> database(opened);
  const auto put = [&](std::size_t family, const std::string& key,
                       const std::string& value) {
    BOOST_REQUIRE(
        database->Put(rocksdb::WriteOptions(), handles[family], key, value)
            .ok());
  };
  put(0, "format", std::string("\1\0\0\0", 4));
  put(2, "name", "kept");
  for (auto* handle : handles) database->DestroyColumnFamilyHandle(handle);
}

BOOST_AUTO_TEST_CASE(an_older_index_gets_the_key_spaces_that_it_lacks) {
  const TemporaryFolder folder;
  make_older(folder.path());
  for (int opened = 0; opened < 2; ++opened) {
    const auto index = index::open(folder.path());
    BOOST_CHECK(index->get(KeySpace::names, "name") == "kept");
    for (const KeySpace space :
         {KeySpace::ids, KeySpace::shown, KeySpace::pointers}) {
      const auto expected =
          opened == 0 ? std::nullopt
                      : std::optional(std::string(index::name_of(space)));
      BOOST_CHECK(index->get(space, "key") == expected);
      Batch batch;
      batch.put(space, "key", std::string(index::name_of(space)));
      index->write(batch, Durability::synced);
    }
  }
}

BOOST_AUTO_TEST_CASE(rotten_tables_are_damaged) {
  const TemporaryFolder folder;
  fill(folder.path());
  // Opening writes what the log holds into tables.
  index::open(folder.path());
  BOOST_REQUIRE_GT(damage_files(folder.path(), ".sst"), 0);
  BOOST_CHECK_EXCEPTION(read_all(folder.path()), Error,
                        has_code(Errc::damaged));
}

BOOST_AUTO_TEST_CASE(a_missing_table_is_damaged) {
  const TemporaryFolder folder;
  fill(folder.path());
  index::open(folder.path());
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    if (entry.path().extension() == ".sst") {
      std::filesystem::remove(entry.path());
    }
  }
  BOOST_CHECK_EXCEPTION(read_all(folder.path()), Error,
                        has_code(Errc::damaged));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
