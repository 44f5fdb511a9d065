// src/image/record_scan.cpp
#include "record_scan.h"

#include "keys.h"
#include "platter/base/digest.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "record_batch.h"

namespace platter::image {
namespace {

using index::Batch;
using index::Durability;
using index::KeySpace;

constexpr std::size_t kBatchChanges = 64;
constexpr std::string_view kSectionsKey = "catalogue/sections";
constexpr std::uint64_t kSections = 1;  // how they are made

std::optional<Record> readable(std::string_view key, std::string_view value) {
  try {
    return decode_record(value);
  } catch (const Error& error) {
    if (error.code() != Errc::damaged) throw;
    log::error("a record cannot be read and is left out",
               {{"key", to_hex(as_bytes(key))}, {"reason", error.what()}});
    return std::nullopt;
  }
}

}  // namespace

void scan_records(const index::Index& index,
                  const std::function<void(const Record&)>& visit) {
  index.scan(KeySpace::images, "", "",
             [&](std::string_view key, std::string_view value) {
               if (const auto record = readable(key, value)) visit(*record);
               return true;
             });
}

void settle_sections(index::Index& index) {
  if (index.get(KeySpace::meta, kSectionsKey)) return;
  Batch batch;
  scan_records(index, [&](const Record& record) {
    add_sections(batch, record);
    if (batch.changes().size() < kBatchChanges) return;
    index.write(batch, Durability::lazy);
    batch = {};
  });
  // The last one, so that the mark is there only when all else is.
  batch.put(KeySpace::meta, std::string(kSectionsKey),
            encode_number(kSections));
  index.write(batch, Durability::synced);
}

}  // namespace platter::image
