// src/page/catalog_page.cpp: the catalogue's JSON, and the page around it.
#include "platter/page/catalog_page.h"

#include <string_view>

#include "platter/json/json.h"
#include "shipped.h"

namespace platter::page {

using json::Json;

namespace {

constexpr std::string_view kData = "@DATA@";
// Points of a curve that a screen can tell apart.
constexpr std::size_t kMostPoints = 400;

// Most images lack most of what there could be, and there may be many.
void put(Json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}
void put(Json& object, const char* name, bool yes) {
  if (yes) object[name] = true;
}

Json json_of(const Image& image, bool for_operators) {
  Json object;
  object["name"] = image.name;
  object["id"] = image.id;
  object["owner"] = image.owner;
  object["source"] = image.source;
  object["state"] = image.state;
  put(object, "reason", image.reason);
  object["visibility"] = image.visibility;
  put(object, "format", image.format);
  put(object, "container", image.container);
  put(object, "os_type", image.os_type);
  put(object, "os_distro", image.os_distro);
  put(object, "os_version", image.os_version);
  put(object, "description", image.description);
  put(object, "replacement", image.replacement);
  if (!image.tags.empty()) object["tags"] = image.tags;
  put(object, "deprecated", image.deprecated);
  put(object, "hidden", image.hidden);
  object["size"] = image.size;
  object["virtual_size"] = image.virtual_size;
  if (for_operators) object["stored_size"] = image.stored_size;
  object["created_at"] = image.created_at.seconds();
  return object;
}

Json json_of(const Pointer& pointer) {
  return {{"name", pointer.name},
          {"owner", pointer.owner},
          {"target", pointer.target}};
}

Json json_of(const Point& point) {
  return {{"at", point.at.seconds()},
          {"images", point.images},
          {"bytes", point.bytes}};
}

Json json_of(const Space& space) {
  return {{"logical", space.logical},
          {"compressed", space.compressed},
          {"stored", space.stored}};
}

// Of many points every so many-th, the last one always.
Json growth_json(const std::vector<Point>& points) {
  Json list = Json::array();
  const std::size_t step = points.size() / kMostPoints + 1;
  const std::size_t count = points.size();
  for (std::size_t i = count == 0 ? 0 : (count - 1) % step; i < count;
       i += step) {
    list.push_back(json_of(points[i]));
  }
  return list;
}

Json json_of(const Catalog& catalog) {
  Json document;
  document["project"] = catalog.project;
  document["operator"] = catalog.for_operators;
  document["as_of"] = catalog.as_of.seconds();
  document["images"] = Json::array();
  for (const Image& image : catalog.images) {
    document["images"].push_back(json_of(image, catalog.for_operators));
  }
  document["pointers"] = Json::array();
  for (const Pointer& pointer : catalog.pointers) {
    document["pointers"].push_back(json_of(pointer));
  }
  document["growth"] = growth_json(catalog.growth);
  if (catalog.for_operators) document["space"] = json_of(catalog.space);
  return document;
}

// JSON that no HTML parser takes for the end of a script or the begin of a
// comment, and no script for the end of a line. These bytes stand in strings
// only, where \u means the same.
std::string escaped(std::string_view text) {
  constexpr std::string_view kLineEnd = "\u2028", kParagraphEnd = "\u2029";
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view next = text.substr(i, 3);
    if (text[i] == '<') {
      out += "\\u003c";
    } else if (text[i] == '>') {
      out += "\\u003e";
    } else if (text[i] == '&') {
      out += "\\u0026";
    } else if (next == kLineEnd || next == kParagraphEnd) {
      out += next == kLineEnd ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string catalog_html(const Catalog& catalog) {
  const std::string_view page = shipped().front().text;
  const std::size_t at = page.find(kData);
  std::string text(page.substr(0, at));
  text += escaped(json::one_line(json_of(catalog)));
  text += page.substr(at + kData.size());
  return text;
}

}  // namespace platter::page
