// tests/support/command.h
//
// Runs the tools that tests measure Platter against.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>

namespace platter::test {

// Runs a shell command; the test fails unless it exits with 0.
inline void run(const std::string& command) {
  const int status = std::system((command + " >/dev/null").c_str());
  BOOST_REQUIRE_MESSAGE(status == 0, command << " gave status " << status);
}

}  // namespace platter::test
