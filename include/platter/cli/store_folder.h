// include/platter/cli/store_folder.h
//
// A store's folder on the host: what lies where, how it is made, and who uses
// it. What its files hold is the business of other rooms.
#pragma once

#include <optional>
#include <string>

#include "platter/base/clock.h"
#include "platter/base/file.h"

namespace platter::cli {

// The layout that this Platter makes and reads.
inline constexpr std::int64_t kStoreFormat = 1;

class StoreFolder {
 public:
  // Makes the parts of a store in `folder`, which must be missing, empty, or
  // left by an init that was cut off; it is a store only after finish(). Throws
  // Errc::exists for a store, Errc::forbidden for a folder that holds something
  // else, Errc::invalid for the project's name.
  static StoreFolder prepare(const Path& folder, const std::string& project,
                             Timestamp now);
  // Writes, durably, the marker that makes it a store.
  void finish() const;

  // Throws Errc::not_found for what is no store, Errc::unsupported for a newer
  // format, Errc::damaged for a marker that cannot be read or a part that is
  // missing.
  static StoreFolder open(const Path& folder);

  // Absolute.
  const Path& path() const noexcept { return path_; }
  const std::string& project() const noexcept { return project_; }
  const std::string& created() const noexcept { return created_; }

  Path index() const { return path_ / "index"; }
  Path packs() const { return path_ / "packs"; }
  Path staging() const { return path_ / "staging"; }
  // Missing in older stores; who writes it makes it.
  Path audit() const { return path_ / "audit"; }
  Path log() const { return path_ / "log" / "platter.log"; }

  // Claims the store for this process as long as the File lives. Waits some
  // seconds for a daemon that is just ending. Throws
  // Errc::busy, naming the process that has it.
  File lock() const;
  // The process that has it; nullopt: nobody.
  std::optional<int> user() const;

 private:
  Path path_;
  std::string project_;
  std::string created_;
};

}  // namespace platter::cli
