// src/cli/inspect.cpp
#include "platter/ingest/inspect.h"

#include <fmt/core.h>

#include "platter/block/sources.h"
#include "platter/cli/exit_status.h"
#include "platter/json/json.h"
#include "values.h"
#include "verbs.h"

namespace platter::cli {

namespace {

using ingest::Inspection;
using json::Json;

Inspection inspect(const Path& path, const Config& config) {
  ingest::Upload upload;
  upload.file = block::file_source(
      std::make_shared<const File>(File::open(path, File::Mode::read)));
  upload.file_name = path.filename().string();
  upload.scratch = std::filesystem::temp_directory_path();
  upload.limits.size = config.images.max_image_size;
  upload.limits.ratio = config.images.max_unpack_ratio;
  return ingest::inspect(upload);
}

// What there is to know of the disk besides its sizes, as a list.
std::vector<std::string> features_of(const Inspection& found) {
  std::vector<std::string> features = found.description.features;
  if (!found.description.compression.empty()) {
    features.push_back("compressed with " + found.description.compression);
  }
  return features;
}

std::string joined(const std::vector<std::string>& words,
                   std::string_view between) {
  std::string all;
  for (const std::string& word : words) {
    if (!all.empty()) all += between;
    all += word;
  }
  return all;
}

std::string size_text(std::uint64_t bytes) {
  return fmt::format("{} bytes ({})", bytes, about_size(bytes));
}

std::string verdict(const Inspection& found) {
  if (found.refusal) {
    return std::string("would be refused: ") + found.refusal->what();
  }
  if (!found.allocated) {
    return "would be kept as it is, and shown in no other format";
  }
  return "would be taken";
}

void print_text(const Path& path, const Inspection& found) {
  const auto field = [](std::string_view name, const std::string& value) {
    if (!value.empty()) fmt::print("  {:<13} {}\n", name, value);
  };
  const auto& disk = found.description;
  fmt::print("{}\n", path.string());
  field("wrapper", found.wrapper);
  field("format",
        found.format + (disk.variant.empty() ? "" : ", " + disk.variant));
  if (disk.virtual_size) field("virtual size", size_text(*disk.virtual_size));
  field("file size", size_text(found.file_size));
  if (found.allocated) field("allocated", size_text(*found.allocated));
  field("features", joined(features_of(found), "; "));
  field("encryption", disk.encryption);
  field("upload", verdict(found));
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json size_or_null(std::optional<std::uint64_t> size) {
  return size ? Json(*size) : Json();
}

void print_json(const Path& path, const Inspection& found) {
  const auto& disk = found.description;
  Json document;
  document["file"] = path.string();
  document["format"] = text_or_null(found.format);
  document["variant"] = text_or_null(disk.variant);
  document["virtual_size"] = size_or_null(disk.virtual_size);
  document["file_size"] = found.file_size;
  document["allocated"] = size_or_null(found.allocated);
  document["features"] = features_of(found);
  document["encryption"] = text_or_null(disk.encryption);
  document["wrapper"] = text_or_null(found.wrapper);
  document["refused"] = nullptr;
  if (found.refusal) {
    document["refused"] = {{"error", name_of(found.refusal->code())},
                           {"reason", found.refusal->what()}};
  }
  fmt::print("{}", json::pretty(document));
}

// What is wrong with the file; ok for one that would be taken.
ExitStatus inspect_one(const Path& path, bool as_json, const Config& config) {
  try {
    const Inspection found = inspect(path, config);
    (as_json ? print_json : print_text)(path, found);
    return found.refusal ? exit_status_of(found.refusal->code())
                         : ExitStatus::ok;
  } catch (const Error& problem) {
    fmt::print(stderr, "platter: {}\n", problem.what());
    return exit_status_of(problem.code());
  }
}

}  // namespace

ExitStatus inspect_files(const std::vector<std::string>& paths, bool as_json,
                         const Config& config) {
  ExitStatus first = ExitStatus::ok;
  for (const std::string& path : paths) {
    const ExitStatus status = inspect_one(path, as_json, config);
    if (first == ExitStatus::ok) first = status;
  }
  return first;
}

}  // namespace platter::cli
