// tests/schema/own_schema.h
//
// A folder of namespaces, as an operator has it.
#pragma once

#include "platter/base/bytes.h"
#include "platter/base/file.h"
#include "platter/schema/schema.h"
#include "support/folder.h"

namespace platter::test {

class OwnSchema {
 public:
  void put(const std::string& file, const std::string& text) {
    write_whole(folder_.path() / file, as_bytes(text));
  }
  // The namespace "Own" with one property.
  void define(const std::string& name, const std::string& definition) {
    put("own.json", R"({"namespace": "Own", "properties": {")" + name +
                        "\": " + definition + "}}");
  }

  schema::Options& options() { return options_; }
  Path path() const { return folder_.path(); }
  schema::Schema load() {
    options_.folder = folder_.path();
    return schema::Schema::load(options_);
  }

 private:
  TemporaryFolder folder_;
  schema::Options options_;
};

}  // namespace platter::test
