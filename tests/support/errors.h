// tests/support/errors.h: what a test says of an Error.
#pragma once

#include <string>

#include "platter/base/error.h"

namespace platter::test {

// For BOOST_CHECK_EXCEPTION: the Error has this code.
inline auto has_code(Errc code) {
  return [code](const Error& error) { return error.code() == code; };
}

// ... and its sentence contains `words`.
inline auto says(Errc code, const std::string& words) {
  return [code, words](const Error& error) {
    return error.code() == code &&
           std::string(error.what()).find(words) != std::string::npos;
  };
}

}  // namespace platter::test
