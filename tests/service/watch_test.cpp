// tests/service/watch_test.cpp: the figures of a store, and what is wrong with
// one that still serves.
#include "platter/service/watch.h"

#include <sys/resource.h>

#include <fstream>

#include "platter/metrics/process.h"
#include "service.h"
#include "support/errors.h"
#include "support/faulty_storage.h"

namespace platter::service {
namespace {

using metrics::State;
using metrics::Verdict;
using test::Faults;
using test::Number;
using test::random_disk;

constexpr std::uint64_t kDisk = 300 * kKiB;

// There before the service, which is given it when it starts.
struct HasFaults {
  std::shared_ptr<Faults> faults = std::make_shared<Faults>();
};

// A service whose packs fail when they are told to.
struct Fixture : HasFaults, test::TestService {
  Fixture() : TestService(places()) {}

  Places places() {
    return {[this] { return index::open(folder() / "index"); },
            [this] {
              return std::make_unique<test::FaultyStorage>(
                  pack::local_storage(folder() / "packs"), faults);
            },
            {.cache_bytes = 0}};
  }
  Watched watched(std::uint64_t low_space = 0) {
    return {store(),     index(),
            catalogue(), quotas(),
            tasks(),     imports(),
            audit(),     {folder() / "packs", folder() / "index"},
            low_space};
  }
  Path only_pack() const {
    return std::filesystem::directory_iterator(folder() / "packs")->path();
  }
  // The value of a line of the text; nullopt: it is not there.
  std::optional<double> figure(const std::string& name) {
    metrics::Figures figures;
    add_figures(figures, watched());
    std::istringstream text(figures.text());
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with(name + " ")) {
        return std::stod(line.substr(name.size() + 1));
      }
    }
    return std::nullopt;
  }
  std::optional<double> images_in(const std::string& place,
                                  const std::string& status) {
    return figure("platter_images{place=\"" + place + "\",status=\"" + status +
                  "\"}");
  }
  Verdict verdict(const std::string& check, std::uint64_t low_space = 0) {
    metrics::Health health;
    add_checks(health, watched(low_space));
    for (const auto& finding : health.examine()) {
      if (finding.check == check) return finding.verdict;
    }
    BOOST_FAIL("there is no check " << check);
    return {};
  }
  void check_says(const Verdict& verdict, State state,
                  const std::string& words) {
    BOOST_TEST_CONTEXT(verdict.message) {
      BOOST_CHECK(verdict.state == state);
      BOOST_CHECK(verdict.message.find(words) != std::string::npos);
    }
  }
};

BOOST_FIXTURE_TEST_SUITE(service_watch, Fixture)

BOOST_AUTO_TEST_CASE(images_are_counted_by_place_and_status) {
  BOOST_TEST(images_in("images", "active").value() == 0);
  create("queued");
  const Number gone = uploaded("gone", random_disk(kDisk, 1));
  uploaded("active", random_disk(kDisk, 2));
  images().remove(admin(), gone);
  for (int round = 0; round < 2; ++round) {
    BOOST_TEST(images_in("images", "queued").value() == 1);
    BOOST_TEST(images_in("images", "active").value() == 1);
    BOOST_TEST(images_in("images", "error").value() == 0);
    BOOST_TEST(images_in("trash", "active").value() == 1);
    BOOST_TEST(figure("platter_image_bytes{place=\"images\",status=\"active\"}")
                   .value() == kDisk);
    restart();  // counted anew
  }
}

BOOST_AUTO_TEST_CASE(chunks_that_are_there_already_are_counted) {
  const Bytes disk = random_disk(kDisk, 1);
  uploaded("first", disk);
  const double before = figure("platter_store_chunks_total").value();
  BOOST_TEST(before > 0);
  BOOST_TEST(figure("platter_store_duplicate_chunks_total").value() == 0);
  uploaded("second", disk);
  const double more = figure("platter_store_chunks_total").value() - before;
  BOOST_TEST(figure("platter_store_duplicate_chunks_total").value() == more);
  BOOST_TEST(figure("platter_store_packs").value() == 1);
  BOOST_TEST(figure("platter_store_bytes").value() == file_size(only_pack()));
}

BOOST_AUTO_TEST_CASE(uploads_count_while_they_are_under_way) {
  const auto draft = uploads().open(create("x"), true);
  uploads().write(*draft, 0, random_disk(kDisk, 1));
  BOOST_TEST(figure("platter_uploads").value() == 1);
  BOOST_TEST(figure("platter_upload_bytes").value() == kDisk);
  flush_and_close(draft);
  BOOST_TEST(figure("platter_uploads").value() == 0);
  BOOST_TEST(figure("platter_upload_bytes").value() == 0);
}

BOOST_AUTO_TEST_CASE(tasks_are_there_before_the_first_one) {
  BOOST_TEST(
      figure("platter_tasks{kind=\"import\",status=\"failure\"}").value() == 0);
  BOOST_TEST(figure("platter_import_bytes_total").value() == 0);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_well_says_so) {
  uploaded("x", random_disk(kDisk, 1));
  metrics::Health health;
  add_checks(health, watched());
  for (const auto& [check, verdict] : health.examine()) {
    BOOST_TEST_CONTEXT(check << ": " << verdict.message) {
      BOOST_CHECK(verdict.state == State::ok);
    }
  }
}

BOOST_AUTO_TEST_CASE(little_room_is_told_without_saying_how_much) {
  check_says(verdict("space", 1000 * kTiB), State::degraded,
             "less than 1000TiB");
  check_says(verdict("space", 0), State::ok, "there is room");
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_gone_is_told) {
  metrics::Health health;
  Watched gone = watched();
  gone.folders.push_back(folder() / "nowhere");
  add_checks(health, gone);
  BOOST_CHECK(worst(health.examine()) == State::failing);
}

BOOST_AUTO_TEST_CASE(a_chunk_that_cannot_be_written_is_told_until_one_is) {
  faults->write_to_fail = 1;
  BOOST_CHECK_EXCEPTION(uploaded("x", random_disk(kDisk, 1)), Error,
                        test::has_code(Errc::no_space));
  check_says(verdict("writes"), State::failing, "the next upload tries again");
  faults->write_to_fail = 0;
  uploaded("y", random_disk(kDisk, 2));
  BOOST_CHECK(verdict("writes").state == State::ok);
}

// After that no upload is taken, whatever the disk says.
BOOST_AUTO_TEST_CASE(a_disk_that_lost_what_was_written_is_told_for_good) {
  uploaded("before", random_disk(kDisk, 3));
  faults->sync_to_fail = 1;
  BOOST_CHECK_THROW(uploaded("x", random_disk(kDisk, 1)), Error);
  check_says(verdict("writes"), State::failing, "mount again");
  BOOST_CHECK_THROW(uploaded("y", random_disk(kDisk, 2)), Error);
  check_says(verdict("writes"), State::failing, "mount again");
}

BOOST_AUTO_TEST_CASE(damage_that_a_reader_met_is_told) {
  const Number number = uploaded("x", random_disk(kDisk, 1));
  restart();
  File file = File::open(only_pack(), File::Mode::write);
  file.write(200, Bytes(file.size() - 4 * kKiB - 200));
  check_says(verdict("damage"), State::ok, "no read");
  BOOST_CHECK_EXCEPTION(original(number), Error, test::has_code(Errc::damaged));
  check_says(verdict("damage"), State::degraded, "found stored data damaged");
  BOOST_TEST(figure("platter_store_damaged_reads_total").value() >= 1);
}

BOOST_AUTO_TEST_CASE(a_process_that_opened_what_it_may_is_told) {
  // So many that the two that looking takes are less than a tenth.
  std::vector<File> opened;
  for (int i = 0; i < 50; ++i) opened.push_back(File::temporary(folder()));
  rlimit before{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit tight{metrics::this_process().open_files + 2, before.rlim_max};
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &tight) == 0);
  const Verdict narrow = verdict("files");
  setrlimit(RLIMIT_NOFILE, &before);
  check_says(narrow, State::degraded, "LimitNOFILE");
}

BOOST_AUTO_TEST_SUITE_END()

struct AuditFixture {
  test::TemporaryFolder folder;
  test::ManualClock clock;
  Audit audit{{folder.path() / "audit", kMiB, 2}, clock};

  void add() {
    Event one;
    one.act = "create";
    one.project = "web";
    audit.add(one);
  }
};

BOOST_FIXTURE_TEST_SUITE(service_watch_audit, AuditFixture)

BOOST_AUTO_TEST_CASE(an_act_that_is_not_written_down_is_told_until_one_is) {
  add();
  BOOST_TEST(audit.works());
  const Path file = folder.path() / "audit" / "web.jsonl";
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  add();
  BOOST_TEST(!audit.works());
  BOOST_TEST(audit.failures() == 1u);
  std::filesystem::remove(file);
  add();
  BOOST_TEST(audit.works());
  BOOST_TEST(audit.failures() == 1u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_gone_is_told_before_the_next_act) {
  std::filesystem::remove_all(folder.path() / "audit");
  BOOST_TEST(!audit.works());
}

BOOST_AUTO_TEST_CASE(a_trail_that_is_not_kept_is_no_trouble) {
  Audit none({}, clock);
  BOOST_TEST(none.works());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::service
