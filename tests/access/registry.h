// tests/access/registry.h: projects that rules are asked about.
#pragma once

#include <string>
#include <vector>

#include "platter/image/projects.h"
#include "support/forgetful_index.h"
#include "support/manual_clock.h"

namespace platter::test {

struct Registry {
  explicit Registry(const std::vector<std::string>& names) {
    for (const std::string& name : names) projects.create(name, "");
  }

  ForgetfulIndex index;
  ManualClock clock;
  image::Projects projects{index, clock, "default"};
};

}  // namespace platter::test
