// src/schema/read_namespace.cpp
//
// A file's members are those of Glance's metadata definitions. What Glance
// keeps for itself (visibility, owner, ...) is taken and means nothing here.
#include "read_namespace.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "platter/base/error.h"
#include "platter/json/json.h"
#include "read_definition.h"

namespace platter::schema {

namespace {

using json::Json;

constexpr std::size_t kLongestName = 80;  // characters of a namespace
constexpr std::string_view kImages = "OS::Glance::Image";

constexpr std::string_view kMembers[] = {
    "namespace",   "display_name",
    "description", "visibility",
    "protected",   "owner",
    "properties",  "objects",
    "tags",        "resource_type_associations"};
constexpr std::string_view kObjectMembers[] = {"name", "description",
                                               "required", "properties"};

// One file being read.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file)
      : written_(json::parse_object(text, file)) {
    read_.file = file;
    read_.shown.text = text;
  }

  ReadNamespace read() {
    read_name();
    check_members(written_, kMembers, place());
    prefix_ = read_prefix();
    read_properties(written_, place());
    for (const Json& object : list("objects")) read_object(object);
    for (const Json& tag : list("tags")) text_in(tag, "name", "a tag");
    return std::move(read_);
  }

 private:
  std::string place() const { return place_of(read_, ""); }
  [[noreturn]] static void refuse(const std::string& place,
                                  const std::string& what) {
    throw Error(Errc::invalid, place + ": " + what);
  }

  void read_name() {
    std::string& name = read_.shown.name;
    name = text_in(written_, "namespace", "the file");
    if (name.empty() || name.size() > kLongestName) {
      refuse(read_.file, fmt::format("the namespace's name has 1 to {} bytes; "
                                     "this one has {}",
                                     kLongestName, name.size()));
    }
    // What every filesystem takes; "OS::Compute" is "OS__Compute".
    std::string file = name;
    std::ranges::replace_if(
        file,
        [](unsigned char c) {
          return !std::isalnum(c) && c != '-' && c != '.';
        },
        '_');
    if (file.front() == '.') file.front() = '_';
    read_.shown.file_name = file + ".json";
  }

  // A text that has to be there.
  std::string text_in(const Json& object, const char* member,
                      const std::string& of) const {
    const bool there = object.is_object() && object.contains(member) &&
                       object[member].is_string();
    if (there) return object[member].get<std::string>();
    refuse(read_.shown.name.empty() ? read_.file : place(),
           fmt::format("{} has a \"{}\", which is a text", of, member));
  }

  const Json& list(const char* member) const {
    static const Json kNone = Json::array();
    const auto found = written_.find(member);
    if (found == written_.end()) return kNone;
    if (found->is_array()) return *found;
    refuse(place(), fmt::format("\"{}\" is a list, in [ and ]", member));
  }

  template <typename Names>
  static void check_members(const Json& object, const Names& known,
                            const std::string& place) {
    for (const auto& [name, value] : object.items()) {
      if (std::ranges::count(known, name) > 0) continue;
      std::string all;
      for (const std::string_view one : known) all += " " + std::string(one);
      refuse(place, fmt::format("has \"{}\", which is none of{}; correct or "
                                "remove it",
                                name, all));
    }
  }

  // What Glance puts before the names where they are of images; nullopt when
  // the namespace is of other things, such as flavors, alone.
  std::optional<std::string> read_prefix() const {
    const Json& associations = list("resource_type_associations");
    for (const Json& one : associations) {
      if (text_in(one, "name", "a resource type association") != kImages) {
        continue;
      }
      return one.contains("prefix") ? text_in(one, "prefix", "it") : "";
    }
    if (associations.empty()) return "";
    return std::nullopt;
  }

  void read_properties(const Json& parent, const std::string& place) {
    const auto found = parent.find("properties");
    if (found == parent.end()) return;
    if (!found->is_object()) {
      refuse(place, "\"properties\" is an object, in { and }");
    }
    for (const auto& [name, value] : found->items()) read_property(name, value);
  }

  void read_property(const std::string& written_name, const Json& written) {
    const std::string name = prefix_.value_or("") + written_name;
    const std::string place = place_of(read_, name);
    const Definition definition = read_definition(written, place);
    if (written_name.empty()) refuse(place, "a property has a name");
    if (name.find('*') < name.size() - 1) {
      refuse(place, "a * stands at the end of a name only");
    }
    if (!prefix_) return;
    const auto [there, added] = read_.properties.emplace(name, definition);
    if (!added && there->second != definition) {
      refuse(place, "is defined twice, and differently; remove one of them");
    }
  }

  void read_object(const Json& object) {
    const std::string name = text_in(object, "name", "an object");
    const std::string place =
        fmt::format("{}, object \"{}\"", this->place(), name);
    check_members(object, kObjectMembers, place);
    read_properties(object, place);
  }

  Json written_;
  ReadNamespace read_;
  std::optional<std::string> prefix_;
};

}  // namespace

bool is_wild(std::string_view name) {
  return name.ends_with('*') || name.ends_with('#');
}

std::string place_of(const ReadNamespace& read, std::string_view property) {
  std::string place =
      fmt::format("{}, namespace \"{}\"", read.file, read.shown.name);
  if (!property.empty()) place += fmt::format(", property {}", property);
  return place;
}

ReadNamespace read_namespace(std::string_view text, const std::string& file) {
  return Reader(text, file).read();
}

}  // namespace platter::schema
