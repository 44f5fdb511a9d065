// src/tree/image_json.cpp
//
// A record as JSON, and back: the properties of docs/mount.md by their names,
// tags as a list, members as an object.
#include "image_files.h"
#include "platter/base/error.h"
#include "platter/json/json.h"
#include "platter/service/properties.h"

namespace platter::tree {

using image::Record;
using json::Json;
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

const Json& object_in(const Json& document, const char* name) {
  static const Json kNone = Json::object();
  const auto found = document.find(name);
  if (found == document.end()) return kNone;
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

void edit_tags(const Json& document, const Record& record, Edits& edits) {
  const auto found = document.find("tags");
  if (found == document.end()) return;
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

Edits edits_of(const Json& document, const Record& record) {
  Edits edits;
  for (const auto& [name, value] : document.items()) {
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
  const auto id = document.find("id");
  if (id != document.end() && *id == to_text(record.id)) {
    for (const auto& [name, value] : record.properties) {
      if (!document.contains(name)) edits.emplace_back(name, std::nullopt);
    }
  }
  if (document.contains("members")) {
    edit_map(object_in(document, "members"), record.members, "member.", edits);
  }
  edit_tags(document, record, edits);
  return edits;
}

}  // namespace

std::string json_of(const Record& record, const std::string& viewer) {
  const auto is_shown = [&](const std::string& name) {
    return viewer.empty() || service::is_shown_to(viewer, name);
  };
  Json document;
  document["name"] = record.name;
  for (const std::string& name : service::property_names(record)) {
    const bool elsewhere = name.starts_with("tag.") ||
                           name.starts_with("member.") ||
                           service::is_for_admins(name);
    if (elsewhere || !is_shown(name)) continue;
    document[name] = typed(name, *service::property(record, name));
  }
  document["tags"] = record.tags;
  document["members"] = Json::object();
  for (const auto& [member, state] : record.members) {
    if (is_shown("member." + member)) document["members"][member] = state;
  }
  // A name or a value may hold what is no UTF-8.
  return json::pretty(document);
}

namespace {

// It came with the files of another image, which was copied.
bool is_of_another(const Json& document, const Record& record) {
  const auto id = document.find("id");
  return id != document.end() && *id != to_text(record.id);
}

bool may_publish(const Context& context, const Caller& caller,
                 const Record& record, const std::optional<std::string>& to) {
  using access::Act;
  const bool everybody = to == name_of(image::Visibility::public_);
  if (!everybody && to != name_of(image::Visibility::community)) return true;
  try {
    context.parts.access.check(caller, record,
                               everybody ? Act::publicize : Act::communitize);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

void apply_json(Context& context, const Caller& caller, image::Number number,
                std::string_view text) {
  // What the caller could not read was not left out on purpose.
  const image::RecordPtr record =
      context.parts.images.readable(caller, context.image(caller, number));
  const Json document = json::parse_object(text, "image.json");
  const auto name = document.find("name");
  if (record->sealed && name != document.end() && *name != record->name) {
    throw Error(Errc::invalid,
                "image.json: to change the name, rename the folder: mv " +
                    record->name + " " + text_of("name", *name));
  }
  Edits edits = edits_of(document, *record);
  if (!record->sealed && is_of_another(document, *record)) {
    std::erase_if(edits, [&](const auto& edit) {
      return edit.first == "visibility" &&
             !may_publish(context, caller, *record, edit.second);
    });
  }
  context.parts.images.set_properties(caller, number, edits);
}

}  // namespace platter::tree
