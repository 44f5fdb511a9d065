// tests/crash/service_crash_test.cpp: power cuts in the middle of uploads and
// changes.
//
// A run does random things with images until the power goes, at any write or
// sync of packs or index. What was not synced is then lost, kept or torn, and
// the service starts again on what is left. Every change that was acknowledged
// must be there; what was under way is as before or as after, never between;
// an upload that was not finished is never active; and every byte that a
// record names can be read.
#include <set>

#include "../service/service.h"
#include "support/forgetful_index.h"
#include "support/forgetful_storage.h"
#include "support/power.h"

namespace platter::test {
namespace {

using service::DraftPtr;

// What is known of an image.
struct Known {
  std::string name;
  Place place = Place::images;
  std::string description;
  std::optional<Bytes> file;  // of its last finished upload
  bool unfinished = false;    // an upload began after that
  bool purged = false;
};

class CrashRun {
 public:
  explicit CrashRun(std::uint64_t seed)
      : random_(seed), power_(seed), service_(places()) {}

  void work() {
    power_.turn_on(1 + static_cast<std::int64_t>(random_.below(120)));
    for (int n = 0; n < 30 && !power_.is_off(); ++n) step();
  }

  void cut_power() {
    drafts_.clear();
    service_.stop();
    service_.close_index();
    disk_.crash(random_);
    index_.crash(random_);
    tear_staging();
    power_.turn_on(1'000'000);
    service_.start();
  }

  void check() {
    std::set<Number> there;
    service_.catalogue().list_all([&](const RecordPtr& record) {
      there.insert(record->number);
      check_whole(*record);
      return true;
    });
    // An image whose creation was cut off may be there.
    for (const Number number : there) {
      if (images_.count(number) > 0) continue;
      const RecordPtr record = service_.record(number);
      BOOST_REQUIRE(record->name == being_created_);
      images_[number].name = record->name;
    }
    being_created_.clear();
    for (auto& [number, known] : images_) check_image(number, known);
    after_.clear();
  }

 private:
  TestService::Places places() {
    power_.turn_on(1'000'000);
    return {[this] { return std::make_unique<PoweredIndex>(index_, power_); },
            [this] {
              return std::make_unique<PoweredStorage>(disk_.storage(), power_);
            },
            {.cache_bytes = 200 * kKiB, .pack_target = 100 * kKiB}};
  }

  // Does something to an image. `states`: what it may be in between, and what
  // it is when `act` returns.
  template <typename Act>
  void change(Number number, std::vector<Known> states, Act act) {
    try {
      act();
      images_[number] = states.back();
    } catch (const Error& error) {
      // What was written at random is no disk at times; that is no cut.
      const bool refused = error.code() == Errc::corrupt;
      if (!power_.is_off() && !refused) throw;
      if (!power_.is_off()) return;
      after_.emplace(number, std::move(states));
    }
  }

  void step() {
    const auto number = some_image();
    if (!number || random_.below(4) == 0) return create();
    switch (random_.below(8)) {
      case 0:
        return rename(*number);
      case 1:
        return describe(*number);
      case 2:
        return move(*number);
      case 3:
        return purge(*number);
      case 4:
        return begin(*number);
      case 5:
        return finish();
      default:
        return upload(*number);
    }
  }

  std::optional<Number> some_image() {
    std::vector<Number> numbers;
    for (const auto& [number, known] : images_) {
      if (!known.purged) numbers.push_back(number);
    }
    if (numbers.empty()) return std::nullopt;
    return numbers[random_.below(numbers.size())];
  }
  std::string some_name() { return "image" + std::to_string(++names_); }

  // Few disks, so that chunks are shared.
  Bytes some_file() {
    const std::uint64_t kind = random_.below(12);
    const Bytes disk = random_disk((8 + 12 * kind) * kKiB, kind, 60);
    return random_.below(2) == 0 ? disk : qcow2_file(disk);
  }

  void create() {
    const std::string name = some_name();
    being_created_ = name;
    try {
      const Number number = service_.create(name);
      BOOST_REQUIRE(images_.count(number) == 0);
      images_[number].name = name;
      being_created_.clear();
      upload(number);
    } catch (const Error&) {
      if (!power_.is_off()) throw;
    }
  }

  bool takes_data(Number number) const {
    const RecordPtr record = service_.record(number);
    return record->place == Place::images && !record->sealed;
  }

  void upload(Number number) {
    if (!takes_data(number)) return;
    drafts_.erase(number);
    const Known before = images_.at(number);
    Known cut = before;
    cut.unfinished = true;
    Known emptied = cut;
    emptied.file.reset();
    Known done = before;
    done.file = some_file();
    done.unfinished = false;
    change(number, {cut, emptied, done},
           [&] { service_.upload(number, *done.file); });
  }

  // An upload that is not finished, for now; over what was there.
  void begin(Number number) {
    if (!takes_data(number)) return;
    Known begun = images_.at(number);
    begun.unfinished = true;
    change(number, {begun}, [&] {
      const DraftPtr draft = service_.uploads().open(number, false);
      const std::uint64_t offset = random_.below(100 * kKiB);
      service_.uploads().write(*draft, offset, random_bytes(3000, number));
      drafts_[number] = draft;
    });
  }

  void finish() {
    if (drafts_.empty()) return;
    const auto [number, draft] = *drafts_.begin();
    drafts_.erase(drafts_.begin());
    Known done = images_.at(number);
    if (draft->aborted()) return service_.flush_and_close(draft);
    done.file = block::read_all(*draft->snapshot());
    done.unfinished = false;
    change(number, {done}, [&] { service_.flush_and_close(draft); });
  }

  void rename(Number number) {
    Known renamed = images_.at(number);
    if (renamed.place != Place::images) return;
    renamed.name = some_name();
    change(number, {renamed}, [&] {
      service_.images().rename(service_.admin(), number, renamed.name, false);
    });
  }

  void describe(Number number) {
    Known described = images_.at(number);
    described.description = std::to_string(random_.next());
    change(number, {described},
           [&] { service_.set(number, "description", described.description); });
  }

  // To the trash, or back. What was being uploaded is given up.
  void move(Number number) {
    Known moved = images_.at(number);
    const bool to_trash = moved.place == Place::images;
    moved.place = to_trash ? Place::trash : Place::images;
    moved.unfinished = false;
    change(number, {moved}, [&] {
      if (to_trash) {
        service_.images().remove(service_.admin(), number);
      } else {
        service_.images().restore(service_.admin(), number, moved.name);
      }
    });
  }

  void purge(Number number) {
    Known purged = images_.at(number);
    if (purged.place != Place::trash) return;
    purged.purged = true;
    change(number, {purged},
           [&] { service_.images().purge(service_.admin(), number); });
  }

  // What was staged was not synced: some of it is lost.
  void tear_staging() {
    for (const auto& entry :
         std::filesystem::directory_iterator(service_.staging())) {
      const std::uint64_t fate = random_.below(4);
      if (fate == 0) std::filesystem::remove(entry.path());
      if (fate > 1) continue;
      std::error_code gone;
      const auto size = std::filesystem::file_size(entry.path(), gone);
      if (gone || size == 0) continue;
      std::filesystem::resize_file(entry.path(), random_.below(size));
    }
  }

  // Every chunk that the record names is there.
  void check_whole(const image::Record& record) {
    BOOST_REQUIRE_EQUAL(record.guest.has_value(), record.original.has_value());
    const bool active = record.status == Status::active;
    BOOST_REQUIRE(!active || record.guest);
    BOOST_REQUIRE(record.status != Status::saving);
    if (!record.guest) return;
    const auto guest = image::open_disk(service_.store(), *record.guest);
    block::read_all(*guest);
    block::read_all(
        *image::open_original(service_.store(), *record.original, guest));
  }

  void check_image(Number number, Known& known) {
    const auto record = service_.record(number);
    if (matches(record.get(), known)) return;
    // The change that was cut off was done, or done in part.
    for (auto [state, end] = after_.equal_range(number); state != end;
         ++state) {
      for (const Known& one : state->second) {
        if (!matches(record.get(), one)) continue;
        known = one;
        return;
      }
    }
    BOOST_FAIL("image " << number << " " << known.name << " is "
                        << (record ? name_of(record->status) : "gone"));
  }

  bool matches(const image::Record* record, const Known& known) {
    if (!record || known.purged) return !record && known.purged;
    if (record->name != known.name || record->place != known.place) {
      return false;
    }
    const auto description = record->properties.find("description");
    const bool described = description != record->properties.end();
    if ((described ? description->second : "") != known.description) {
      return false;
    }
    if (record->guest.has_value() != known.file.has_value()) return false;
    if (known.file && service_.original(record->number) != *known.file) {
      return false;
    }
    if (known.unfinished) {
      return record->status == Status::interrupted ||
             record->status == Status::error;
    }
    return record->status == (known.file ? Status::active : Status::queued);
  }

  Random random_;
  Power power_;
  ForgetfulDisk disk_;
  ForgetfulIndex index_;
  TestService service_;
  std::map<Number, Known> images_;
  // By image: what it may be after a change that was cut off.
  std::multimap<Number, std::vector<Known>> after_;
  std::string being_created_;
  std::map<Number, DraftPtr> drafts_;
  int names_ = 0;
};

BOOST_AUTO_TEST_SUITE(service_crashes)

BOOST_AUTO_TEST_CASE(what_was_acknowledged_survives_power_cuts) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      CrashRun run(seed);
      for (int round = 0; round < 12; ++round) {
        BOOST_TEST_CONTEXT("round " << round) {
          run.work();
          run.cut_power();
          run.check();
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::test
