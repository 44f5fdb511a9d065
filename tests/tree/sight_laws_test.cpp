// tests/tree/sight_laws_test.cpp
//
// The law of many projects: whoever walks a project's whole tree meets the
// images that the rules show it, and never the name of another one.
#include <rapidcheck.h>

#include "host.h"
#include "platter/image/section.h"

namespace platter::tree {
namespace {

using image::Record;
using image::RecordPtr;
using image::Visibility;

const std::vector<std::string> kProjects = {"default", "web", "shop"};

constexpr std::size_t kMost = 6;  // images at a time; each is written durably

// An image: its owner, visibility, one member and that member's answer, and
// whether it is hidden, in the trash, without data.
using Sketch = std::array<std::uint8_t, 5>;

class Walk {
 public:
  Walk(test::Host& host, const Caller& caller) : host_(host), caller_(caller) {}

  // Every name below the folder, and what each link leads to.
  void folder(NodeId id, const std::string& path) {
    for (const auto& child : host_.tree().list(caller_, id)) {
      const std::string name = path + "/" + child.name;
      if (name.ends_with("/info/operator"))
        continue;  // closed, see projects_test.cpp
      text_ += name + "\n";
      const auto found = host_.tree().lookup(caller_, id, child.name);
      RC_ASSERT(found.has_value());
      RC_ASSERT(found->id == child.id);
      RC_ASSERT(found->type == child.type);
      if (child.type == NodeType::folder) folder(child.id, name);
      if (child.type == NodeType::link) link(child.id, path);
      if (child.type == NodeType::file) file(child.id, path, child.name);
    }
  }

  const std::string& text() const { return text_; }
  // The folders that hold an image's files, by "images", "public", ...
  const std::set<std::string>& images() const { return images_; }

 private:
  void link(NodeId id, const std::string& path) {
    const std::string target = host_.tree().read_link(caller_, id);
    text_ += target + "\n";
    RC_ASSERT(host_.exists((Path(path) / target).lexically_normal()));
  }
  void file(NodeId id, const std::string& path, const std::string& name) {
    if (name == "image.json") {
      images_.insert(path);
      text_ += read(id);
    } else if (path.find("/info") == std::string::npos) {
      read(id);
    }
  }
  std::string read(NodeId id) {
    const auto handle = host_.tree().open(caller_, id, {});
    Bytes bytes(4096);
    bytes.resize(handle->read(0, bytes));
    return std::string(as_text(bytes));
  }

  test::Host& host_;
  Caller caller_;
  std::string text_;
  std::set<std::string> images_;
};

// A record with data, but for its own name that of another one.
Record some_image(test::Host& host, const Record& whole, const Sketch& sketch) {
  Record record = whole;
  record.number = host.catalogue().new_number();
  record.id = image::ImageId::random();
  record.project = kProjects[sketch[0] % kProjects.size()];
  record.name = "secret" + std::to_string(record.number);
  record.visibility = static_cast<Visibility>(1 + sketch[1] % 4);
  record.members.clear();
  const std::string& member = kProjects[sketch[2] % kProjects.size()];
  constexpr const char* kAnswers[] = {"pending", "accepted", "rejected"};
  if (member != record.project) {
    record.members[member] = kAnswers[sketch[3] % 3];
  }
  record.os_hidden = sketch[4] % 4 == 1;
  record.tags = {"t"};
  if (sketch[4] % 4 == 2) record.place = image::Place::trash;
  return record;
}

// Where the project's tree lists the image's files.
std::set<std::string> expected(const Record& record,
                               const std::string& viewer) {
  std::set<std::string> paths;
  const bool own = record.project == viewer;
  const std::string root = viewer == "default" ? "" : "projects/" + viewer;
  const auto add = [&](const std::string& folder, const std::string& name) {
    paths.insert(root + "/" + folder + "/" + name);
  };
  const bool trash = record.place == image::Place::trash;
  if (own) add(trash ? "trash" : "images", record.name);
  if (trash || (record.os_hidden && !own)) return paths;
  const auto section = image::section_of(record, viewer);
  if (!section) return paths;
  const std::string full = record.name + "@" + record.project;
  switch (*section) {
    case image::Section::public_:
      add("catalog/public", record.name);
      break;
    case image::Section::community:
      add("catalog/community", full);
      break;
    case image::Section::shared:
      add("catalog/shared", full);
      break;
    case image::Section::offered:
      add("catalog/offered", full);
      break;
  }
  return paths;
}

void check_project(test::Host& host, const std::vector<RecordPtr>& records,
                   const Caller& caller, const std::string& project) {
  const bool own = project == "default";
  const std::string root = own ? "" : "projects/" + project;
  Walk walk(host, caller);
  if (own) {
    // What others have is not in the store's own project's tree.
    for (const char* part : {"images", "trash", "catalog", "info"}) {
      walk.folder(host.at(part), std::string("/") + part);
    }
  } else {
    walk.folder(host.at(root), root);
  }
  std::set<std::string> all;
  for (const RecordPtr& record : records) {
    const auto paths = expected(*record, project);
    all.insert(paths.begin(), paths.end());
    if (!paths.empty()) continue;
    RC_ASSERT(walk.text().find(record->name) == std::string::npos);
    RC_ASSERT(walk.text().find(to_text(record->id)) == std::string::npos);
  }
  RC_ASSERT(walk.images() == all);
}

BOOST_AUTO_TEST_SUITE(tree_sight_laws)

BOOST_AUTO_TEST_CASE(a_project_meets_what_it_may_see_and_nothing_else) {
  test::Host host;
  host.image(host.user(), "images/whole");
  host.clock().advance(std::chrono::minutes(1));
  host.tick();
  const Record whole = *host.named("whole");
  host.catalogue().erase(whole.number);
  const bool holds = rc::check(
      "the tree shows what the rules say",
      [&](const std::vector<Sketch>& sketches) {
        std::vector<RecordPtr> records;
        for (const Sketch& sketch : sketches) {
          if (records.size() == kMost) break;
          records.push_back(
              host.catalogue().create(some_image(host, whole, sketch)));
        }
        check_project(host, records, host.web(), "web");
        check_project(host, records, host.shop(), "shop");
        check_project(host, records, host.member(), "default");
        for (const RecordPtr& record : records) {
          host.catalogue().erase(record->number);
        }
      });
  BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace platter::tree
