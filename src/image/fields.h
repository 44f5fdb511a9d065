// src/image/fields.h
//
// Tagged fields in rising order, the bytes of records and projects. A codec
// lists its fields once, for both directions; what values it has besides the
// plain ones here it adds to a writer and a reader of its own. docs/format/
// index.md has the bytes.
#pragma once

#include <fmt/core.h>

#include <array>
#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "platter/base/bytes.h"
#include "platter/base/clock.h"
#include "platter/base/error.h"
#include "platter/base/integers.h"

namespace platter::image {

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
class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  template <std::unsigned_integral T>
  void put(T value) {
    const std::size_t at = out_.size();
    out_.resize(at + sizeof(T));
    store_le(
        MutableBytes(reinterpret_cast<std::byte*>(out_.data()) + at, sizeof(T)),
        0, value);
  }
  void put(bool value) { put<std::uint8_t>(value ? 1 : 0); }
  void put(Timestamp time) {
    put(static_cast<std::uint64_t>(time.nanoseconds));
  }
  void put(std::string_view text) { out_ += text; }
  void put(const std::array<std::byte, 16>& bytes) { put(as_text(bytes)); }
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
  void put_counted(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    put(text);
  }

 private:
  std::string& out_;
};

// Takes values off the front of a field's bytes, or of all fields'.
class FieldReader {
 public:
  // For sentences: `what` is "image record", and `field` 0 outside of any.
  FieldReader(std::string_view what, unsigned field, std::string_view bytes)
      : what_(what), field_(field), bytes_(bytes) {}

  bool empty() const noexcept { return bytes_.empty(); }
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(Errc::damaged,
                fmt::format("{}: field {}: {}", what_, field_, why));
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
  std::string take_counted() {
    std::uint32_t length = 0;
    get(length);
    return std::string(take(length));
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

 private:
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
  [[noreturn]] void refuse_order(const std::string& text) const {
    refuse(fmt::format("\"{}\" is out of order", text));
  }

  std::string_view what_;
  unsigned field_;
  std::string_view bytes_;
};

// Appends a field, unless it is blank.
template <typename Writer, typename T>
void put_field(std::string& bytes, std::uint16_t field, const T& value) {
  if (is_blank(value)) return;
  std::string content;
  Writer(content).put(value);
  FieldWriter out(bytes);
  out.put(field);
  out.put_counted(content);
}

// Fields, handed out in rising order.
class Fields {
 public:
  // `what`: "image record", for sentences.
  Fields(std::string_view what, std::string_view bytes)
      : what_(what), left_(what, 0, bytes) {
    advance();
  }

  // Passes over fields below `field`, which this Platter does not know. Leaves
  // `value` as it is when there is no such field.
  template <typename Reader, typename T>
  void get(std::uint16_t field, T& value) {
    while (field_ != 0 && field_ < field) advance();
    if (field_ != field) return;
    Reader reader(what_, field, content_);
    reader.get(value);
    if (!reader.empty()) reader.refuse("is longer than its value");
  }
  // Checks that the rest are whole fields.
  void finish() {
    while (field_ != 0) advance();
  }

 private:
  void advance() {
    std::uint16_t field = 0;
    if (!left_.empty()) {
      left_.get(field);
      std::uint32_t length = 0;
      left_.get(length);
      if (field <= field_) {
        left_.refuse(fmt::format("field {} is out of order", field));
      }
      content_ = left_.take(length);
    }
    field_ = field;
  }

  std::string_view what_;
  FieldReader left_;
  std::uint16_t field_ = 0;  // 0: there are no more
  std::string_view content_;
};

}  // namespace platter::image
