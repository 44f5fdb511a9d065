// include/platter/schema/protections.h
//
// Which free properties are whose: an ordered list of rules, each a pattern
// for names and the roles that may create, read, update and delete them, as
// Glance's property protections have it. See docs/schema.md.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "platter/base/file.h"

namespace platter::schema {

enum class Act { create, read, update, remove };

// An admin is all that a member is.
enum class Role { member, admin };

// Never changes, so any thread may ask. Copies share what they hold.
class Protections {
 public:
  // None: everybody may do everything.
  Protections() = default;
  // Throws Errc::invalid, naming the file, the rule and the mend.
  static Protections load(const Path& file);

  bool any() const noexcept { return rules_ != nullptr; }

  // What the first rule says whose pattern is the whole name; false when
  // there is no such rule, for admins too. What may not be read may be
  // neither updated nor removed.
  bool may(Act act, Role role, std::string_view name) const;
  // Throws Errc::forbidden, saying whose the property is, unless may().
  void check(Act act, Role role, std::string_view name) const;

 private:
  struct Rule;
  explicit Protections(std::shared_ptr<const std::vector<Rule>> rules)
      : rules_(std::move(rules)) {}
  const Rule* rule_of(std::string_view name) const;

  std::shared_ptr<const std::vector<Rule>> rules_;  // nullptr: none
};

}  // namespace platter::schema
