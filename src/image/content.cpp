// src/image/content.cpp
#include "platter/image/content.h"

namespace platter::image {

block::SourcePtr guest_of(store::Store& store, const Record& record) {
  return record.guest ? open_disk(store, *record.guest) : nullptr;
}

block::SourcePtr original_of(store::Store& store, const Record& record) {
  if (!record.original) return nullptr;
  return open_original(store, *record.original, guest_of(store, record));
}

block::SourcePtr part_of(store::Store& store, const Record& record,
                         const Part& part) {
  return open_original(store, part.original, guest_of(store, record));
}

}  // namespace platter::image
