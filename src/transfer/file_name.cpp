// src/transfer/file_name.cpp
#include "file_name.h"

#include "ascii.h"
#include "platter/base/digest.h"

namespace platter::transfer {

namespace {

constexpr std::size_t kLongest = 200;

// What is no escape stays as it is.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte =
        text[at] == '%' ? from_hex(text.substr(at + 1, 2)) : std::nullopt;
    if (byte && byte->size() == 1) {
      result += static_cast<char>(byte->front());
      at += 2;
    } else {
      result += text[at];
    }
  }
  return result;
}

// The value that starts at `text`: a token, or a quoted string.
std::string value_at(std::string_view text) {
  if (!text.starts_with('"')) {
    return std::string(text.substr(0, text.find_first_of("; \t")));
  }
  std::string value;
  for (std::size_t at = 1; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    value += text[at];
  }
  return value;
}

// The value of a parameter "name=", empty when it is not there.
std::string parameter(std::string_view disposition, std::string_view name) {
  const std::size_t at = lower(disposition).find(name);
  if (at == std::string::npos || at == 0) return "";
  const char before = disposition[at - 1];
  if (before != ';' && before != ' ' && before != '\t') return "";
  return value_at(disposition.substr(at + name.size()));
}

std::string named_by(std::string_view disposition) {
  // "UTF-8''" and the like come before the name.
  const std::string extended = parameter(disposition, "filename*=");
  const std::size_t quote = extended.rfind('\'');
  if (quote != std::string::npos) return unescaped(extended.substr(quote + 1));
  return parameter(disposition, "filename=");
}

std::string safe(std::string_view name) {
  name = name.substr(name.find_last_of("/\\") + 1);
  std::string result(name);
  for (char& c : result) {
    if (!is_made_of({&c, 1}, "._-+~@=")) c = '_';
  }
  // The ending says what is inside, so it is the beginning that goes.
  if (result.size() > kLongest) result.erase(0, result.size() - kLongest);
  result.erase(0, result.find_first_not_of(".-"));
  return result;
}

}  // namespace

std::string file_name(std::string_view disposition, const Url& url) {
  std::string name = safe(named_by(disposition));
  if (name.empty()) name = safe(unescaped(url.path));
  return name.empty() ? "download" : name;
}

}  // namespace platter::transfer
