// include/platter/index/index.h
//
// The index: an ordered, durable map of bytes to bytes in named key spaces,
// changed only by atomic batches. The embedded one is RocksDB; a catalogue
// that outgrows one machine gets another behind the same interface.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platter/base/bytes.h"
#include "platter/base/file.h"

namespace platter::index {

// Which keys and values each space holds is said in docs/format/index.md.
enum class KeySpace {
  meta,      // of the store itself: format version, counters, ids
  images,    // image number -> record
  names,     // place, project, name -> image number
  chunks,    // hash of a chunk -> where it lies; only serves to find duplicates
  ids,       // id of an image, also of one that is gone -> its number
  shown,     // section, project, name, owner -> number of an image others see
  pointers,  // project, name -> a version pointer
  tasks,     // task number -> task
  usage,     // project, end, image number -> a time in which it was held
};

inline constexpr KeySpace kKeySpaces[] = {
    KeySpace::meta,     KeySpace::images, KeySpace::names,
    KeySpace::chunks,   KeySpace::ids,    KeySpace::shown,
    KeySpace::pointers, KeySpace::tasks,  KeySpace::usage};

std::string_view name_of(KeySpace space) noexcept;

// What write() promises when it returns.
enum class Durability {
  lazy,    // survives the end of the process; a power cut may take it
  synced,  // survives a power cut, and with it every write before
};

// Changes that happen together or not at all. For one thread.
class Batch {
 public:
  void put(KeySpace space, std::string key, std::string value);
  void erase(KeySpace space, std::string key);
  // The batch is refused unless, when it is written, `key` holds exactly
  // `value` (nullopt: is absent).
  void expect(KeySpace space, std::string key,
              std::optional<std::string> value);

  struct Change {
    KeySpace space;
    std::string key;
    std::optional<std::string> value;  // nullopt: erase
  };
  struct Expectation {
    KeySpace space;
    std::string key;
    std::optional<std::string> value;  // nullopt: absent
  };
  const std::vector<Change>& changes() const noexcept { return changes_; }
  const std::vector<Expectation>& expectations() const noexcept {
    return expectations_;
  }

 private:
  std::vector<Change> changes_;
  std::vector<Expectation> expectations_;
};

// Thread-safe.
class Index {
 public:
  virtual ~Index() = default;

  // Throws Errc::damaged when stored bytes fail their check, Errc::io.
  virtual std::optional<std::string> get(KeySpace space,
                                         std::string_view key) const = 0;

  // The values of several keys, in their order; cheaper than get() for each.
  virtual std::vector<std::optional<std::string>> get_many(
      KeySpace space, const std::vector<std::string>& keys) const = 0;

  // Calls `visit(key, value)` for each entry whose key starts with `prefix`
  // and is greater than `after`, in key order, until it answers false. Sees
  // the space as it was when the call began.
  virtual void scan(
      KeySpace space, std::string_view prefix, std::string_view after,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const = 0;

  // Throws Errc::busy, changing nothing, when an expectation does not hold;
  // Errc::no_space, Errc::io: the batch is then not applied.
  virtual void write(const Batch& batch, Durability durability) = 0;

  // Bytes the index takes on disk, about.
  virtual std::uint64_t stored_bytes() const = 0;
  // False when the last write() failed for the disk's sake, or the next one
  // will.
  virtual bool takes_writes() const = 0;
};

struct Options {
  std::uint64_t cache_bytes = 32 * kMiB;  // for blocks read from disk
};

// Opens the RocksDB in `folder`, making it and its key spaces when missing.
// Throws Errc::busy when another process has it open, Errc::damaged when
// RocksDB finds corruption.
std::unique_ptr<Index> open(const Path& folder, const Options& options = {});

}  // namespace platter::index
