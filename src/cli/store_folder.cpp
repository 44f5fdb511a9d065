// src/cli/store_folder.cpp
#include "platter/cli/store_folder.h"

#include <fmt/core.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "platter/base/error.h"
#include "platter/image/project.h"
#include "values.h"

namespace platter::cli {

namespace {

constexpr std::chrono::milliseconds kStep{50};
constexpr std::chrono::milliseconds kPatience{3'000};
constexpr const char* kMarker = "platter.toml";
constexpr const char* kLock = "lock";
// Every other name that an init may have left.
const std::set<std::string> kParts = {"index", "packs", "staging",
                                      "audit", "log",   kLock};

void check_is_free(const Path& folder) {
  if (!std::filesystem::exists(folder)) return;
  if (std::filesystem::exists(folder / kMarker)) {
    throw Error(Errc::exists, folder.string() +
                                  " is a store already; `platter mount` "
                                  "mounts it");
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    const bool has_packs = name == "packs" && !std::filesystem::is_empty(entry);
    if (kParts.contains(name) && !has_packs) continue;
    throw Error(Errc::forbidden,
                fmt::format("{} holds \"{}\" and is no store; give a folder "
                            "that is empty or not there yet",
                            folder.string(), name));
  }
}

std::string marker_text(const std::string& project,
                        const std::string& created) {
  return fmt::format(
      "# This folder is a Platter store. `platter init` wrote this file last, "
      "once.\nformat = {}\ncreated = {}\nproject = {}\n",
      kStoreFormat, toml_text(created), toml_text(project));
}

toml::table read_marker(const Path& folder) {
  const Path marker = folder / kMarker;
  const auto bytes = read_whole(marker, 64 * kKiB);
  if (!bytes) {
    throw Error(Errc::not_found,
                fmt::format("{} is no store: {} has no {}. `platter init {}` "
                            "makes one",
                            folder.string(), folder.string(), kMarker,
                            folder.string()));
  }
  try {
    return toml::parse(as_text(*bytes));
  } catch (const toml::parse_error& problem) {
    throw Error(Errc::damaged, fmt::format("{}:{}: {}", marker.string(),
                                           problem.source().begin.line,
                                           problem.description()));
  }
}

void check_format(const Path& folder, const toml::table& marker) {
  const auto format = marker["format"].value<std::int64_t>();
  if (!format || *format < 1) {
    throw Error(Errc::damaged, (folder / kMarker).string() +
                                   ": \"format\" is no positive number");
  }
  if (*format > kStoreFormat) {
    throw Error(Errc::unsupported,
                fmt::format("{} has store format {}; this platter knows up to "
                            "{}: use the newer platter that made it",
                            folder.string(), *format, kStoreFormat));
  }
}

std::string text_in(const Path& folder, const toml::table& marker,
                    std::string_view key) {
  const auto text = marker[key].value<std::string>();
  if (text) return *text;
  throw Error(Errc::damaged, fmt::format("{}: \"{}\" is missing",
                                         (folder / kMarker).string(), key));
}

}  // namespace

StoreFolder StoreFolder::prepare(const Path& folder, const std::string& project,
                                 Timestamp now) {
  image::check_project_name(project);
  StoreFolder store;
  try {
    store.path_ = std::filesystem::absolute(folder).lexically_normal();
    if (!store.path_.has_filename()) store.path_ = store.path_.parent_path();
    check_is_free(store.path_);
    for (const Path& part : {store.index(), store.packs(), store.staging(),
                             store.audit(), store.path_ / "log"}) {
      make_folders(part);
    }
    // Whoever can read the packs reads every image.
    std::filesystem::permissions(store.path_,
                                 std::filesystem::perms::owner_all);
  } catch (const std::filesystem::filesystem_error& problem) {
    throw system_error(problem.code().value(),
                       "make a store in " + folder.string());
  }
  File::open(store.path_ / kLock, File::Mode::create);
  store.project_ = project;
  store.created_ = to_text(now);
  return store;
}

void StoreFolder::finish() const {
  write_whole(path_ / kMarker, as_bytes(marker_text(project_, created_)));
}

StoreFolder StoreFolder::open(const Path& folder) {
  std::error_code problem;
  StoreFolder store;
  store.path_ = std::filesystem::canonical(folder, problem);
  if (problem == std::errc::no_such_file_or_directory) {
    throw Error(Errc::not_found,
                fmt::format("there is no store {}; `platter init {}` makes one",
                            folder.string(), folder.string()));
  }
  if (problem) {
    throw system_error(problem.value(), "open the store " + folder.string());
  }
  const toml::table marker = read_marker(store.path_);
  check_format(store.path_, marker);
  store.project_ = text_in(store.path_, marker, "project");
  store.created_ = text_in(store.path_, marker, "created");
  // Without its index a store would look empty; making a new one in silence
  // would hide the loss.
  if (std::filesystem::is_empty(store.index(), problem) || problem) {
    throw Error(Errc::damaged, store.index().string() +
                                   " is missing or empty: restore it from a "
                                   "backup");
  }
  return store;
}

File StoreFolder::lock() const {
  File file = File::open(path_ / kLock, File::Mode::create);
  // A daemon whose mount has just ended puts its store in order first.
  for (auto waited = kStep; waited <= kPatience && !file.try_lock();
       waited += kStep) {
    std::this_thread::sleep_for(kStep);
  }
  if (!file.try_lock()) {
    const auto pid = user();
    throw Error(
        Errc::busy,
        fmt::format("{} is in use{}", path_.string(),
                    pid && *pid > 0 ? fmt::format(" by process {}", *pid)
                                    : std::string()));
  }
  file.resize(0);
  file.write(0, as_bytes(fmt::format("{}\n", getpid())));
  return file;
}

std::optional<int> StoreFolder::user() const {
  File file = File::open(path_ / kLock, File::Mode::create);
  if (file.try_lock()) return std::nullopt;
  Bytes bytes(32);
  bytes.resize(file.read_some(0, bytes));
  const std::string_view text = as_text(bytes);
  return parse_number<int>(text.substr(0, text.find('\n'))).value_or(0);
}

}  // namespace platter::cli
