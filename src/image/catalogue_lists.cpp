// src/image/catalogue_lists.cpp
//
// Lists of images: of a folder, of a section, of the whole store.
#include "keys.h"
#include "platter/image/catalogue.h"
#include "record_cache.h"
#include "sections.h"

namespace platter::image {

using index::KeySpace;

namespace {
constexpr std::size_t kListBatch = 256;  // images read at a time
}  // namespace

void Catalogue::list(std::string_view project, Place place,
                     std::string_view after, const Visitor& visit) const {
  const auto fits = [](std::string_view key, const Record& record) {
    return name_key(record) == key;
  };
  list_leads(KeySpace::names, folder_key(project, place),
             name_key(project, place, after), fits, visit);
}

void Catalogue::list_section(Section section, std::string_view viewer,
                             const Visitor& visit) const {
  const auto fits = [&](std::string_view key, const Record& record) {
    return leads_to(key, section, viewer, record);
  };
  list_leads(KeySpace::shown, section_key(section, viewer), "", fits, visit);
}

RecordPtr Catalogue::find_in_section(Section section, std::string_view viewer,
                                     std::string_view name,
                                     std::string_view owner) const {
  const auto fits = [&](std::string_view key, const Record& record) {
    return leads_to(key, section, viewer, record) &&
           (owner.empty() || owner == record.project);
  };
  RecordPtr found;
  list_leads(KeySpace::shown, section_key(section, viewer, name, owner), "",
             fits, [&](const RecordPtr& record) {
               found = record;
               return false;
             });
  return found;
}

void Catalogue::list_leads(KeySpace space, std::string_view prefix,
                           std::string_view after, const Fits& fits,
                           const Visitor& visit) const {
  std::string last(after);
  while (true) {
    const std::vector<Lead> found = leads(space, prefix, last);
    for (const RecordPtr& record : records(found, fits)) {
      if (!visit(record)) return;
    }
    if (found.size() < kListBatch) return;
    last = found.back().first;
  }
}

std::vector<Catalogue::Lead> Catalogue::leads(KeySpace space,
                                              std::string_view prefix,
                                              std::string_view after) const {
  std::vector<Lead> found;
  index_.scan(space, prefix, after,
              [&](std::string_view key, std::string_view value) {
                found.emplace_back(key, decode_number(key, value));
                return found.size() < kListBatch;
              });
  return found;
}

std::vector<RecordPtr> Catalogue::records(const std::vector<Lead>& leads,
                                          const Fits& fits) const {
  const std::uint64_t generation = cache_->generation();
  std::vector<RecordPtr> found;
  std::vector<std::string> keys;  // of what the cache lacks
  std::vector<std::size_t> places;
  for (const auto& [lead, number] : leads) {
    found.push_back(cache_->find(number));
    if (found.back()) continue;
    keys.push_back(image_key(number));
    places.push_back(found.size() - 1);
  }
  const auto values = index_.get_many(KeySpace::images, keys);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!values[i]) continue;
    auto record = std::make_shared<const Record>(decode_record(*values[i]));
    cache_->keep(record, values[i]->size(), generation);
    found[places[i]] = std::move(record);
  }
  std::vector<RecordPtr> fitting;
  for (std::size_t i = 0; i < leads.size(); ++i) {
    if (found[i] && fits(leads[i].first, *found[i])) {
      fitting.push_back(std::move(found[i]));
    }
  }
  return fitting;
}

void Catalogue::list_all(const Visitor& visit) const {
  std::string last;
  std::vector<RecordPtr> found;
  do {
    found.clear();
    index_.scan(
        KeySpace::images, "", last,
        [&](std::string_view key, std::string_view value) {
          found.push_back(std::make_shared<const Record>(decode_record(value)));
          last = key;
          return found.size() < kListBatch;
        });
    for (const RecordPtr& record : found) {
      if (!visit(record)) return;
    }
  } while (found.size() == kListBatch);
}

}  // namespace platter::image
