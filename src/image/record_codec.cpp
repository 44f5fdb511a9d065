// src/image/record_codec.cpp
//
// A record's bytes: tagged fields in rising order. docs/format/index.md has
// the list; visit_fields() below is it, once for both directions.
#include <fmt/core.h>

#include <concepts>
#include <type_traits>
#include <utility>

#include "platter/base/error.h"
#include "platter/base/integers.h"
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
}

constexpr Number kNumberLimit = Number{1} << 48;

// Whether a field is left out.
template <typename T>
bool is_blank(const T& value) {
  return value == T{};
}
template <typename T>
bool is_blank(const std::optional<T>& value) {
  return !value;
}

// Appends values to a text.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  template <std::unsigned_integral T>
  void put(T value) {
    const std::size_t at = out_.size();
    out_.resize(at + sizeof(T));
    store_le(
        MutableBytes(reinterpret_cast<std::byte*>(out_.data()) + at, sizeof(T)),
        0, value);
  }
  void put(bool value) { put<std::uint8_t>(value ? 1 : 0); }
  template <typename E>
  requires std::is_enum_v<E>
  void put(E value) { put(static_cast<std::underlying_type_t<E>>(value)); }
  void put(Timestamp time) {
    put(static_cast<std::uint64_t>(time.nanoseconds));
  }
  void put(const std::string& text) { out_ += text; }
  void put(const std::array<std::byte, 16>& bytes) { out_ += as_text(bytes); }
  void put(const std::set<std::string>& texts) {
    for (const std::string& text : texts) put_counted(text);
  }
  void put(const std::map<std::string, std::string>& pairs) {
    for (const auto& [key, value] : pairs) {
      put_counted(key);
      put_counted(value);
    }
  }
  void put(const std::map<std::string, std::uint64_t>& pairs) {
    for (const auto& [key, value] : pairs) {
      put_counted(key);
      put(value);
    }
  }
  void put(const TreeRoot& root) {
    std::array<std::byte, store::ChunkRef::kSize> ref;
    root.ref.encode(ref);
    out_ += as_text(ref);
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

 private:
  void put_counted(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    put(text);
  }

  std::string& out_;
};

// Takes values off the front of a field's bytes, or of all fields'.
class Reader {
 public:
  // `field`: for sentences; 0 outside of any field.
  Reader(unsigned field, std::string_view bytes)
      : field_(field), bytes_(bytes) {}

  bool empty() const noexcept { return bytes_.empty(); }
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(Errc::damaged,
                fmt::format("image record: field {}: {}", field_, why));
  }

  std::string_view take(std::size_t length) {
    if (length > bytes_.size()) {
      refuse(fmt::format("{} bytes are left where {} belong", bytes_.size(),
                         length));
    }
    const std::string_view taken = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return taken;
  }

  template <std::unsigned_integral T>
  void get(T& value) {
    value = load_le<T>(as_bytes(take(sizeof(T))));
  }
  void get(bool& value) {
    std::uint8_t byte = 0;
    get(byte);
    if (byte > 1) refuse(fmt::format("{} is neither 0 nor 1", byte));
    value = byte == 1;
  }
  void get(Status& value) { get_enum(value, Status::error); }
  void get(Visibility& value) { get_enum(value, Visibility::public_); }
  void get(Place& value) { get_enum(value, Place::trash); }
  void get(Timestamp& time) {
    std::uint64_t nanoseconds = 0;
    get(nanoseconds);
    time.nanoseconds = static_cast<std::int64_t>(nanoseconds);
  }
  void get(std::string& text) { text = take(bytes_.size()); }
  void get(std::array<std::byte, 16>& bytes) {
    const ByteView taken = as_bytes(take(bytes.size()));
    std::copy(taken.begin(), taken.end(), bytes.begin());
  }
  void get(std::set<std::string>& texts) {
    while (!empty()) {
      std::string text = take_counted();
      if (!texts.empty() && text <= *texts.rbegin()) refuse_order(text);
      texts.insert(texts.end(), std::move(text));
    }
  }
  void get(std::map<std::string, std::string>& pairs) {
    get_pairs(pairs, [this](std::string& value) { value = take_counted(); });
  }
  void get(std::map<std::string, std::uint64_t>& pairs) {
    get_pairs(pairs, [this](std::uint64_t& value) { get(value); });
  }
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
  template <typename Map, typename GetValue>
  void get_pairs(Map& pairs, GetValue get_value) {
    while (!empty()) {
      std::string key = take_counted();
      if (!pairs.empty() && key <= pairs.rbegin()->first) refuse_order(key);
      get_value(pairs
                    .emplace_hint(pairs.end(), std::move(key),
                                  typename Map::mapped_type{})
                    ->second);
    }
  }
  std::string take_counted() {
    std::uint32_t length = 0;
    get(length);
    return std::string(take(length));
  }
  [[noreturn]] void refuse_order(const std::string& text) const {
    refuse(fmt::format("\"{}\" is out of order", text));
  }

  unsigned field_;
  std::string_view bytes_;
};

// Throws `code` unless the record can be an image of a store.
void check(const Record& record, Errc code) {
  if (record.number == 0 || record.number >= kNumberLimit) {
    throw Error(code, fmt::format("image record: number {} is not within 1 "
                                  "and 2^48 - 1",
                                  record.number));
  }
  if (record.guest && !record.original) {
    throw Error(code, fmt::format("image record {}: has a guest and no "
                                  "original",
                                  record.number));
  }
}

struct Tag {
  std::uint16_t field = 0;
  std::uint32_t length = 0;
};

// A record's fields, handed out in rising order.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : left_(0, bytes) { advance(); }

  // Passes over fields below `field`, which this Platter does not know.
  // nullopt when the record has no such field.
  std::optional<Reader> find(std::uint16_t field) {
    while (tag_ && tag_->field < field) advance();
    if (!tag_ || tag_->field != field) return std::nullopt;
    return Reader(field, content_);
  }
  // Checks that the rest are whole fields.
  void finish() {
    while (tag_) advance();
  }

 private:
  void advance() {
    if (left_.empty()) {
      tag_.reset();
      return;
    }
    Tag tag;
    left_.get(tag.field);
    left_.get(tag.length);
    if (tag.field <= (tag_ ? tag_->field : 0)) {
      left_.refuse(fmt::format("field {} is out of order", tag.field));
    }
    content_ = left_.take(tag.length);
    tag_ = tag;
  }

  Reader left_;
  std::optional<Tag> tag_;
  std::string_view content_;
};

}  // namespace

std::string encode_record(const Record& record) {
  check(record, Errc::invalid);
  std::string bytes;
  visit_fields(record, [&](std::uint16_t field, const auto& value) {
    if (is_blank(value)) return;
    std::string content;
    Writer(content).put(value);
    Writer out(bytes);
    out.put(field);
    out.put(static_cast<std::uint32_t>(content.size()));
    out.put(content);
  });
  return bytes;
}

Record decode_record(std::string_view bytes) {
  Record record;
  Fields fields(bytes);
  visit_fields(record, [&](std::uint16_t field, auto& value) {
    auto reader = fields.find(field);
    if (!reader) return;
    reader->get(value);
    if (!reader->empty()) reader->refuse("is longer than its value");
  });
  fields.finish();
  check(record, Errc::damaged);
  return record;
}

}  // namespace platter::image
