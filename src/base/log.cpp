// src/base/log.cpp
#include "platter/base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "platter/base/error.h"

namespace platter::log {

namespace {

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";

std::shared_ptr<spdlog::logger> make_stderr_logger() {
  auto logger = spdlog::stderr_logger_mt("platter");
  logger->set_pattern(kPattern);
  logger->set_level(spdlog::level::warn);
  return logger;
}

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance = make_stderr_logger();
  return instance;
}

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// Values with spaces or quotes are quoted, so that a line splits at spaces;
// control characters of a user's text must not forge lines.
std::string quoted(const std::string& value) {
  if (!value.empty() && value.find_first_of(" \"\\=\n\r\t") == value.npos) {
    return value;
  }
  std::string text = "\"";
  for (const char letter : value) {
    if (letter == '"' || letter == '\\') text += '\\';
    text += static_cast<unsigned char>(letter) < ' ' ? '?' : letter;
  }
  return text + '"';
}

void write(Level level, std::string_view message, Fields fields) {
  if (!logger()->should_log(level_of(level))) return;
  std::string line(message);
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += quoted(field.value);
  }
  logger()->log(level_of(level), "{}", line);
}

}  // namespace

void configure(Level least, const std::string& file) {
  if (!file.empty()) {
    try {
      auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
      logger() = std::make_shared<spdlog::logger>("platter", sink);
      logger()->set_pattern(kPattern);
    } catch (const spdlog::spdlog_ex& problem) {
      throw Error(Errc::io, "open the log " + file + ": " + problem.what());
    }
  }
  logger()->set_level(level_of(least));
  logger()->flush_on(spdlog::level::info);
}

bool shows(Level level) { return logger()->should_log(level_of(level)); }

void debug(std::string_view message, Fields fields) {
  write(Level::debug, message, fields);
}
void info(std::string_view message, Fields fields) {
  write(Level::info, message, fields);
}
void warning(std::string_view message, Fields fields) {
  write(Level::warning, message, fields);
}
void error(std::string_view message, Fields fields) {
  write(Level::error, message, fields);
}

}  // namespace platter::log
