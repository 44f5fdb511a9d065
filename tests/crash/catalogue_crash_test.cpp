// tests/crash/catalogue_crash_test.cpp: power cuts in the middle of changes of
// images, pointers, projects and media groups.
//
// What was acknowledged must be there; what was under way is as before or as
// after; and every key that leads to an image leads to what its record says.
#include <boost/test/unit_test.hpp>
#include <set>

#include "../image/catalogue_laws.h"
#include "platter/image/media_groups.h"
#include "platter/image/projects.h"
#include "support/forgetful_index.h"
#include "support/power.h"

namespace platter::test {
namespace {

using image::Place;
using image::Record;

// Lines that say all there is: "image a 5", "pointer b a", "project p".
using World = std::set<std::string>;

// What runs between two power cuts.
struct Running {
  Running(index::Index& below, Power& power)
      : index(below, power),
        catalogue(index, clock),
        pointers(index, catalogue, clock),
        projects(index, clock, "default"),
        groups(index) {}

  World world() const {
    World lines;
    catalogue.list_all([&](const image::RecordPtr& record) {
      lines.insert("image " + record->name + " " +
                   std::to_string(record->min_ram));
      return true;
    });
    for (const auto& pointer : pointers.list("default")) {
      lines.insert("pointer " + pointer->name + " " + pointer->target);
    }
    for (const auto& project : projects.all()) {
      if (project->number > 0) lines.insert("project " + project->name);
    }
    for (const auto& group : groups.all()) lines.insert("group " + group.name);
    return lines;
  }
  image::Number image(const std::string& name) const {
    return catalogue.find("default", Place::images, name)->number;
  }
  image::Number pointer(const std::string& name) const {
    return pointers.find("default", name)->number;
  }

  ManualClock clock;
  PoweredIndex index;
  image::Catalogue catalogue;
  image::Pointers pointers;
  image::Projects projects;
  image::MediaGroups groups;
};

class CrashRun {
 public:
  explicit CrashRun(std::uint64_t seed) : random_(seed), power_(seed) {
    start();
  }

  void work() {
    power_.turn_on(1 + static_cast<std::int64_t>(random_.below(40)));
    for (int n = 0; n < 40 && !power_.is_off(); ++n) step();
  }
  // Also while the sections are being built, as those of an older store are.
  void cut_power() {
    running_.reset();
    index_.crash(random_);
    if (random_.below(3) == 0) {
      forget_sections();
      power_.turn_on(1 + static_cast<std::int64_t>(random_.below(3)));
      try {
        start_as_it_is();
      } catch (const Error&) {
        BOOST_REQUIRE(power_.is_off());
      }
      running_.reset();
      index_.crash(random_);
    }
    start();
  }
  void check() {
    const World now = running_->world();
    BOOST_REQUIRE(now == world_ || now == next_);
    world_ = next_ = now;
    BOOST_REQUIRE(names_and_ids_hold(running_->catalogue));
    for (const std::string project : {"default", "p1", "p2"}) {
      BOOST_REQUIRE(sections_hold(running_->catalogue, project));
    }
    for (const auto& pointer : running_->pointers.list("default")) {
      BOOST_REQUIRE(
          !running_->catalogue.find("default", Place::images, pointer->name));
    }
  }

 private:
  void start() {
    power_.turn_on(1'000'000);
    start_as_it_is();
  }
  void start_as_it_is() {
    running_ = std::make_unique<Running>(index_, power_);
  }
  void forget_sections() {
    index::Batch batch;
    batch.erase(index::KeySpace::meta, "catalogue/sections");
    for (const auto space : {index::KeySpace::ids, index::KeySpace::shown}) {
      index_.scan(space, "", "", [&](std::string_view key, std::string_view) {
        batch.erase(space, std::string(key));
        return true;
      });
    }
    index_.write(batch, index::Durability::synced);
  }

  // `gone` and `come`: the lines that `act` takes away and adds.
  template <typename Act>
  void change(const World& gone, const World& come, Act act) {
    next_ = world_;
    for (const std::string& line : gone) next_.erase(line);
    next_.insert(come.begin(), come.end());
    try {
      act(*running_);
      world_ = next_;
    } catch (const Error&) {
      if (!power_.is_off()) throw;
    }
  }

  // "a 5" for a line "image a 5"; empty when there is none of that kind.
  std::string some(const std::string& kind) {
    std::vector<std::string> found;
    for (const std::string& line : world_) {
      if (line.starts_with(kind + " ")) found.push_back(line);
    }
    if (found.empty()) return "";
    return found[random_.below(found.size())].substr(kind.size() + 1);
  }
  std::string fresh() { return "n" + std::to_string(++names_); }
  static std::string first(const std::string& text) {
    return text.substr(0, text.find(' '));
  }

  void step() {
    switch (random_.below(6)) {
      case 0:
        return create();
      case 1:
      case 2:
        return change_image();
      case 3:
      case 4:
        return change_pointer();
      default:
        return change_others();
    }
  }

  void create() {
    const std::string name = fresh();
    if (random_.below(2) == 0) {
      return change({}, {"image " + name + " 0"},
                    [&](Running& in) { make_image(in.catalogue, name); });
    }
    image::Pointer pointer;
    pointer.project = "default";
    pointer.name = name;
    pointer.target = "t";
    change({}, {"pointer " + name + " t"},
           [&](Running& in) { in.pointers.create(pointer); });
  }

  void change_image() {
    const std::string image = some("image");
    if (image.empty()) return;
    const std::string name = first(image);
    const std::string ram = image.substr(name.size() + 1);
    if (random_.below(5) == 0) {
      return change({"image " + image}, {},
                    [&](Running& in) { in.catalogue.erase(in.image(name)); });
    }
    const std::string after = random_.below(2) == 0 ? name : fresh();
    const std::uint64_t next = std::stoull(ram) + 1;
    change({"image " + image}, {"image " + after + " " + std::to_string(next)},
           [&](Running& in) {
             in.catalogue.update(in.image(name), [&](Record& record) {
               record.name = after;
               record.min_ram = next;
               record.visibility = image::Visibility(1 + random_.below(4));
               record.members["p" + std::to_string(1 + random_.below(2))] =
                   random_.below(2) == 0 ? "pending" : "accepted";
             });
           });
  }

  void change_pointer() {
    const std::string pointer = some("pointer");
    if (pointer.empty()) return;
    const std::string name = first(pointer);
    if (random_.below(4) == 0) {
      return change({"pointer " + pointer}, {},
                    [&](Running& in) { in.pointers.erase(in.pointer(name)); });
    }
    // Onto another, which goes.
    const std::string other = some("pointer");
    const std::string target = pointer.substr(name.size() + 1);
    change({"pointer " + pointer, "pointer " + other},
           {"pointer " + first(other) + " " + target}, [&](Running& in) {
             in.pointers.rename(in.pointer(name), first(other));
           });
  }

  void change_others() {
    const std::string name = fresh();
    const std::string group = some("group");
    const std::string project = some("project");
    switch (random_.below(4)) {
      case 0:
        return change({}, {"project " + name},
                      [&](Running& in) { in.projects.create(name, ""); });
      case 1:
        return change({}, {"group " + name},
                      [&](Running& in) { in.groups.create(name); });
      case 2:
        if (group.empty()) return;
        return change({"group " + group}, {"group " + name}, [&](Running& in) {
          in.groups.rename(in.groups.find(group)->number, name);
        });
      default:
        if (project.empty()) return;
        return change({"project " + project}, {}, [&](Running& in) {
          in.projects.erase(in.projects.find(project)->number);
        });
    }
  }

  Random random_;
  Power power_;
  ForgetfulIndex index_;
  std::unique_ptr<Running> running_;
  World world_;  // what was acknowledged
  World next_;   // ... with what was under way
  int names_ = 0;
};

BOOST_AUTO_TEST_SUITE(catalogue_crashes)

BOOST_AUTO_TEST_CASE(what_was_acknowledged_survives_power_cuts) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      CrashRun run(seed);
      for (int round = 0; round < 20; ++round) {
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
