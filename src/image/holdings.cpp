// src/image/holdings.cpp
#include "holdings.h"

#include "fields.h"
#include "keys.h"

namespace platter::image {
namespace {

template <typename H, typename Visitor>
void visit_fields(H& holding, Visitor&& visit) {
  visit(1, holding.project);
  visit(2, holding.number);
  visit(3, holding.id.bytes);
  visit(4, holding.name);
  visit(5, holding.bytes);
  visit(6, holding.stored_bytes);
  visit(7, holding.from);
  visit(8, holding.until);
}

bool is_same(const Holding& a, const Holding& b) {
  return a.project == b.project && a.bytes == b.bytes;
}

// Times before 1970 do not sort; nothing was held then.
std::string sorted(Timestamp time) {
  std::array<std::byte, 8> bytes;
  store_be<std::uint64_t>(
      bytes, 0,
      static_cast<std::uint64_t>(std::max<std::int64_t>(time.nanoseconds, 0)));
  return std::string(as_text(bytes));
}

}  // namespace

std::optional<Holding> holding_of(const Record& record) {
  if (!is_presentable(record)) return std::nullopt;
  Holding holding;
  holding.project = record.project;
  holding.number = record.number;
  holding.id = record.id;
  holding.name = record.name;
  holding.bytes = record.size();
  holding.stored_bytes = record.stored_size;
  // A store from before there was a ledger does not know better.
  holding.from = record.held_since ? record.held_since : record.created_at;
  return holding;
}

Timestamp held_since(const Record* before, const Record& after) {
  const auto held = holding_of(after);
  if (!held) return {};
  const auto earlier = before ? holding_of(*before) : std::nullopt;
  return earlier && is_same(*earlier, *held) ? earlier->from : after.updated_at;
}

std::optional<Holding> ended_holding(const Record& before, const Record* after,
                                     Timestamp now) {
  auto ended = holding_of(before);
  if (!ended) return std::nullopt;
  const auto held = after ? holding_of(*after) : std::nullopt;
  if (held && is_same(*ended, *held)) return std::nullopt;
  ended->until = after ? after->updated_at : now;
  // The clock was set back.
  if (ended->until <= ended->from) return std::nullopt;
  return ended;
}

std::string holdings_prefix(std::string_view project) {
  return std::string(project) + '\0';
}

std::string holdings_until(std::string_view project, Timestamp time) {
  return holdings_prefix(project) + sorted(time) + std::string(8, '\xff');
}

std::string holding_key(const Holding& holding) {
  return holdings_prefix(holding.project) + sorted(holding.until) +
         image_key(holding.number);
}

std::string encode_holding(const Holding& holding) {
  std::string bytes;
  visit_fields(holding, [&](std::uint16_t field, const auto& value) {
    put_field<FieldWriter>(bytes, field, value);
  });
  return bytes;
}

Holding decode_holding(std::string_view value) {
  Holding holding;
  Fields fields("holding", value);
  visit_fields(holding, [&](std::uint16_t field, auto& member) {
    fields.get<FieldReader>(field, member);
  });
  fields.finish();
  return holding;
}

}  // namespace platter::image
