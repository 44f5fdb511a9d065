// src/base/clock.cpp
#include "platter/base/clock.h"

#include <ctime>

namespace platter {

Timestamp operator+(Timestamp time, std::chrono::nanoseconds later) {
  return {time.nanoseconds + later.count()};
}

std::string to_text(Timestamp time) {
  if (!time) return {};
  const std::time_t seconds = time.seconds();
  std::tm parts;
  gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length =
      std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text, length};
}

Timestamp SystemClock::now() const {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

}  // namespace platter
