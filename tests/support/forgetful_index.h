// tests/support/forgetful_index.h
//
// An index in memory that loses power: of the batches that were written
// lazily since the last synced one, the last ones are forgotten.
#pragma once

#include <map>
#include <mutex>

#include "platter/base/error.h"
#include "platter/index/index.h"
#include "support/disks.h"

namespace platter::test {

// Thread-safe, but for crash(), which nothing may run beside.
class ForgetfulIndex final : public index::Index {
 public:
  using KeySpace = index::KeySpace;

  void crash(Random& random) {
    const std::uint64_t kept = random.below(lazy_.size() + 1);
    for (std::uint64_t n = 0; n < kept; ++n) apply(lazy_[n], durable_);
    lazy_.clear();
    now_ = durable_;
  }

  std::optional<std::string> get(KeySpace space,
                                 std::string_view key) const override {
    const std::lock_guard lock(mutex_);
    return find(space, std::string(key));
  }
  std::vector<std::optional<std::string>> get_many(
      KeySpace space, const std::vector<std::string>& keys) const override {
    std::vector<std::optional<std::string>> values;
    for (const std::string& key : keys) values.push_back(get(space, key));
    return values;
  }
  void scan(KeySpace space, std::string_view prefix, std::string_view after,
            const std::function<bool(std::string_view, std::string_view)>&
                visit) const override {
    std::map<std::string, std::string> entries;
    {
      const std::lock_guard lock(mutex_);
      const auto found = now_.find(space);
      if (found != now_.end()) entries = found->second;
    }
    for (const auto& [key, value] : entries) {
      if (key > after && key.starts_with(prefix) && !visit(key, value)) return;
    }
  }
  void write(const index::Batch& batch, index::Durability durability) override {
    const std::lock_guard lock(mutex_);
    for (const auto& expected : batch.expectations()) {
      if (find(expected.space, expected.key) != expected.value) {
        throw Error(Errc::busy, "forgetful index: an expectation failed");
      }
    }
    apply(batch, now_);
    lazy_.push_back(batch);
    if (durability == index::Durability::lazy) return;
    durable_ = now_;
    lazy_.clear();
  }
  std::uint64_t stored_bytes() const override { return 0; }
  bool takes_writes() const override { return true; }

 private:
  using Spaces = std::map<KeySpace, std::map<std::string, std::string>>;

  std::optional<std::string> find(KeySpace space,
                                  const std::string& key) const {
    const auto entries = now_.find(space);
    if (entries == now_.end()) return std::nullopt;
    const auto entry = entries->second.find(key);
    if (entry == entries->second.end()) return std::nullopt;
    return entry->second;
  }
  static void apply(const index::Batch& batch, Spaces& spaces) {
    for (const auto& change : batch.changes()) {
      auto& entries = spaces[change.space];
      if (change.value) {
        entries.insert_or_assign(change.key, *change.value);
      } else {
        entries.erase(change.key);
      }
    }
  }

  mutable std::mutex mutex_;
  Spaces now_;
  Spaces durable_;
  std::vector<index::Batch> lazy_;
};

}  // namespace platter::test
