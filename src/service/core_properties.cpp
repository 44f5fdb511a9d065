// src/service/core_properties.cpp
#include "core_properties.h"

#include <algorithm>

#include "platter/base/error.h"
#include "platter/format/format.h"
#include "platter/schema/values.h"

namespace platter::service {

using image::Record;
using image::Status;
using schema::checked_bool;
using schema::checked_number;
using Text = std::optional<std::string>;

namespace {

Text number(std::uint64_t value) { return std::to_string(value); }
Text word(bool value) { return value ? "true" : "false"; }
Text some(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}
Text some(Timestamp time) { return some(to_text(time)); }

bool has_data(const Record& record) { return record.original.has_value(); }

void set_status(Record& record, std::string_view value) {
  if (value == name_of(record.status)) return;
  const bool on = value == name_of(Status::active);
  const bool off = value == name_of(Status::deactivated);
  if (!on && !off) {
    throw Error(Errc::invalid,
                "status may be set to active or deactivated; \"" +
                    std::string(value) + "\" is neither");
  }
  const bool possible = on ? record.status == Status::deactivated
                           : record.status == Status::active;
  // It came along with the attributes of another image.
  if (!possible && !record.sealed) return;
  if (!possible) {
    throw Error(Errc::invalid, "an image that is " +
                                   std::string(name_of(record.status)) +
                                   " cannot become " + std::string(value));
  }
  record.status = on ? Status::active : Status::deactivated;
  // What is switched off by hand is no draft any more.
  record.sealed = true;
}

void set_visibility(Record& record, std::string_view value) {
  const auto visibility = image::visibility_of(value);
  if (!visibility) {
    throw Error(Errc::invalid,
                "visibility is one of private shared community public; \"" +
                    std::string(value) + "\" is not");
  }
  record.visibility = *visibility;
  // What others see changes no more; what is being written is not seen yet.
  const bool whole =
      record.status == Status::active || record.status == Status::deactivated;
  if (*visibility != image::Visibility::private_ && whole) {
    record.sealed = true;
  }
}

void set_disk_format(Record& record, std::string_view value) {
  if (value == record.disk_format) return;
  check_before_data(record, "disk_format");
  if (!format::format_of(value)) {
    std::string known;
    for (const auto one : format::kReadFormats) {
      known += ' ' + std::string(name_of(one));
    }
    throw Error(Errc::invalid, "disk_format is one of" + known + "; \"" +
                                   std::string(value) + "\" is not");
  }
  record.disk_format = value;
  record.format_declared = true;
}

void reset_disk_format(Record& record) {
  check_before_data(record, "disk_format");
  record.disk_format.clear();
  record.format_declared = false;
}

void set_container_format(Record& record, std::string_view value) {
  if (value == record.container_format) return;
  check_before_data(record, "container_format");
  if (value != "bare" && value != "compressed" && value != "ova") {
    throw Error(Errc::invalid,
                "container_format is one of bare compressed ova; \"" +
                    std::string(value) + "\" is not");
  }
  record.container_format = value;
}

void set_hash_algorithm(Record& record, std::string_view value) {
  if (value == record.os_hash_algo) return;
  check_before_data(record, "os_hash_algo");
  if (!hash_algorithm(value)) {
    throw Error(Errc::invalid,
                "os_hash_algo is one of sha224 sha256 sha384 "
                "sha512; \"" +
                    std::string(value) + "\" is not");
  }
  record.os_hash_algo = value;
}

// `digits`: of the hash in hex.
std::optional<HashAlgorithm> algorithm_of_length(std::size_t digits) {
  switch (digits) {
    case 56:
      return HashAlgorithm::sha224;
    case 64:
      return HashAlgorithm::sha256;
    case 96:
      return HashAlgorithm::sha384;
    case 128:
      return HashAlgorithm::sha512;
    default:
      return std::nullopt;
  }
}

void set_hash_value(Record& record, std::string_view value) {
  std::string hash(value);
  std::ranges::transform(hash, hash.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  if (hash == record.os_hash_value) return;
  check_before_data(record, "os_hash_value");
  const auto algorithm = algorithm_of_length(hash.size());
  if (!from_hex(hash) || !algorithm) {
    throw Error(Errc::invalid,
                "os_hash_value is 56 hex digits (sha224), 64 (sha256), 96 "
                "(sha384) or 128 (sha512); what was given has " +
                    std::to_string(value.size()) + " characters");
  }
  record.os_hash_value = hash;
  record.os_hash_algo = name_of(*algorithm);
  record.hash_declared = true;
}

void reset_hash(Record& record) {
  check_before_data(record, "os_hash_value");
  record.os_hash_value.clear();
  record.os_hash_algo.clear();
  record.hash_declared = false;
}

// An act of Images::set_properties(): giving the image away, or giving up what
// is being uploaded. Here it changes nothing.
void act(Record&, std::string_view) {}

Text formats(const Record& record) {
  std::string names;
  for (const auto& [name, size] : record.view_sizes) {
    // Views that are no format of their own are not told.
    if (format::format_of(name)) names += (names.empty() ? "" : " ") + name;
  }
  return some(names);
}

Text data_size(const Record& record, std::uint64_t size) {
  return has_data(record) ? number(size) : std::nullopt;
}

}  // namespace

void check_before_data(const Record& record, std::string_view name) {
  if (has_data(record)) {
    throw Error(Errc::forbidden, std::string(name) +
                                     " is set before the data is uploaded; "
                                     "now it says what was found");
  }
}

const std::vector<CoreProperty>& core_properties() {
  static const std::vector<CoreProperty> kCores = {
      {"id", [](const Record& r) { return some(to_text(r.id)); }},
      {"status", [](const Record& r) { return some(name_of(r.status)); },
       set_status},
      {"status_reason", [](const Record& r) { return some(r.status_reason); }},
      {"created_at", [](const Record& r) { return some(r.created_at); }},
      {"updated_at", [](const Record& r) { return some(r.updated_at); }},
      {"file_name", [](const Record& r) { return some(r.file_name); }},
      {"size", [](const Record& r) { return data_size(r, r.size()); }},
      {"virtual_size",
       [](const Record& r) { return data_size(r, r.virtual_size()); }},
      {"formats", formats},
      {"signature_verified",
       [](const Record& r) {
         return r.signed_by.empty() ? std::nullopt : word(true);
       }},
      {"signed_by", [](const Record& r) { return some(r.signed_by); }},
      {"looks_like", [](const Record& r) { return some(r.looks_like); }},
      {"stored_size",
       [](const Record& r) { return data_size(r, r.stored_size); }},
      {"checksum", [](const Record&) { return Text(); }},
      {"give_up", [](const Record&) { return Text(); }, act},
      {"deleted_at", [](const Record& r) { return some(r.deleted_at); }},
      {"deleted_by", [](const Record& r) { return some(r.deleted_by); }},
      {"expires_at", [](const Record& r) { return some(r.expires_at); }},
      {"disk_format", [](const Record& r) { return some(r.disk_format); },
       set_disk_format, reset_disk_format},
      {"container_format",
       [](const Record& r) { return some(r.container_format); },
       set_container_format},
      {"os_hash_algo", [](const Record& r) { return some(r.os_hash_algo); },
       set_hash_algorithm, reset_hash},
      {"os_hash_value", [](const Record& r) { return some(r.os_hash_value); },
       set_hash_value, reset_hash},
      {"owner", [](const Record& r) { return some(r.project); }, act},
      {"visibility",
       [](const Record& r) { return some(name_of(r.visibility)); },
       set_visibility,
       [](Record& r) { r.visibility = image::Visibility::private_; }},
      {"protected", [](const Record& r) { return word(r.protected_); },
       [](Record& r, std::string_view v) {
         r.protected_ = checked_bool("protected", v);
       },
       [](Record& r) { r.protected_ = false; }},
      {"os_hidden", [](const Record& r) { return word(r.os_hidden); },
       [](Record& r, std::string_view v) {
         r.os_hidden = checked_bool("os_hidden", v);
       },
       [](Record& r) { r.os_hidden = false; }},
      {"min_disk", [](const Record& r) { return number(r.min_disk); },
       [](Record& r, std::string_view v) {
         r.min_disk = checked_number("min_disk, in GiB,", v);
       },
       [](Record& r) { r.min_disk = 0; }},
      {"min_ram", [](const Record& r) { return number(r.min_ram); },
       [](Record& r, std::string_view v) {
         r.min_ram = checked_number("min_ram, in MiB,", v);
       },
       [](Record& r) { r.min_ram = 0; }},
  };
  return kCores;
}

const CoreProperty* core_property(std::string_view name) {
  const auto found =
      std::ranges::find(core_properties(), name, &CoreProperty::name);
  return found == core_properties().end() ? nullptr : &*found;
}

}  // namespace platter::service
