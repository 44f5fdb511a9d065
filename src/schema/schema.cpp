// src/schema/schema.cpp
//
// The namespaces put together: which are in force, and which definition a
// name has.
#include "platter/schema/schema.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "platter/base/error.h"
#include "platter/schema/values.h"
#include "read_namespace.h"
#include "shipped.h"

namespace platter::schema {

namespace {

constexpr std::uint64_t kLargestFile = 1024 * kKiB;

// By file names, as info/schema lists them.
using Namespaces = std::map<std::string, ReadNamespace>;

std::vector<Path> files_in(const Path& folder) {
  std::error_code problem;
  std::vector<Path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, problem)) {
    const Path& file = entry.path();
    // An editor's files begin with a dot.
    if (file.extension() != ".json") continue;
    if (!file.filename().string().starts_with('.')) files.push_back(file);
  }
  if (problem) {
    throw Error(Errc::invalid,
                fmt::format("the schema's folder {} cannot be read: {}; make "
                            "it, or clear schema.folder",
                            folder.string(), problem.message()));
  }
  std::ranges::sort(files);
  return files;
}

ReadNamespace read_file(const Path& file) {
  const auto bytes = read_whole(file, kLargestFile);
  if (!bytes) {
    throw Error(Errc::not_found, "there is no file " + file.string());
  }
  return read_namespace(as_text(*bytes), file.string());
}

Namespaces read_shipped() {
  Namespaces read;
  for (const Shipped& one : shipped()) {
    auto made =
        read_namespace(one.text, "the shipped " + std::string(one.file));
    std::string key = made.shown.file_name;
    read.emplace(std::move(key), std::move(made));
  }
  return read;
}

Namespaces read_folder(const Path& folder) {
  Namespaces read;
  for (const Path& file : files_in(folder)) {
    auto made = read_file(file);
    const std::string key = made.shown.file_name;
    const auto there = read.find(key);
    if (there != read.end()) {
      throw Error(Errc::invalid,
                  fmt::format("{}: {} has the same namespace, or one that "
                              "would be shown as {}, too; join them or rename "
                              "one",
                              place_of(made, ""), there->second.file, key));
    }
    read.emplace(key, std::move(made));
  }
  return read;
}

bool is_reserved(std::string_view name, const std::string& reserved) {
  return reserved.ends_with('.') ? name.starts_with(reserved)
                                 : name == reserved;
}

void check_names(const ReadNamespace& read,
                 const std::vector<std::string>& reserved) {
  for (const auto& [name, definition] : read.properties) {
    for (const std::string& one : reserved) {
      if (!is_reserved(name, one)) continue;
      throw Error(Errc::invalid, place_of(read, name) +
                                     ": the name is one of Platter's own, "
                                     "which no schema changes; remove it");
    }
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
}

// Whether a wild name stands for `name`.
bool stands_for(std::string_view wild, std::string_view name) {
  const std::string_view prefix = wild.substr(0, wild.size() - 1);
  if (!name.starts_with(prefix) || name.size() == prefix.size()) return false;
  return wild.ends_with('*') || is_number(name.substr(prefix.size()));
}

}  // namespace

struct Schema::Content {
  std::vector<Namespace> namespaces;
  std::map<std::string, Definition, std::less<>> exact;
  // The longest name first, so that the nearest counts.
  std::vector<std::pair<std::string, Definition>> wild;
  bool refuse_unknown = false;

  void add(const Namespaces& read);
  void sort_wild();
  const Definition* find(std::string_view name) const;
};

void Schema::Content::add(const Namespaces& read) {
  std::map<std::string, const ReadNamespace*> definer;
  for (const auto& [key, one] : read) {
    namespaces.push_back(one.shown);
    for (const auto& [name, definition] : one.properties) {
      const auto [there, added] = definer.emplace(name, &one);
      const ReadNamespace& first = *there->second;
      if (!added && first.properties.at(name) != definition) {
        throw Error(
            Errc::invalid,
            fmt::format("{}: {}, namespace \"{}\", defines it "
                        "differently; leave it to one of them (a file "
                        "with the namespace of a shipped one replaces "
                        "that)",
                        place_of(one, name), first.file, first.shown.name));
      }
      if (!added) continue;
      if (is_wild(name)) wild.emplace_back(name, definition);
      if (!is_wild(name)) exact.emplace(name, definition);
    }
  }
  sort_wild();
}

void Schema::Content::sort_wild() {
  std::ranges::sort(wild, [](const auto& a, const auto& b) {
    if (a.first.size() != b.first.size()) {
      return a.first.size() > b.first.size();
    }
    return a.first < b.first;  // # before *
  });
}

const Definition* Schema::Content::find(std::string_view name) const {
  const auto found = exact.find(name);
  if (found != exact.end()) return &found->second;
  for (const auto& [pattern, definition] : wild) {
    if (stands_for(pattern, name)) return &definition;
  }
  return nullptr;
}

Schema Schema::load(const Options& options) {
  Namespaces read = read_shipped();
  if (!options.folder.empty()) {
    for (auto& [key, one] : read_folder(options.folder)) {
      check_names(one, options.reserved);
      read.insert_or_assign(key, std::move(one));
    }
  }
  auto content = std::make_shared<Content>();
  content->refuse_unknown = options.refuse_unknown;
  content->add(read);
  return Schema(std::move(content));
}

std::string Schema::check(std::string_view name, std::string_view value) const {
  const Definition* definition = content_->find(name);
  if (definition != nullptr) {
    if (auto kept = kept_value(*definition, value)) return *kept;
    refuse_value(name, value, allowed_by(*definition));
  }
  if (!content_->refuse_unknown) return std::string(value);
  throw Error(Errc::invalid,
              fmt::format("no schema defines a property {}, and others are "
                          "refused here; info/schema/ holds those that are "
                          "defined",
                          name));
}

const std::vector<Namespace>& Schema::namespaces() const& noexcept {
  return content_->namespaces;
}

}  // namespace platter::schema
