// src/image/record_codec.cpp
//
// A record's bytes: tagged fields in rising order. docs/format/index.md has
// the list; visit_fields() below is it, once for both directions.
#include <fmt/core.h>

#include <concepts>
#include <type_traits>

#include "fields.h"
#include "platter/base/error.h"
#include "platter/image/record.h"

namespace platter::image {
namespace {

// Calls visit(field number, value) for every field, in rising order.
template <typename R, typename Visitor>
requires std::same_as<std::remove_const_t<R>, Record>
void visit_fields(R& record, Visitor&& visit) {
  visit(1, record.number);
  visit(2, record.id.bytes);
  visit(3, record.project);
  visit(4, record.place);
  visit(5, record.name);
  visit(6, record.created_at);
  visit(7, record.updated_at);
  visit(8, record.status);
  visit(9, record.status_reason);
  visit(10, record.sealed);
  visit(11, record.deleted_at);
  visit(12, record.deleted_by);
  visit(13, record.expires_at);
  visit(14, record.file_name);
  visit(15, record.modified_at);
  visit(16, record.disk_format);
  visit(17, record.container_format);
  visit(18, record.os_hash_algo);
  visit(19, record.os_hash_value);
  visit(20, record.hash_declared);
  visit(21, record.visibility);
  visit(22, record.protected_);
  visit(23, record.os_hidden);
  visit(24, record.min_disk);
  visit(25, record.min_ram);
  visit(26, record.properties);
  visit(27, record.tags);
  visit(28, record.members);
  visit(29, record.hidden_files);
  visit(30, record.guest);
  visit(31, record.original);
  visit(32, record.view_sizes);
  visit(33, record.format_declared);
  visit(34, record.stored_size);
  visit(35, record.wrapper);
  visit(36, record.looks_like);
  visit(37, record.parts);
  visit(38, record.signed_by);
  visit(39, record.encrypted_size);
  visit(40, record.arrived);
  visit(41, record.uid);
  visit(42, record.held_since);
}

constexpr Number kNumberLimit = Number{1} << 36;

class RecordWriter : public FieldWriter {
 public:
  using FieldWriter::FieldWriter;
  using FieldWriter::put;

  template <typename E>
  requires std::is_enum_v<E>
  void put(E value) { put(static_cast<std::underlying_type_t<E>>(value)); }
  void put(const TreeRoot& root) {
    std::array<std::byte, store::ChunkRef::kSize> ref;
    root.ref.encode(ref);
    put(as_text(ref));
    put(root.height);
    put(root.counts.clusters);
    put(root.counts.blocks_1mib);
    put(root.counts.blocks_2mib);
  }
  void put(const DiskMap& map) {
    put(map.size);
    put(map.root);
  }
  void put(const Original& original) {
    put(original.size);
    put(original.runs);
    put(original.literal);
  }
  void put(const std::vector<Part>& parts) {
    for (const Part& part : parts) {
      put_counted(part.name);
      put(part.original);
    }
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    if (value) put(*value);
  }
};

class RecordReader : public FieldReader {
 public:
  using FieldReader::FieldReader;
  using FieldReader::get;

  void get(Status& value) { get_enum(value, Status::error); }
  void get(Visibility& value) { get_enum(value, Visibility::public_); }
  void get(Place& value) { get_enum(value, Place::trash); }
  void get(TreeRoot& root) {
    root.ref = store::ChunkRef::decode(as_bytes(take(store::ChunkRef::kSize)));
    get(root.height);
    get(root.counts.clusters);
    get(root.counts.blocks_1mib);
    get(root.counts.blocks_2mib);
  }
  void get(DiskMap& map) {
    get(map.size);
    get(map.root);
  }
  void get(Original& original) {
    get(original.size);
    get(original.runs);
    get(original.literal);
  }
  void get(std::vector<Part>& parts) {
    while (!empty()) {
      Part& part = parts.emplace_back();
      part.name = take_counted();
      get(part.original);
    }
  }
  template <typename T>
  void get(std::optional<T>& value) {
    get(value.emplace());
  }

 private:
  template <typename E>
  void get_enum(E& value, E last) {
    std::uint8_t byte = 0;
    get(byte);
    if (byte == 0 || byte > static_cast<std::uint8_t>(last)) {
      refuse(fmt::format("{} names nothing", byte));
    }
    value = static_cast<E>(byte);
  }
};

// Throws `code` unless the record can be an image of a store.
void check(const Record& record, Errc code) {
  if (record.number == 0 || record.number >= kNumberLimit) {
    throw Error(code, fmt::format("image record: number {} is not within 1 "
                                  "and 2^36 - 1",
                                  record.number));
  }
  if (record.guest && !record.original) {
    throw Error(code, fmt::format("image record {}: has a guest and no "
                                  "original",
                                  record.number));
  }
}

}  // namespace

std::string encode_record(const Record& record) {
  check(record, Errc::invalid);
  std::string bytes;
  visit_fields(record, [&](std::uint16_t field, const auto& value) {
    put_field<RecordWriter>(bytes, field, value);
  });
  return bytes;
}

Record decode_record(std::string_view bytes) {
  Record record;
  Fields fields("image record", bytes);
  visit_fields(record, [&](std::uint16_t field, auto& value) {
    fields.get<RecordReader>(field, value);
  });
  fields.finish();
  check(record, Errc::damaged);
  return record;
}

}  // namespace platter::image
