// src/cli/image_sources.cpp (outside library: toml++)
#include "image_sources.h"

#include <fmt/core.h>
#include <toml++/toml.h>

#include "platter/base/error.h"
#include "platter/base/file.h"
#include "shipped.h"

namespace platter::cli {

namespace {

std::string place_of(const std::string& file, const toml::node& node) {
  return fmt::format("{}:{}", file, node.source().begin.line);
}

std::string text_in(const toml::node& node, const std::string& what,
                    const std::string& file) {
  if (const auto* text = node.as_string()) return text->get();
  throw Error(Errc::invalid,
              place_of(file, node) + ": " + what + " is a text, in quotes");
}

transfer::ImageSource read_source(const std::string& name,
                                  const toml::table& table,
                                  const std::string& file) {
  transfer::ImageSource source;
  source.name = name;
  for (const auto& [key, node] : table) {
    const std::string word(key.str());
    const auto* properties = node.as_table();
    if (word == "checksums") {
      source.checksums = text_in(node, word, file);
    } else if (word == "file") {
      source.file = text_in(node, word, file);
    } else if (word == "properties" && properties != nullptr) {
      for (const auto& [property, value] : *properties) {
        source.properties[std::string(property.str())] =
            text_in(value, std::string(property.str()), file);
      }
    } else {
      throw Error(Errc::invalid, place_of(file, node) +
                                     ": an image source has checksums, "
                                     "file and properties; \"" +
                                     word + "\" is none of them");
    }
  }
  transfer::check_source(source);
  return source;
}

std::vector<transfer::ImageSource> read_sources(std::string_view text,
                                                const std::string& file) {
  std::vector<transfer::ImageSource> sources;
  try {
    for (const auto& [name, node] : toml::parse(text, file)) {
      const auto* table = node.as_table();
      if (table == nullptr) {
        throw Error(Errc::invalid, place_of(file, node) +
                                       ": what stands here belongs in the "
                                       "table of an image, [debian-12]");
      }
      sources.push_back(read_source(std::string(name.str()), *table, file));
    }
  } catch (const toml::parse_error& problem) {
    throw Error(Errc::invalid,
                fmt::format("{}:{}: {}", file, problem.source().begin.line,
                            problem.description()));
  }
  return sources;
}

}  // namespace

std::vector<transfer::ImageSource> load_image_sources(const std::string& file) {
  if (file.empty()) {
    const Shipped& list = shipped().front();
    return read_sources(list.text, std::string(list.file));
  }
  // 1 MiB: far more than any list, and no harm to read.
  const auto bytes = read_whole(file, kMiB);
  if (!bytes) {
    throw Error(Errc::not_found,
                "there is no file " + file + ", which import.sources names");
  }
  return read_sources(as_text(*bytes), file);
}

}  // namespace platter::cli
