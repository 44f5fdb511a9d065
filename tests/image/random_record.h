// tests/image/random_record.h
//
// Records with random values in every field.
#pragma once

#include <type_traits>

#include "platter/image/record.h"
#include "support/disks.h"

namespace platter::test {

// Fills in values of any of the types that a record has.
class RecordFiller {
 public:
  explicit RecordFiller(std::uint64_t seed) : random_(seed) {}

  void fill(std::string& text) {
    const Bytes bytes = random_bytes(random_.below(20), random_.next());
    text = std::string(as_text(bytes));
  }
  template <std::unsigned_integral T>
  void fill(T& value) {
    value = static_cast<T>(random_.next());
  }
  void fill(bool& value) { value = random_.below(2) == 1; }
  void fill(Timestamp& time) {
    time.nanoseconds = static_cast<std::int64_t>(random_.next());
  }
  void fill(image::ImageId& id) {
    for (std::byte& byte : id.bytes) byte = std::byte(random_.below(256));
  }
  void fill(image::Place& place) { place = image::Place(1 + random_.below(2)); }
  void fill(image::Status& status) {
    status = image::Status(1 + random_.below(6));
  }
  void fill(image::Visibility& visibility) {
    visibility = image::Visibility(1 + random_.below(4));
  }
  void fill(std::set<std::string>& texts) {
    for (std::uint64_t i = random_.below(5); i > 0; --i)
      texts.insert(made<std::string>());
  }
  template <typename T>
  void fill(std::map<std::string, T>& pairs) {
    for (std::uint64_t i = random_.below(5); i > 0; --i) {
      pairs.emplace(made<std::string>(), made<T>());
    }
  }
  void fill(image::DiskMap& map) {
    fill(map.size);
    fill(map.root);
  }
  void fill(image::TreeRoot& root) {
    fill(root.ref.pack);
    fill(root.ref.slot);
    fill(root.ref.check);
    fill(root.height);
    fill(root.counts.clusters);
    fill(root.counts.blocks_1mib);
    fill(root.counts.blocks_2mib);
  }
  void fill(image::Original& original) {
    fill(original.size);
    fill(original.runs);
    fill(original.literal);
  }
  void fill(std::vector<image::Part>& parts) {
    for (std::uint64_t i = random_.below(5); i > 0; --i) {
      parts.push_back({made<std::string>(), made<image::Original>()});
    }
  }
  template <typename T>
  void fill(std::optional<T>& value) {
    fill(value.emplace());
  }

 private:
  template <typename T>
  T made() {
    T value{};
    fill(value);
    return value;
  }

  Random random_;
};

// Does not compile when a record has a field more: no field may be forgotten
// here, or the law that its bytes keep it would not be tested.
inline image::Record random_record(std::uint64_t seed) {
  image::Record record;
  auto& [number, id, project, place, name, uid, created_at, updated_at, status,
         status_reason, sealed, held_since, deleted_at, deleted_by, expires_at,
         file_name, modified_at, disk_format, format_declared, container_format,
         os_hash_algo, os_hash_value, hash_declared, visibility, is_protected,
         os_hidden, min_disk, min_ram, properties, tags, members, hidden_files,
         guest, original, encrypted_size, wrapper, looks_like, parts, signed_by,
         arrived, stored_size, view_sizes] = record;
  RecordFiller filler(seed);
  const auto fill = [&](auto&... values) { (filler.fill(values), ...); };
  fill(id, project, place, name, uid, created_at, updated_at, status,
       status_reason, sealed, held_since, deleted_at, deleted_by, expires_at,
       file_name, modified_at, disk_format, format_declared, container_format,
       os_hash_algo, os_hash_value, hash_declared, visibility, is_protected,
       os_hidden, min_disk, min_ram, properties, tags, members, hidden_files,
       stored_size, encrypted_size, wrapper, looks_like, signed_by, arrived,
       view_sizes);
  number = 1 + seed % 1000 * 0x1234567;
  if (seed % 4 != 0) fill(original, parts);
  if (seed % 4 > 1) fill(guest);
  return record;
}

}  // namespace platter::test
