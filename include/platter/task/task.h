// include/platter/task/task.h
//
// A task: work that goes on when nobody waits for it. What is kept of it, from
// when it was asked for until some time after it ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "platter/base/clock.h"

namespace platter::task {

// Counts the tasks of a store from 1 and is never reused. Below 2^36.
using Number = std::uint64_t;

// pending -> processing -> success or failure; pending -> failure when it is
// cancelled; processing -> pending when the service stops, failure -> pending
// when it is tried again.
enum class Status : std::uint8_t { pending, processing, success, failure };
std::string_view name_of(Status status) noexcept;

// Of a kind's own meaning.
using Values = std::map<std::string, std::string>;

struct Task {
  Number number = 0;
  std::string kind;     // "import"
  std::string project;  // whose members see it
  std::uint32_t uid = 0;
  std::string user;         // who asked, by name
  std::uint64_t image = 0;  // the image's number; 0: it is about none
  std::string image_name;   // when it was asked for
  Values input;
  Values state;   // how far it came, for whoever goes on
  Values result;  // of a success

  Status status = Status::pending;
  std::string message;  // why it failed, or what it waits for; or empty
  unsigned attempts = 0;
  std::uint64_t done = 0;              // bytes
  std::optional<std::uint64_t> total;  // bytes; nullopt: not known
  Timestamp created_at;
  Timestamp started_at;  // the last time
  Timestamp ended_at;
  Timestamp expires_at;  // when it is forgotten; set when it ends

  bool is_over() const noexcept {
    return status == Status::success || status == Status::failure;
  }
  bool operator==(const Task&) const = default;
};

// As the index keeps it: docs/format/index.md. decode throws Errc::damaged.
std::string encode(const Task& task);
Task decode(std::string_view bytes);

}  // namespace platter::task
