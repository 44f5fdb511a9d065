// src/service/journal.cpp
#include "platter/service/journal.h"

#include <algorithm>

namespace platter::service {

namespace {
// A path or a sentence may hold what a user typed: one complaint, one line.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char letter) { return letter < ' '; }, ' ');
  return text;
}
}  // namespace

std::string to_text(const Complaint& complaint) {
  return one_line(to_text(complaint.time) + ' ' + complaint.user + ' ' +
                  complaint.command + ' ' + complaint.path + ' ' +
                  complaint.error + ": " + complaint.sentence);
}

void Journal::add(Complaint complaint) {
  const std::scoped_lock lock(mutex_);
  complaints_.push_back(std::move(complaint));
  if (complaints_.size() > kKept) complaints_.pop_front();
}

std::vector<Complaint> Journal::all() const {
  const std::scoped_lock lock(mutex_);
  return {complaints_.begin(), complaints_.end()};
}

Timestamp Journal::changed_at() const {
  const std::scoped_lock lock(mutex_);
  return complaints_.empty() ? Timestamp{} : complaints_.back().time;
}

}  // namespace platter::service
