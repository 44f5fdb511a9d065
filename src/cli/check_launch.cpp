// src/cli/check_launch.cpp
//
// Whether a machine is enough for an image: what its attributes on a mount
// ask for, held against what a scheduler would give.
#include <fmt/core.h>

#include "attribute.h"
#include "mountpoint.h"
#include "platter/base/bytes.h"
#include "platter/base/error.h"
#include "platter/json/json.h"
#include "values.h"
#include "verbs.h"

namespace platter::cli {

namespace {

struct Verdict {
  std::vector<std::string> reasons;  // why not; none: it may be launched
  std::vector<std::string> warnings;
};

// Throws Errc::not_found unless `path` is an image of a mount of ours, or a
// file of one.
void check_is_image(const Path& path) {
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) {
    throw problem ? system_error(problem.value(), "look at " + path.string())
                  : Error(Errc::not_found, "there is no " + path.string());
  }
  if (!our_mount_above(resolve(path))) {
    throw Error(Errc::not_found,
                path.string() + " lies in no mount of Platter's");
  }
  if (read_attribute(path, "user.id").empty()) {
    throw Error(Errc::not_found,
                path.string() +
                    " is no image; name a folder of images/, or a file in it");
  }
}

std::uint64_t number_at(const Path& image, const char* name) {
  return parse_number<std::uint64_t>(read_attribute(image, name)).value_or(0);
}

// Why the image's state does not allow it; empty: it does.
std::string wrong_state(const Path& image) {
  if (!read_attribute(image, "user.deleted_at").empty()) {
    return "it is in the trash; mv takes it back to images/";
  }
  const std::string status = read_attribute(image, "user.status");
  if (status == "active") return {};
  if (status == "deactivated") {
    return "it is deactivated; an administrator sets user.status to active";
  }
  const std::string reason = read_attribute(image, "user.status_reason");
  return fmt::format("it is {}, not active: {}", status,
                     reason.empty() ? "its data is not whole yet" : reason);
}

std::uint64_t whole_gib(std::uint64_t bytes) {
  return bytes / kGiB + (bytes % kGiB == 0 ? 0 : 1);
}

Verdict judge(const Path& image, const Machine& machine) {
  Verdict verdict;
  if (const std::string state = wrong_state(image); !state.empty()) {
    verdict.reasons.push_back(state);
  }
  const auto at_least = [&](std::uint64_t given, std::uint64_t needed,
                            std::string_view unit, std::string_view what,
                            std::string_view needs) {
    if (given >= needed) return;
    verdict.reasons.push_back(fmt::format("{} {} of {} are less than {}, {} {}",
                                          given, unit, what, needs, needed,
                                          unit));
  };
  at_least(machine.disk, number_at(image, "user.min_disk"), "GiB", "disk",
           "user.min_disk");
  at_least(machine.disk, whole_gib(number_at(image, "user.virtual_size")),
           "GiB", "disk", "the image's own");
  at_least(machine.ram, number_at(image, "user.min_ram"), "MiB", "memory",
           "user.min_ram");
  if (read_attribute(image, "user.deprecated") == "true") {
    const std::string next = read_attribute(image, "user.replacement");
    verdict.warnings.push_back(
        "it is deprecated; " +
        (next.empty() ? "user.replacement names no other" : "use " + next));
  }
  return verdict;
}

void print_text(const Path& image, const Verdict& verdict) {
  const std::string name = image.string();
  if (verdict.reasons.empty()) fmt::print("may be launched: {}\n", name);
  for (const std::string& reason : verdict.reasons) {
    fmt::print("may not be launched: {}: {}\n", name, reason);
  }
  for (const std::string& warning : verdict.warnings) {
    fmt::print("warning: {}: {}\n", name, warning);
  }
}

void print_json(const Path& image, const Verdict& verdict) {
  json::Json document;
  document["image"] = image.string();
  document["may_launch"] = verdict.reasons.empty();
  document["reasons"] = verdict.reasons;
  document["warnings"] = verdict.warnings;
  fmt::print("{}", json::pretty(document));
}

}  // namespace

ExitStatus check_launch(const Path& image, const Machine& machine,
                        bool as_json) {
  check_is_image(image);
  const Verdict verdict = judge(image, machine);
  (as_json ? print_json : print_text)(image, verdict);
  return verdict.reasons.empty() ? ExitStatus::ok : ExitStatus::refused;
}

}  // namespace platter::cli
