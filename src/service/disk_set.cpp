// src/service/disk_set.cpp
#include "disk_set.h"

#include <algorithm>

#include "platter/base/error.h"
#include "platter/format/disk_set.h"
#include "platter/service/names.h"
#include "platter/service/uploads.h"

namespace platter::service {

using image::Part;
using image::Record;
using image::Status;

namespace {

// "a", "a and b", "a, b, c and 9 more"
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 3;
  const std::size_t shown = std::min(names.size(), kMost);
  const std::size_t more = names.size() - shown;
  std::string text;
  for (std::size_t at = 0; at < shown; ++at) {
    const bool last = at + 1 == names.size();
    if (at > 0) text += last ? " and " : ", ";
    text += names[at];
  }
  return more > 0 ? text + " and " + std::to_string(more) + " more" : text;
}

}  // namespace

bool is_finished(const Record& record) {
  return record.status == Status::active ||
         record.status == Status::deactivated;
}

void check_writable(const Record& record) {
  if (!record.sealed) return;
  throw Error(Errc::read_only,
              "image \"" + record.name +
                  "\" has its data, which never changes; make a new image for "
                  "other data");
}

void check_unfinished(const Record& record) {
  if (!is_finished(record)) return;
  throw Error(Errc::read_only,
              "image \"" + record.name + "\" is not being uploaded");
}

bool is_stored(const Record& record) {
  return record.original && record.original->size > 0 &&
         std::ranges::all_of(record.parts, [](const Part& part) {
           return part.name.empty() || part.original.size > 0;
         });
}

void forget_disk(Record& record) {
  // What was found in the data goes with it; what was declared stays.
  if (record.original) record.container_format.clear();
  record.guest.reset();
  record.encrypted_size = 0;
  record.original.reset();
  record.view_sizes.clear();
  record.wrapper.clear();
  record.looks_like.clear();
  record.parts.clear();
  record.arrived.clear();
  record.signed_by.clear();
  record.stored_size = 0;
  if (!record.format_declared) record.disk_format.clear();
  if (!record.hash_declared) record.os_hash_value.clear();
}

void forget_file(Record& record, Draft::Part part) {
  record.arrived.erase(name_of_file(record, part));
  if (part) {
    record.parts[*part].original = {};
  } else if (record.original) {
    // One of no length: the guest, on which the parts stand, needs one.
    record.original = image::Original();
  }
}

const std::string& name_of_file(const Record& record, Draft::Part part) {
  if (!part) return record.file_name;
  if (*part < record.parts.size()) return record.parts[*part].name;
  throw Error(Errc::not_found, "the part was removed while it was written");
}

std::uint64_t stored_size(const Record& record, Draft::Part part) {
  if (part) return record.parts.at(*part).original.size;
  return record.original ? record.original->size : 0;
}

std::set<std::string> names_of_files(const Record& record) {
  std::set<std::string> names;
  for (const Part& part : record.parts) names.insert(part.name);
  names.insert(record.file_name);
  names.erase("");
  return names;
}

Draft::Part place_of_part(const Record& record, std::string_view name) {
  const auto found = std::ranges::find(record.parts, name, &Part::name);
  if (found == record.parts.end()) return std::nullopt;
  return static_cast<std::size_t>(found - record.parts.begin());
}

std::size_t add_part(Record& record, const std::string& name) {
  if (const auto free = place_of_part(record, "")) {
    record.parts[*free] = {name, {}};
    return *free;
  }
  if (record.parts.size() == format::kMaxParts) {
    throw Error(Errc::quota, "a disk in several files has at most " +
                                 std::to_string(format::kMaxParts) +
                                 " parts; make it whole with: qemu-img convert "
                                 "-O vmdk");
  }
  record.parts.push_back({name, {}});
  return record.parts.size() - 1;
}

void check_part_names(const std::string& descriptor,
                      const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    if (disk_file_stem(part) && !is_scratch_name(part) && part != descriptor) {
      continue;
    }
    throw Error(Errc::invalid,
                descriptor + " names the part \"" + part +
                    "\", which no file beside it can be called; make the disk "
                    "whole with: qemu-img convert -O vmdk");
  }
}

std::string waits_for_parts(const std::string& descriptor,
                            const std::vector<std::string>& missing) {
  return "waits for " + listed(missing) + ", which " + descriptor + " names";
}

std::string waits_for_descriptor(const Record& record) {
  if (!record.file_name.empty()) {
    return "waits for " + record.file_name + ", which is not whole yet";
  }
  std::vector<std::string> parts;
  for (const Part& part : record.parts) {
    if (!part.name.empty()) parts.push_back(part.name);
  }
  return "waits for the descriptor, a .vmdk file that names " + listed(parts);
}

// Who begins to write takes the reason away.
bool is_waiting(const Record& record) {
  return record.status == Status::saving && !record.status_reason.empty();
}

}  // namespace platter::service
