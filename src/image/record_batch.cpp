// src/image/record_batch.cpp
#include "record_batch.h"

#include "holdings.h"
#include "keys.h"
#include "sections.h"

namespace platter::image {
namespace {

using index::Batch;
using index::KeySpace;

void change_record(Batch& batch, const RecordBytes& before,
                   const RecordBytes& after) {
  const std::string key =
      image_key((after.record ? after.record : before.record)->number);
  if (before.record) {
    batch.expect(KeySpace::images, key, std::string(before.bytes));
  } else {
    batch.expect(KeySpace::images, key, std::nullopt);
  }
  if (after.record) {
    batch.put(KeySpace::images, key, std::string(after.bytes));
  } else {
    batch.erase(KeySpace::images, key);
  }
}

void change_name(Batch& batch, const Record* before, const Record* after) {
  const std::string old_name = before ? name_key(*before) : "";
  const std::string new_name = after ? name_key(*after) : "";
  if (old_name == new_name) return;
  if (before) {
    batch.expect(KeySpace::names, old_name, encode_number(before->number));
    batch.erase(KeySpace::names, old_name);
  }
  if (after) {
    batch.expect(KeySpace::names, new_name, std::nullopt);
    batch.put(KeySpace::names, new_name, encode_number(after->number));
  }
  if (after && after->place == Place::images) {
    batch.expect(KeySpace::pointers, pointer_key(after->project, after->name),
                 std::nullopt);
  }
}

void change_id(Batch& batch, const Record* before, const Record* after) {
  if (before && after) return;
  if (after) {
    batch.expect(KeySpace::ids, id_key(after->id), std::nullopt);
    batch.put(KeySpace::ids, id_key(after->id), encode_number(after->number));
  } else {
    batch.put(KeySpace::ids, id_key(before->id), tombstone(before->number));
  }
}

void change_shown(Batch& batch, const Record* before, const Record* after) {
  std::set<std::string> old_keys;
  std::set<std::string> new_keys;
  if (before) old_keys = shown_keys(*before);
  if (after) new_keys = shown_keys(*after);
  for (const std::string& key : old_keys) {
    if (!new_keys.contains(key)) batch.erase(KeySpace::shown, key);
  }
  for (const std::string& key : new_keys) {
    if (old_keys.contains(key)) continue;
    batch.put(KeySpace::shown, key, encode_number(after->number));
  }
}

void change_usage(Batch& batch, const Record* before, const Record* after,
                  Timestamp now) {
  const auto ended = before ? ended_holding(*before, after, now) : std::nullopt;
  if (!ended) return;
  batch.put(KeySpace::usage, holding_key(*ended), encode_holding(*ended));
}

}  // namespace

Batch batch_of(const RecordBytes& before, const RecordBytes& after,
               Timestamp now) {
  Batch batch;
  change_record(batch, before, after);
  change_name(batch, before.record, after.record);
  change_id(batch, before.record, after.record);
  change_shown(batch, before.record, after.record);
  change_usage(batch, before.record, after.record, now);
  return batch;
}

void add_sections(Batch& batch, const Record& record) {
  batch.put(KeySpace::ids, id_key(record.id), encode_number(record.number));
  change_shown(batch, nullptr, &record);
}

}  // namespace platter::image
