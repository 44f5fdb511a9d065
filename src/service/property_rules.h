// src/service/property_rules.h
//
// What may be said of an image by whom, and what the things are that a
// property names: all that the record alone does not tell.
#pragma once

#include <optional>
#include <string>

#include "platter/service/images.h"

namespace platter::service {

class PropertyRules {
 public:
  // All must outlive it.
  PropertyRules(const Images::Parts& parts, const access::Caller& caller)
      : parts_(parts),
        caller_(caller),
        role_(parts.access.is_admin(caller) ? schema::Role::admin
                                            : schema::Role::member) {}

  // Sets the property, or resets it when there is no value. Throws what
  // service::set_property() and reset_property() throw, and Errc::forbidden
  // for what the policy or a protection keeps to others.
  void change(image::Record& record, const std::string& name,
              const std::optional<std::string>& value) const;

 private:
  void set(image::Record& record, const std::string& name,
           const std::string& value) const;
  bool takes_member(const image::Record& record, const std::string& project,
                    const std::string& value) const;
  void check_right(const image::Record& record, const std::string& name,
                   const std::string& value) const;
  void check_stock(const image::Record& record, const std::string& name) const;
  void check_media_group(const std::string& name) const;
  void check_replacement(const image::Record& record,
                         const std::string& replacement) const;

  const Images::Parts& parts_;
  const access::Caller& caller_;
  schema::Role role_;
};

}  // namespace platter::service
