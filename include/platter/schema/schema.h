// include/platter/schema/schema.h
//
// What free properties take: definitions by name, in namespaces, each a JSON
// file in the shape of Glance's metadata definitions. Platter's own come with
// the program; an operator's folder adds to them. See docs/schema.md.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platter/base/file.h"

namespace platter::schema {

// A namespace that is in force.
struct Namespace {
  std::string name;       // "OS::Compute::CPUPinning"
  std::string file_name;  // "OS__Compute__CPUPinning.json"
  std::string text;       // its JSON, as it was written
};

struct Options {
  Path folder;  // of the operator's namespaces, *.json; empty: none
  // Names that no property may be defined by; one that ends in a dot stands
  // for all that begin with it.
  std::vector<std::string> reserved;
  bool refuse_unknown = false;  // names that no namespace defines
};

// Never changes, so any thread may ask. Copies share what they hold.
class Schema {
 public:
  // The namespaces that are shipped, each replaced by the operator's of the
  // same name, and the operator's others. Throws Errc::invalid for a folder
  // or a file that is wrong; the sentence names file, namespace, property and
  // the mend.
  static Schema load(const Options& options);

  // The value as it is kept: booleans as "true" or "false", numbers without
  // leading zeros, lists with commas between. Throws Errc::invalid, listing
  // what is allowed, when the name is defined and does not take `value`, or
  // is not and has to be.
  std::string check(std::string_view name, std::string_view value) const;

  // In the order of their file names.
  const std::vector<Namespace>& namespaces() const& noexcept;
  void namespaces() const&& = delete;  // they would not outlive it

 private:
  struct Content;
  explicit Schema(std::shared_ptr<const Content> content)
      : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

}  // namespace platter::schema
