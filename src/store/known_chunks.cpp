// src/store/known_chunks.cpp
#include "known_chunks.h"

#include "platter/base/integers.h"

namespace platter::store {

namespace {

std::string encode_key(const ChunkKey& key) {
  std::array<std::byte, 17> bytes;
  bytes[0] = static_cast<std::byte>(key.kind);
  store_be<std::uint64_t>(bytes, 1, key.hash.high);
  store_be<std::uint64_t>(bytes, 9, key.hash.low);
  return std::string(as_text(bytes));
}

std::string encode_refs(const std::vector<ChunkRef>& refs) {
  Bytes bytes(refs.size() * ChunkRef::kSize);
  for (std::size_t i = 0; i < refs.size(); ++i) {
    refs[i].encode(MutableBytes(bytes).subspan(i * ChunkRef::kSize));
  }
  return std::string(as_text(bytes));
}

// Empty for a value that is none of ours: the entry is only a hint.
std::vector<ChunkRef> decode_refs(ByteView bytes) {
  const std::size_t count = bytes.size() / ChunkRef::kSize;
  if (bytes.size() % ChunkRef::kSize != 0 || count > KnownChunks::kMost) {
    return {};
  }
  std::vector<ChunkRef> refs;
  for (std::size_t i = 0; i < count; ++i) {
    refs.push_back(
        ChunkRef::decode(bytes.subspan(i * ChunkRef::kSize, ChunkRef::kSize)));
  }
  return refs;
}

}  // namespace

std::vector<ChunkRef> KnownChunks::find(const ChunkKey& key) const {
  {
    const Shard& home = shard(key);
    const std::lock_guard lock(home.mutex);
    const auto found = home.recent.find(key);
    if (found != home.recent.end()) return found->second;
  }
  const auto value = index_.get(index::KeySpace::chunks, encode_key(key));
  return value ? decode_refs(as_bytes(*value)) : std::vector<ChunkRef>();
}

void KnownChunks::remember(const ChunkKey& key, std::vector<ChunkRef> refs) {
  if (refs.size() > kMost) refs.resize(kMost);
  Shard& home = shard(key);
  const std::lock_guard lock(home.mutex);
  home.recent.insert_or_assign(key, std::move(refs));
}

std::vector<KnownChunks::Entry> KnownChunks::recent() const {
  std::vector<Entry> entries;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    entries.insert(entries.end(), shard.recent.begin(), shard.recent.end());
  }
  return entries;
}

void KnownChunks::publish(const std::vector<Entry>& entries) {
  const std::lock_guard publishing(publishing_);
  index::Batch batch;
  for (const auto& [key, refs] : entries) {
    batch.put(index::KeySpace::chunks, encode_key(key), encode_refs(refs));
  }
  index_.write(batch, index::Durability::lazy);
  for (const auto& [key, refs] : entries) {
    Shard& home = shard(key);
    const std::lock_guard lock(home.mutex);
    const auto found = home.recent.find(key);
    // One that was remembered anew meanwhile waits for its own turn.
    if (found != home.recent.end() && found->second == refs) {
      home.recent.erase(found);
    }
  }
}

}  // namespace platter::store
