// src/service/captures.cpp
#include "platter/service/captures.h"

#include <chrono>
#include <thread>

#include "platter/base/error.h"
#include "unfilled.h"

namespace platter::service {

using access::Caller;
using image::Number;
using image::Record;
using image::RecordPtr;
using task::Run;
using task::Task;
using task::Values;

namespace {

// Between two looks at whether the upload has ended.
constexpr std::chrono::milliseconds kLook{100};

std::string why_unwritten(const Record& record, const Task& task) {
  const bool again = task.attempts > 1;
  return again || record.status_reason.empty()
             ? "nobody sends the disk any more; run platter capture again"
             : record.status_reason;
}

}  // namespace

Captures::Captures(const Parts& parts) : parts_(parts) {}

RecordPtr Captures::changeable(const Caller& caller, Number number) const {
  RecordPtr record = parts_.catalogue.find(number);
  if (!record) throw Error(Errc::not_found, "the image is gone");
  parts_.access.check(caller, *record, access::Act::change);
  return record;
}

Task Captures::begin(const Caller& caller, Number number,
                     const std::string& source, std::uint64_t total) {
  const RecordPtr record = changeable(caller, number);
  check_no_task(parts_.tasks, *record);
  if (!parts_.uploads.is_written(number)) {
    throw Error(Errc::invalid, "nobody writes image \"" + record->name +
                                   "\"; a capture begins when its file is "
                                   "open for writing");
  }
  Task task = task_about(*record, caller, kName);
  task.input = {{"source", source}};
  task.total = total;
  // Whoever sends it reports as soon as it may.
  expect_reports(number);
  try {
    return parts_.tasks.create(std::move(task));
  } catch (const Error&) {
    end_reports(number);
    throw;
  }
}

void Captures::report(const Caller& caller, Number number, std::uint64_t done) {
  const RecordPtr record = changeable(caller, number);
  const std::scoped_lock lock(mutex_);
  const auto found = done_.find(number);
  if (found == done_.end()) {
    throw Error(Errc::not_found,
                "no capture of image \"" + record->name + "\" runs");
  }
  found->second = done;
}

void Captures::expect_reports(Number number) {
  const std::scoped_lock lock(mutex_);
  done_.try_emplace(number, 0);
}

void Captures::end_reports(Number number) {
  const std::scoped_lock lock(mutex_);
  done_.erase(number);
}

std::uint64_t Captures::done(Number number) const {
  const std::scoped_lock lock(mutex_);
  const auto found = done_.find(number);
  return found == done_.end() ? 0 : found->second;
}

Values Captures::run(Run& run) {
  expect_reports(run.task().image);
  Values result = follow(run);
  end_reports(run.task().image);
  return result;
}

Values Captures::follow(Run& run) {
  const Number number = run.task().image;
  for (;;) {
    // Asked for first: who is done stops writing after the data is there.
    const bool written = parts_.uploads.is_written(number);
    const RecordPtr record = parts_.catalogue.find(number);
    if (!record || record->place != image::Place::images) {
      throw Error(Errc::not_found, "the image was removed");
    }
    if (record->original && !written) {
      run.progress(*run.task().total, run.task().total);
      return {{"bytes", std::to_string(record->size())}};
    }
    if (!written) throw Error(Errc::io, why_unwritten(*record, run.task()));
    if (run.stopping()) throw Error(Errc::cancelled, "the service stopped");
    run.progress(done(number), run.task().total);
    std::this_thread::sleep_for(kLook);
  }
}

void Captures::give_up(const Task& task, const std::string& why) {
  end_reports(task.image);
  leave_unfilled(parts_.catalogue, parts_.uploads, task.image, why);
}

}  // namespace platter::service
