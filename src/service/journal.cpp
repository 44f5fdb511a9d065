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
  auto& kept = complaints_[complaint.project];
  kept.push_back(std::move(complaint));
  if (kept.size() > kKept) kept.pop_front();
}

std::vector<Complaint> Journal::all(const std::string& project) const {
  const std::scoped_lock lock(mutex_);
  const auto kept = complaints_.find(project);
  if (kept == complaints_.end()) return {};
  return {kept->second.begin(), kept->second.end()};
}

Timestamp Journal::changed_at(const std::string& project) const {
  const std::scoped_lock lock(mutex_);
  const auto kept = complaints_.find(project);
  return kept == complaints_.end() ? Timestamp{} : kept->second.back().time;
}

}  // namespace platter::service
