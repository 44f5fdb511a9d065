// src/schema/protections.cpp
#include "platter/schema/protections.h"

#include <fmt/core.h>

#include <array>
#include <set>

#include "pattern.h"
#include "platter/base/error.h"
#include "platter/json/json.h"

namespace platter::schema {

namespace {

using json::Json;

constexpr std::uint64_t kLargestFile = 1024 * kKiB;
// In the order of Act.
constexpr std::array kActs = {"create", "read", "update", "delete"};

// Who may: the roles of a rule's act.
using Roles = std::set<std::string>;

constexpr const char* kAnybody = "@";
constexpr const char* kNobody = "!";

bool includes(const Roles& roles, Role role) {
  return roles.count(kAnybody) > 0 || roles.count("member") > 0 ||
         (role == Role::admin && roles.count("admin") > 0);
}

Roles read_roles(const Json& rule, const char* act, const std::string& where) {
  const auto refuse = [&](const std::string& what) {
    throw Error(Errc::invalid, fmt::format("{}: \"{}\" {}", where, act, what));
  };
  const auto found = rule.find(act);
  if (found == rule.end() || !found->is_array() || found->empty()) {
    refuse("is a list of roles, such as [\"admin\"]; [\"!\"] is nobody");
  }
  Roles roles;
  for (const Json& one : *found) {
    const std::string role = one.is_string() ? one.get<std::string>() : "";
    if (role != "admin" && role != "member" && role != kAnybody &&
        role != kNobody) {
      refuse(
          "has roles out of \"admin\", \"member\", \"@\" (anybody) and "
          "\"!\" (nobody); " +
          json::one_line(one) + " is none");
    }
    roles.insert(role);
  }
  const bool alone = roles.count(kAnybody) + roles.count(kNobody) > 0;
  if (alone && roles.size() > 1) refuse("has \"@\" or \"!\" by itself only");
  return roles;
}

}  // namespace

struct Protections::Rule {
  Pattern pattern;
  std::array<Roles, kActs.size()> roles;  // by Act

  const Roles& of(Act act) const {
    return roles[static_cast<std::size_t>(act)];
  }
  static Rule read(const Json& written, const std::string& where);
};

Protections::Rule Protections::Rule::read(const Json& written,
                                          const std::string& where) {
  const bool named = written.is_object() && written.contains("property") &&
                     written["property"].is_string();
  if (!named) {
    throw Error(Errc::invalid,
                where +
                    ": \"property\" is the regular expression of the names "
                    "that the rule is for");
  }
  const auto compiled = [&] {
    try {
      return Pattern(written["property"].get<std::string>());
    } catch (const Error& problem) {
      throw Error(Errc::invalid, where + ": property " + problem.what());
    }
  };
  Rule rule{compiled(), {}};
  for (std::size_t act = 0; act < kActs.size(); ++act) {
    rule.roles[act] = read_roles(written, kActs[act], where);
  }
  if (written.size() != kActs.size() + 1) {
    throw Error(Errc::invalid, where +
                                   ": a rule has property, create, read, "
                                   "update and delete, and nothing else");
  }
  return rule;
}

Protections Protections::load(const Path& file) {
  const auto bytes = read_whole(file, kLargestFile);
  if (!bytes) {
    throw Error(Errc::invalid, "there is no file " + file.string() +
                                   "; make it, or clear schema.protections");
  }
  const std::string name = file.string();
  const Json written = json::parse_object(as_text(*bytes), name);
  const auto list = written.find("rules");
  if (list == written.end() || !list->is_array() || written.size() != 1) {
    throw Error(Errc::invalid,
                name +
                    ": the file has \"rules\", a list in [ and ], and "
                    "nothing else");
  }
  auto rules = std::make_shared<std::vector<Rule>>();
  for (const Json& one : *list) {
    rules->push_back(
        Rule::read(one, fmt::format("{}, rule {}", name, rules->size() + 1)));
  }
  return Protections(std::move(rules));
}

const Protections::Rule* Protections::rule_of(std::string_view name) const {
  for (const Rule& rule : *rules_) {
    if (rule.pattern.is_whole(name)) return &rule;
  }
  return nullptr;
}

bool Protections::may(Act act, Role role, std::string_view name) const {
  if (!any()) return true;
  const Rule* rule = rule_of(name);
  if (rule == nullptr || !includes(rule->of(act), role)) return false;
  const bool needs_sight = act == Act::update || act == Act::remove;
  return !needs_sight || includes(rule->of(Act::read), role);
}

void Protections::check(Act act, Role role, std::string_view name) const {
  if (may(act, role, name)) return;
  const char* verb = kActs[static_cast<std::size_t>(act)];
  const Rule* rule = rule_of(name);
  if (rule == nullptr) {
    throw Error(Errc::forbidden,
                fmt::format("no rule of the property protections is for {}, "
                            "so nobody may {} it; the operator adds one",
                            name, verb));
  }
  const bool nobody = !may(act, Role::admin, name);
  throw Error(
      Errc::forbidden,
      fmt::format("the property protections let {} {} {}",
                  nobody ? "nobody" : "only administrators", verb, name));
}

}  // namespace platter::schema
