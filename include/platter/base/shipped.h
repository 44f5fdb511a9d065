// include/platter/base/shipped.h
//
// A file that is built into the program, as scripts/embed makes it.
#pragma once

#include <span>
#include <string_view>

namespace platter {

struct Shipped {
  std::string_view file;  // its name, without folders
  std::string_view text;
};

}  // namespace platter
