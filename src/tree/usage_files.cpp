// src/tree/usage_files.cpp
#include "usage_files.h"

#include <fmt/core.h>

#include <algorithm>

#include "attributes.h"
#include "folder.h"
#include "platter/base/error.h"
#include "platter/json/json.h"

namespace platter::tree {

using json::Json;
using service::Month;
using service::UsageLine;
using service::UsageReport;

namespace {

// Which file of info/usage/ or info/operator/usage/ a node is.
struct MonthFile {
  Month month;
  bool json = false;
  bool all = false;  // of all projects, for administrators

  static MonthFile of(NodeId node) {
    const std::uint64_t months = node.inner() >> 2;
    return {std::chrono::year(static_cast<int>(months / 12)) /
                std::chrono::month(static_cast<unsigned>(months % 12 + 1)),
            (node.inner() & 1) != 0, (node.inner() & 2) != 0};
  }
  NodeId in(image::ProjectNumber project) const {
    const auto months =
        static_cast<std::uint64_t>(static_cast<int>(month.year())) * 12 +
        static_cast<unsigned>(month.month()) - 1;
    return NodeId::in_project(NodeKind::usage_month, project,
                              months << 2 | (all ? 2u : 0u) | (json ? 1u : 0u));
  }
  std::string name() const {
    return service::to_text(month) + (json ? ".json" : ".csv");
  }
};

// As RFC 4180 has it. A spreadsheet takes what begins with one of four signs
// for a formula, and users choose the names of images.
std::string csv_field(const std::string& text) {
  std::string field = text;
  if (!field.empty() &&
      std::string_view("=+-@\t\r").find(field[0]) != std::string_view::npos) {
    field.insert(0, "'");
  }
  if (field.find_first_of(",\"\r\n") == field.npos) return field;
  for (std::size_t at = 0; (at = field.find('"', at)) != field.npos; at += 2) {
    field.insert(at, "\"");
  }
  return "\"" + field + "\"";
}

std::string csv_of(const UsageReport& report, bool all) {
  std::string text = fmt::format(
      "month,project,image_id,name,bytes{},from,until,held,hours,gib_months,"
      "cost,currency\n",
      all ? ",stored_bytes" : "");
  for (const UsageLine& line : report.lines) {
    text += fmt::format("{},{},{},{},{}{},{},{},{},{},{:.6f},{:.4f},{}\n",
                        service::to_text(report.month), csv_field(line.project),
                        to_text(line.id), csv_field(line.name), line.bytes,
                        all ? fmt::format(",{}", line.stored_bytes) : "",
                        to_text(line.from), to_text(line.until), line.held,
                        line.hours, line.gib_months, line.cost,
                        csv_field(report.rate.currency));
  }
  return text;
}

Json json_of_line(const UsageLine& line, bool all) {
  Json json = {{"project", line.project},
               {"image_id", to_text(line.id)},
               {"name", line.name},
               {"bytes", line.bytes},
               {"from", to_text(line.from)},
               {"until", to_text(line.until)},
               {"held", line.held},
               {"hours", line.hours},
               {"gib_months", line.gib_months},
               {"cost", line.cost}};
  if (all) json["stored_bytes"] = line.stored_bytes;
  return json;
}

std::string json_text(const UsageReport& report, bool all) {
  Json images = Json::array();
  for (const UsageLine& line : report.lines) {
    images.push_back(json_of_line(line, all));
  }
  return json::pretty({{"month", service::to_text(report.month)},
                       {"hours", report.hours},
                       {"until", to_text(report.until)},
                       {"rate_per_gib_month", report.rate.per_gib_month},
                       {"currency", report.rate.currency},
                       {"gib_months", report.gib_months()},
                       {"cost", report.cost()},
                       {"images", images}});
}

// nullopt: of all.
std::optional<std::string> scope(bool all, const std::string& project) {
  return all ? std::nullopt : std::optional(project);
}

std::string text_for(const Context& context, const std::string& project,
                     const MonthFile& file) {
  const UsageReport report =
      context.parts.usage.report(scope(file.all, project), file.month);
  return file.json ? json_text(report, file.all) : csv_of(report, file.all);
}

MonthFile this_month(const Context& context, bool json, bool all) {
  return {service::month_of(context.parts.clock.now()), json, all};
}

class UsageFolder final : public ReadOnlyFolder {
 public:
  UsageFolder(Context& context, NodeId id, bool all)
      : ReadOnlyFolder(context, id,
                       all ? "info/operator/usage/" : "info/usage/"),
        all_(all) {}

  // Also of months in which nothing was held, so that a bill of nothing can be
  // asked for.
  std::optional<NodeId> lookup(const Caller&, std::string_view name) override {
    const std::string_view month = name.substr(0, name.find('.'));
    const auto parsed = service::parse_month(month);
    if (!parsed || *parsed > service::month_of(context_.parts.clock.now())) {
      return std::nullopt;
    }
    for (const bool json : {false, true}) {
      const MonthFile file{*parsed, json, all_};
      if (file.name() == name) return file.in(id_.project());
    }
    return std::nullopt;
  }

  std::vector<Child> list(const Caller&) override {
    std::vector<Child> children;
    const auto of = scope(all_, project());
    for (const Month month : context_.parts.usage.months(of)) {
      for (const bool json : {false, true}) {
        const MonthFile file{month, json, all_};
        children.push_back(
            {file.name(), file.in(id_.project()), NodeType::file});
      }
    }
    return children;
  }

 private:
  bool all_;
};

}  // namespace

std::string usage_csv(const Context& context, const std::string& project) {
  return text_for(context, project, this_month(context, false, false));
}

std::string usage_json(const Context& context, const std::string& project) {
  return text_for(context, project, this_month(context, true, false));
}

std::string all_usage_csv(const Context& context, const std::string& project) {
  return text_for(context, project, this_month(context, false, true));
}

std::string all_usage_json(const Context& context, const std::string& project) {
  return text_for(context, project, this_month(context, true, true));
}

std::uint64_t usage_stamp(const Context& context, const std::string&) {
  return context.parts.catalogue.generation() << 32 ^
         context.parts.usage.stamp();
}

std::string usage_month_text(const Context& context, NodeId node) {
  return text_for(context, context.project_name(node.project()),
                  MonthFile::of(node));
}

Attributes usage_month_attributes(const Context& context, NodeId node) {
  const MonthFile file = MonthFile::of(node);
  if (file.all && node.project() != 0) {
    throw Error(Errc::not_found, "there is no such file");
  }
  const Timestamp changed =
      std::min(service::end_of(file.month), context.parts.clock.now());
  Attributes attributes =
      text_file(context, node, usage_month_text(context, node).size(), changed,
                file.all ? 0400 : 0440);
  attributes.admin_permissions = 04;
  if (file.all) give_to_admins(context, attributes);
  return attributes;
}

void check_sees_usage(const Context& context, const Caller& caller,
                      NodeId node) {
  if (!MonthFile::of(node).all) {
    return context.parts.access.check_add(caller,
                                          context.project_name(node.project()));
  }
  if (context.parts.access.is_admin(caller)) return;
  throw Error(Errc::denied, usage_month_path(node) + " is for administrators");
}

std::string usage_month_path(NodeId node) {
  const MonthFile file = MonthFile::of(node);
  return (file.all ? "info/operator/usage/" : "info/usage/") + file.name();
}

std::unique_ptr<Folder> usage_folder(Context& context, NodeId id, bool all) {
  return std::make_unique<UsageFolder>(context, id, all);
}

}  // namespace platter::tree
