// src/store/pack_set.cpp
#include "pack_set.h"

#include <algorithm>
#include <array>
#include <utility>

#include "platter/base/error.h"
#include "platter/base/integers.h"
#include "platter/base/log.h"

namespace platter::store {

namespace {

constexpr std::string_view kNextIdKey = "packs/next";

std::string name_of(const ChunkRef& ref) {
  return "pack " + std::to_string(ref.pack) + " slot " +
         std::to_string(ref.slot);
}

void expect_chunk(const ChunkRef& ref, const Hash128& hash) {
  if (hash.low == ref.check) return;
  throw Error(Errc::damaged,
              name_of(ref) + " holds another chunk than the one meant");
}

pack::PackId load_next_id(const index::Index& index) {
  const auto value = index.get(index::KeySpace::meta, kNextIdKey);
  if (!value) return 1;
  if (value->size() != 8) {
    throw Error(Errc::damaged, "index: the entry packs/next has " +
                                   std::to_string(value->size()) +
                                   " bytes instead of 8");
  }
  return load_le<std::uint64_t>(as_bytes(*value));
}

void save_next_id(index::Index& index, pack::PackId id) {
  std::array<std::byte, 8> bytes;
  store_le<std::uint64_t>(bytes, 0, id);
  index::Batch batch;
  batch.put(index::KeySpace::meta, std::string(kNextIdKey),
            std::string(as_text(bytes)));
  index.write(batch, index::Durability::synced);
}

}  // namespace

PackSet::PackSet(index::Index& index, std::unique_ptr<pack::Storage> storage,
                 std::uint64_t pack_target)
    : index_(index),
      storage_(std::move(storage)),
      pack_target_(std::min(pack_target, pack::kPackLimit / 2)) {
  next_id_ = load_next_id(index_);
  for (const pack::PackId id : storage_->list()) {
    next_id_ = std::max(next_id_, id + 1);
    adopt(id);
  }
}

void PackSet::adopt(pack::PackId id) {
  ++count_;
  try {
    auto file = storage_->open(id);
    const std::uint64_t size = file->size();
    sealed_bytes_ += size;
    // A sealed pack is opened when it is first read: there may be thousands.
    if (pack::has_footer(*file, id)) return;
    const auto pack = pack::Pack::open(std::move(file), id);
    if (pack->slot_count() == 0) {
      storage_->remove(id);
      --count_;
      sealed_bytes_ -= size;
      return;
    }
    pack->seal();
    sealed_bytes_ += pack->size() - size;
    log::info("pack recovered", {{"pack", id}, {"slots", pack->slot_count()}});
  } catch (const Error& error) {
    // The other packs are still good. What this one held answers damaged.
    ++lost_;
    log::error("pack not recovered", {{"pack", id}, {"why", error.what()}});
  }
}

bool PackSet::has_room(const pack::Pack& pack,
                       const pack::Sealed& chunk) const {
  return pack.size() + chunk.frame.size() <= pack_target_ &&
         pack.slot_count() < pack::kSlotTarget;
}

PackPointer PackSet::make_pack() {
  // The id is spent before the pack is there, so that it is never used again,
  // whatever becomes of the pack.
  save_next_id(index_, next_id_ + 1);
  const pack::PackId id = next_id_++;
  PackPointer pack = pack::Pack::create(storage_->create(id), id);
  ++count_;
  open_.keep(pack);
  return pack;
}

PackSet::Appended PackSet::append(pack::Sealed chunk) {
  Appended result;
  PackPointer filled;
  {
    const std::lock_guard lock(append_mutex_);
    if (!current_ ||
        (!has_room(*current_, chunk) && current_->slot_count() > 0)) {
      PackPointer fresh = make_pack();
      filled = std::exchange(current_, std::move(fresh));
      if (filled) full_.emplace(filled->id(), filled);
    }
    const std::uint64_t check = chunk.info.hash.low;
    result.ref = {current_->id(), current_->append(std::move(chunk)), check};
  }
  // Without the lock: sealing waits for the disk, which slows the thread that
  // filled the pack, while others go on with the next one.
  result.sealed_another = filled && try_seal(filled);
  return result;
}

bool PackSet::try_seal(const PackPointer& pack) {
  try {
    sync_or_fail(*pack);
    pack->seal();
  } catch (const Error& error) {
    log::warning("pack not sealed yet",
                 {{"pack", pack->id()}, {"why", error.what()}});
    return false;
  }
  const std::lock_guard lock(append_mutex_);
  if (full_.erase(pack->id()) > 0) sealed_bytes_ += pack->size();
  return true;
}

void PackSet::sync_or_fail(pack::Pack& pack) {
  try {
    pack.sync();
  } catch (const Error&) {
    const std::lock_guard lock(append_mutex_);
    sync_failed_ = true;
    throw;
  }
}

void PackSet::sync() {
  std::map<pack::PackId, PackPointer> packs;
  {
    const std::lock_guard lock(append_mutex_);
    packs = full_;
    if (current_) packs.emplace(current_->id(), current_);
  }
  for (const auto& [id, pack] : packs) sync_or_fail(*pack);
  {
    const std::lock_guard lock(append_mutex_);
    if (sync_failed_) {
      throw Error(Errc::io,
                  "the disk failed to keep what was written to the packs; "
                  "check it, then mount again");
    }
    packs = full_;
  }
  for (const auto& [id, pack] : packs) try_seal(pack);
}

void PackSet::retire_current() {
  const std::lock_guard lock(append_mutex_);
  if (!current_) return;
  full_.emplace(current_->id(), current_);
  current_.reset();
}

PackPointer PackSet::unsealed(pack::PackId id) const {
  const std::lock_guard lock(append_mutex_);
  if (current_ && current_->id() == id) return current_;
  const auto found = full_.find(id);
  return found == full_.end() ? nullptr : found->second;
}

PackPointer PackSet::opened(pack::PackId id) {
  if (PackPointer pack = open_.find(id)) return pack;
  // A pack that is written to must not be opened a second time: the file does
  // not yet say what it holds.
  PackPointer pack = unsealed(id);
  if (!pack) {
    try {
      pack = pack::Pack::open(storage_->open(id), id);
    } catch (const Error& error) {
      if (error.code() != Errc::not_found) throw;
      throw Error(Errc::damaged, "pack " + std::to_string(id) +
                                     " is lost: there is no such "
                                     "pack in the store");
    }
  }
  open_.keep(pack);
  return pack;
}

pack::Content PackSet::read(const ChunkRef& ref) {
  pack::Content content = opened(ref.pack)->read(ref.slot);
  expect_chunk(ref, content.info.hash);
  return content;
}

pack::FrameInfo PackSet::info(const ChunkRef& ref) {
  const auto info = opened(ref.pack)->info(ref.slot);
  if (!info) {
    throw Error(Errc::damaged, name_of(ref) +
                                   " is lost: the pack has no such "
                                   "frame");
  }
  expect_chunk(ref, info->hash);
  return *info;
}

std::set<pack::PackId> PackSet::unsealed_ids() const {
  const std::lock_guard lock(append_mutex_);
  std::set<pack::PackId> ids;
  for (const auto& [id, pack] : full_) ids.insert(id);
  if (current_) ids.insert(current_->id());
  return ids;
}

std::uint64_t PackSet::stored_bytes() const {
  const std::lock_guard lock(append_mutex_);
  std::uint64_t bytes = sealed_bytes_ + (current_ ? current_->size() : 0);
  for (const auto& [id, pack] : full_) bytes += pack->size();
  return bytes;
}

std::uint64_t PackSet::count() const {
  const std::lock_guard lock(append_mutex_);
  return count_;
}

std::uint64_t PackSet::lost() const {
  const std::lock_guard lock(append_mutex_);
  return lost_;
}

bool PackSet::sync_failed() const {
  const std::lock_guard lock(append_mutex_);
  return sync_failed_;
}

}  // namespace platter::store
