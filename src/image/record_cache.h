// src/image/record_cache.h
//
// Decoded records that were used last, found by number and by name, within a
// limit of memory.
//
// What a reader takes from the index may be old by the time it gets here, when
// a change came between. Each change therefore moves a generation on, and what
// was read before it is not kept.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platter/image/catalogue.h"

namespace platter::image {

// Thread-safe.
class RecordCache {
 public:
  // `limit`: about how many bytes of records to keep.
  explicit RecordCache(std::uint64_t limit) : limit_(limit) {}

  // nullptr when it is not here. `key` is a name_key().
  RecordPtr find(Number number);
  RecordPtr find(std::string_view key);

  // To be asked before the index is read.
  std::uint64_t generation() const;
  // Keeps what was read from the index in that generation, if it is still the
  // same. `encoded` is the length of the record's bytes.
  void keep(const RecordPtr& record, std::size_t encoded,
            std::uint64_t generation);

  // After a change of the index: what is true now.
  void replace(const RecordPtr& record, std::size_t encoded);
  void erase(Number number);

 private:
  struct Entry {
    RecordPtr record;
    std::string key;
    std::uint64_t cost;
  };
  using Entries = std::list<Entry>;

  RecordPtr use(Entries::iterator entry);
  void add(const RecordPtr& record, std::size_t encoded);
  void drop(Entries::iterator entry);
  void drop(Number number);

  const std::uint64_t limit_;
  mutable std::mutex mutex_;  // guards what follows
  Entries entries_;           // last used first
  std::unordered_map<Number, Entries::iterator> by_number_;
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
  std::uint64_t cost_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace platter::image
