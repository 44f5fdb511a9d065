// src/cli/usage.cpp: `platter usage`, by the files of info/usage/.
#include "platter/service/usage.h"

#include <fmt/core.h>

#include <fstream>

#include "new_image.h"
#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/json/json.h"
#include "verbs.h"

namespace platter::cli {

namespace {

using json::Json;

Path file_of(const UsageRequest& request) {
  // The file that has it, of a project's tree or of the mount.
  const ImagePlace place = place_for("any", request.place);
  const Path tree =
      request.all ? place.mount : place.folder().parent_path().parent_path();
  const Path folder = request.all ? tree / "info" / "operator" : tree / "info";
  const char* const ending = request.as_csv ? ".csv" : ".json";
  return request.month.empty() ? folder / (std::string("usage") + ending)
                               : folder / "usage" / (request.month + ending);
}

std::string text_of(const UsageRequest& request) {
  const Path file = file_of(request);
  std::error_code absent;
  if (!std::filesystem::exists(file, absent) && !absent) {
    throw Error(Errc::not_found,
                request.month + " has not begun; there is nothing to tell of");
  }
  const auto bytes = read_whole(file, kGiB);
  if (!bytes) {
    throw Error(Errc::not_found,
                "there is no " + file.string() +
                    "; name a mount, or a project's folder in one");
  }
  return std::string(as_text(*bytes));
}

void print_line(const Json& image, bool all) {
  std::string name = image.at("name");
  if (all) {
    name = image.at("project").get<std::string>() + "/" + name;
  }
  fmt::print("{:<32} {:>10} {:>6} {:>12.6f} {:>12.4f}", name,
             about_size(image.at("bytes")), image.at("hours").get<unsigned>(),
             image.at("gib_months").get<double>(),
             image.at("cost").get<double>());
  if (all) fmt::print(" {:>10}", about_size(image.at("stored_bytes")));
  fmt::print("{}\n", image.at("held").get<bool>() ? "" : "  gone");
}

void print_table(const Json& report, bool all) {
  fmt::print("{:<32} {:>10} {:>6} {:>12} {:>12}{}\n", "IMAGE", "SIZE", "HOURS",
             "GIB-MONTHS", "COST", all ? "     STORED" : "");
  for (const Json& image : report.at("images")) print_line(image, all);
  const std::string currency = report.at("currency");
  fmt::print("{}: {:.6f} GiB-months at {} {}= {:.4f}{}\n",
             report.at("month").get<std::string>(),
             report.at("gib_months").get<double>(),
             report.at("rate_per_gib_month").get<double>(),
             currency.empty() ? "" : currency + " ",
             report.at("cost").get<double>(),
             currency.empty() ? "" : " " + currency);
}

}  // namespace

void check_usage(const UsageRequest& request) {
  if (!request.month.empty() && !service::parse_month(request.month)) {
    throw Error(Errc::invalid, "--month takes a month like 2026-11; \"" +
                                   request.month + "\" is none");
  }
  if (request.as_json && request.as_csv) {
    throw Error(Errc::invalid, "choose --json or --csv");
  }
}

void print_usage(const UsageRequest& request) {
  const std::string text = text_of(request);
  if (request.as_csv) {
    fmt::print("{}", text);
    return;
  }
  const Json report = json::parse_object(text, "the report");
  if (request.as_json) {
    fmt::print("{}\n", json::one_line(report));
  } else {
    print_table(report, request.all);
  }
}

}  // namespace platter::cli
