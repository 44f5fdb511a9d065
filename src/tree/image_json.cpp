// src/tree/image_json.cpp
//
// A record as JSON, and back: the properties of docs/mount.md by their names,
// tags as a list, members as an object.
#include <nlohmann/json.hpp>

#include "image_files.h"
#include "platter/base/error.h"
#include "platter/service/properties.h"

namespace platter::tree {

using Json = nlohmann::ordered_json;
using image::Record;
using Edits = service::Images::Properties;

namespace {

constexpr const char* kNumbers[] = {"size", "virtual_size", "min_disk",
                                    "min_ram"};
constexpr const char* kBooleans[] = {"protected", "os_hidden"};

bool is_one_of(std::string_view name, std::span<const char* const> names) {
  return std::ranges::find(names, name) != names.end();
}

Json typed(std::string_view name, const std::string& value) {
  if (is_one_of(name, kNumbers)) return std::stoull(value);
  if (is_one_of(name, kBooleans)) return value == "true";
  return value;
}

std::string text_of(const std::string& name, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  throw Error(Errc::invalid, "image.json: \"" + name +
                                 "\" is a text, a number, true or false; " +
                                 value.type_name() + " is not");
}

Json parsed(std::string_view text) {
  try {
    Json json = Json::parse(text);
    if (json.is_object()) return json;
  } catch (const Json::exception& problem) {
    throw Error(Errc::invalid,
                std::string("image.json is not JSON: ") + problem.what());
  }
  throw Error(Errc::invalid, "image.json holds one object, in { and }");
}

const Json& object_in(const Json& json, const char* name) {
  static const Json kNone = Json::object();
  const auto found = json.find(name);
  if (found == json.end()) return kNone;
  if (!found->is_object()) {
    throw Error(Errc::invalid, std::string("image.json: \"") + name +
                                   "\" is an object, in { and }");
  }
  return *found;
}

// What makes the map `now` the object `wanted`.
void edit_map(const Json& wanted, const std::map<std::string, std::string>& now,
              const std::string& prefix, Edits& edits) {
  for (const auto& [name, value] : wanted.items()) {
    const std::string text = text_of(name, value);
    const auto found = now.find(name);
    if (found == now.end() || found->second != text) {
      edits.emplace_back(prefix + name, text);
    }
  }
  for (const auto& [name, value] : now) {
    if (!wanted.contains(name)) edits.emplace_back(prefix + name, std::nullopt);
  }
}

void edit_tags(const Json& json, const Record& record, Edits& edits) {
  const auto found = json.find("tags");
  if (found == json.end()) return;
  std::set<std::string> wanted;
  if (!found->is_array()) {
    throw Error(Errc::invalid, "image.json: \"tags\" is a list, in [ and ]");
  }
  for (const Json& tag : *found) wanted.insert(text_of("tags", tag));
  for (const std::string& tag : wanted) {
    if (record.tags.count(tag) == 0) edits.emplace_back("tag." + tag, "");
  }
  for (const std::string& tag : record.tags) {
    if (wanted.count(tag) == 0) edits.emplace_back("tag." + tag, std::nullopt);
  }
}

bool is_nested(const std::string& name) {
  return name == "name" || name == "tags" || name == "members";
}

Edits edits_of(const Json& json, const Record& record) {
  Edits edits;
  for (const auto& [name, value] : json.items()) {
    if (is_nested(name)) continue;
    const auto now = service::property(record, name);
    if (value.is_null()) {
      if (now) edits.emplace_back(name, std::nullopt);
    } else if (now != text_of(name, value)) {
      edits.emplace_back(name, text_of(name, value));
    }
  }
  // A piece of a record leaves the rest as it is; in the image's own record,
  // edited, what was taken out is to go.
  const auto id = json.find("id");
  if (id != json.end() && *id == to_text(record.id)) {
    for (const auto& [name, value] : record.properties) {
      if (!json.contains(name)) edits.emplace_back(name, std::nullopt);
    }
  }
  if (json.contains("members")) {
    edit_map(object_in(json, "members"), record.members, "member.", edits);
  }
  edit_tags(json, record, edits);
  return edits;
}

}  // namespace

std::string json_of(const Record& record) {
  Json json;
  json["name"] = record.name;
  for (const std::string& name : service::property_names(record)) {
    const bool elsewhere = name.starts_with("tag.") ||
                           name.starts_with("member.") ||
                           service::is_for_admins(name);
    if (!elsewhere) json[name] = typed(name, *service::property(record, name));
  }
  json["tags"] = record.tags;
  json["members"] = record.members;
  if (record.members.empty()) json["members"] = Json::object();
  // A name or a value may hold what is no UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void apply_json(Context& context, const Caller& caller, image::Number number,
                std::string_view text) {
  const image::RecordPtr record = context.image(caller, number);
  const Json json = parsed(text);
  const auto name = json.find("name");
  if (record->sealed && name != json.end() && *name != record->name) {
    throw Error(Errc::invalid,
                "image.json: to change the name, rename the folder: mv " +
                    record->name + " " + text_of("name", *name));
  }
  context.parts.images.set_properties(caller, number, edits_of(json, *record));
}

}  // namespace platter::tree
