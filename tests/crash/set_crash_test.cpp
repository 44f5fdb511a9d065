// tests/crash/set_crash_test.cpp: power cuts while the files of a set are sent.
//
// The power goes at each write or sync of packs and index in turn. What was
// closed before is there after the restart, what was cut off is not taken for
// whole, and the set becomes one when the rest is sent.
#include "../service/service.h"
#include "support/forgetful_index.h"
#include "support/forgetful_storage.h"
#include "support/power.h"
#include "support/vmdk_set.h"

namespace platter::test {
namespace {

class SetRun {
 public:
  explicit SetRun(std::uint64_t seed)
      : random_(seed), power_(seed), service_(places()) {
    files_ = {{"d-f001.vmdk", random_disk(kPart, 1)},
              {"d-f002.vmdk", random_disk(kPart, 2)}};
    std::string extents;
    for (const auto& [name, bytes] : files_) {
      extents +=
          "RW " + std::to_string(kPart / 512) + " FLAT \"" + name + "\" 0\n";
    }
    files_["d.vmdk"] = to_bytes(set_descriptor("twoGbMaxExtentFlat", extents));
    number_ = service_.create("x");
  }

  // Sends files in some order until the power goes, which it does after so
  // many writes and syncs. Whether it did.
  bool cut_off(std::int64_t budget) {
    power_.turn_on(budget);
    for (const std::string& name : some_order()) {
      try {
        send(name);
        closed_.insert(name);
      } catch (const Error&) {
        if (!power_.is_off()) throw;
        break;
      }
    }
    const bool off = power_.is_off();
    cut_power();
    return off;
  }

  void check() {
    const RecordPtr record = service_.record(number_);
    if (closed_.size() == files_.size() || record->status == Status::active) {
      return check_set();
    }
    BOOST_REQUIRE(!record->guest);
    for (const std::string& name : closed_) {
      BOOST_REQUIRE(record->arrived.count(name) == 1);
      const DraftPtr draft = draft_of(*record, name);
      BOOST_REQUIRE(draft);
      BOOST_REQUIRE(
          same_bytes(block::read_all(*draft->snapshot()), files_.at(name)));
    }
    for (const auto& [name, bytes] : files_) {
      if (closed_.count(name) == 0) send(name);
    }
    check_set();
  }

 private:
  static constexpr std::uint64_t kPart = 100 * kKiB;

  TestService::Places places() {
    power_.turn_on(1'000'000);
    return {[this] { return std::make_unique<PoweredIndex>(index_, power_); },
            [this] {
              return std::make_unique<PoweredStorage>(disk_.storage(), power_);
            },
            {.cache_bytes = 200 * kKiB, .pack_target = 100 * kKiB}};
  }

  std::vector<std::string> some_order() {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : files_) names.push_back(name);
    std::swap(names[0], names[random_.below(3)]);
    std::swap(names[1], names[1 + random_.below(2)]);
    return names;
  }

  void send(const std::string& name) {
    DraftPtr draft;
    if (name == "d.vmdk") {
      service_.images().set_file_name(service_.admin(), number_, name);
      draft = service_.uploads().open(number_, true);
    } else {
      draft = service_.uploads().open_part(number_, name, true);
    }
    being_sent_ = draft;
    service_.write(draft, files_.at(name));
    service_.flush_and_close(draft);
    being_sent_.reset();
  }

  DraftPtr draft_of(const image::Record& record, const std::string& name) {
    if (name == record.file_name) return service_.uploads().find(number_);
    for (std::size_t place = 0; place < record.parts.size(); ++place) {
      if (record.parts[place].name == name) {
        return service_.uploads().find_part(number_, place);
      }
    }
    return nullptr;
  }

  // Of a file that was not synced some is lost.
  void cut_power() {
    if (being_sent_ && being_sent_->dirty()) {
      const auto part = being_sent_->part();
      const auto number = std::to_string(number_);
      const Path path = part ? service_.staging() / (number + ".parts") /
                                   std::to_string(*part)
                             : service_.staging() / number;
      std::error_code gone;
      const auto size = std::filesystem::file_size(path, gone);
      if (!gone && size > 0) {
        std::filesystem::resize_file(path, random_.below(size));
      }
    }
    being_sent_.reset();
    service_.stop();
    service_.close_index();
    disk_.crash(random_);
    index_.crash(random_);
    power_.turn_on(1'000'000);
    service_.start();
  }

  void check_set() {
    BOOST_TEST_MESSAGE(service_.record(number_)->status_reason
                       << " closed " << closed_.size());
    for (auto& c : closed_) BOOST_TEST_MESSAGE(c);
    for (auto& c : service_.record(number_)->arrived)
      BOOST_TEST_MESSAGE("arr " << c);
    for (auto& c : service_.record(number_)->parts)
      BOOST_TEST_MESSAGE("part " << c.name);
    service_.check_active(number_, files_.at("d.vmdk"));
    const RecordPtr record = service_.record(number_);
    BOOST_REQUIRE(record->parts.size() == 2);
    for (std::size_t place = 0; place < 2; ++place) {
      const auto part =
          service_.images().open_part(service_.admin(), number_, place);
      BOOST_REQUIRE(same_bytes(block::read_all(*part),
                               files_.at(record->parts[place].name)));
    }
  }

  Random random_;
  Power power_;
  ForgetfulDisk disk_;
  ForgetfulIndex index_;
  TestService service_;
  Number number_ = 0;
  std::map<std::string, Bytes> files_;
  std::set<std::string> closed_;
  DraftPtr being_sent_;
};

BOOST_AUTO_TEST_SUITE(set_crashes)

BOOST_AUTO_TEST_CASE(what_was_closed_survives_power_cuts) {
  bool off = true;
  std::int64_t budget = 0;
  while (off) {
    ++budget;
    BOOST_TEST_CONTEXT(budget << " writes and syncs") {
      SetRun run(static_cast<std::uint64_t>(budget));
      off = run.cut_off(budget);
      run.check();
    }
  }
  BOOST_TEST(budget > 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
