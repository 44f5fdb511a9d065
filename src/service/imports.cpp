// src/service/imports.cpp
#include "platter/service/imports.h"

#include <algorithm>
#include <chrono>

#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/service/names.h"
#include "platter/transfer/checksums.h"
#include "unfilled.h"

namespace platter::service {

using access::Caller;
using image::Number;
using image::Record;
using image::RecordPtr;
using task::Run;
using task::Task;
using task::Values;
using transfer::ResumePoint;

namespace {

// Between two moments from which a restart goes on.
constexpr std::chrono::seconds kCheckpoint{5};

bool has_data(const Record& record) { return record.original.has_value(); }

std::string value_of(const Values& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : found->second;
}

Values to_values(const ResumePoint& point) {
  Values values{{"offset", std::to_string(point.offset)},
                {"etag", point.etag},
                {"last_modified", point.last_modified}};
  if (point.total) values["total"] = std::to_string(*point.total);
  return values;
}

ResumePoint to_point(const Values& values) {
  ResumePoint point;
  point.etag = value_of(values, "etag");
  point.last_modified = value_of(values, "last_modified");
  const std::string offset = value_of(values, "offset");
  const std::string total = value_of(values, "total");
  if (!offset.empty()) point.offset = std::stoull(offset);
  if (!total.empty()) point.total = std::stoull(total);
  return point;
}

// A short text, in memory.
class TextSink final : public transfer::Sink {
 public:
  void write(std::uint64_t, ByteView bytes) override {
    text_ += as_text(bytes);
  }
  void restart() override { text_.clear(); }
  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

class QuietControl final : public transfer::Control {
 public:
  explicit QuietControl(Run& run) : run_(run) {}
  bool cancelled() override { return run_.stopping(); }
  void progress(const ResumePoint&) override {}

 private:
  Run& run_;
};

// The last part of a URL's path.
std::string file_in(const std::string& url) {
  const std::string path = url.substr(0, url.find_first_of("?#"));
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

// The image's draft, filled by a fetch.
class Imports::Upload final : public transfer::Sink, public transfer::Control {
 public:
  Upload(Imports& imports, std::string url, Run& run)
      : uploads_(imports.parts_.uploads),
        draft_(uploads_.open(run.task().image, false)),
        url_(std::move(url)),
        run_(run),
        fetched_bytes_(imports.fetched_bytes_) {}
  ~Upload() override { uploads_.close(draft_); }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // Where the fetch goes on: what an earlier run left, if it is there.
  ResumePoint begin() {
    const ResumePoint point = to_point(run_.task().state);
    if (point.offset > 0 && point.offset <= draft_->size()) return point;
    if (draft_->size() > 0) restart();
    return {};
  }

  void write(std::uint64_t offset, ByteView bytes) override {
    uploads_.write(*draft_, offset, bytes);
    fetched_bytes_ += bytes.size();
  }
  void restart() override { uploads_.resize(*draft_, 0); }

  bool cancelled() override { return run_.stopping(); }
  void progress(const ResumePoint& point) override {
    run_.progress(point.offset, point.total);
    const auto now = std::chrono::steady_clock::now();
    if (now - kept_at_ < kCheckpoint) return;
    draft_->sync();
    Values state = to_values(point);
    state["url"] = url_;
    run_.checkpoint(state);
    kept_at_ = now;
  }

  void finish(std::uint64_t size) {
    // What an earlier, longer run left behind the end.
    if (draft_->size() > size) uploads_.resize(*draft_, size);
    uploads_.flush(draft_, false);
  }

 private:
  Uploads& uploads_;
  DraftPtr draft_;
  std::string url_;
  Run& run_;
  std::atomic<std::uint64_t>& fetched_bytes_;
  std::chrono::steady_clock::time_point kept_at_ =
      std::chrono::steady_clock::now();
};

Imports::Imports(const Parts& parts, transfer::FetchOptions fetching,
                 std::vector<transfer::ImageSource> sources)
    : parts_(parts),
      fetching_(std::move(fetching)),
      sources_(std::move(sources)) {}

transfer::FetchOptions Imports::options_for(bool by_admin) const {
  transfer::FetchOptions options = fetching_;
  if (by_admin) options.rules.schemes.insert("file");
  return options;
}

RecordPtr Imports::to_be_filled(const Caller& caller, Number number) const {
  RecordPtr record = parts_.catalogue.find(number);
  if (!record) throw Error(Errc::not_found, "the image is gone");
  parts_.access.check(caller, *record, access::Act::change);
  if (has_data(*record) || record->place != image::Place::images) {
    throw Error(Errc::read_only, "image \"" + record->name +
                                     "\" has its disk already; make a new "
                                     "image for another");
  }
  check_no_task(parts_.tasks, *record);
  if (parts_.uploads.is_written(number)) {
    throw Error(Errc::busy, "image \"" + record->name +
                                "\" is being written; wait until that ends");
  }
  return record;
}

void Imports::say(Number number, const std::string& reason) {
  parts_.catalogue.update(
      number, [&](Record& record) { record.status_reason = reason; });
}

const transfer::ImageSource& Imports::source_named(
    const std::string& name) const {
  const auto found =
      std::ranges::find(sources_, name, &transfer::ImageSource::name);
  if (found != sources_.end()) return *found;
  std::string names;
  for (const auto& source : sources_) names += " " + source.name;
  throw Error(Errc::invalid, "\"" + name +
                                 "\" is neither a URL nor a well-known "
                                 "image; those are" +
                                 names);
}

void Imports::describe(const Caller& caller, const Record& record,
                       const transfer::ImageSource& source) {
  Images::Properties properties;
  for (const auto& [name, value] : source.properties) {
    if (!record.properties.contains(name)) properties.emplace_back(name, value);
  }
  parts_.images.set_properties(caller, record.number, properties);
}

Task Imports::begin(const Caller& caller, Number number,
                    const ImportRequest& request) {
  const RecordPtr record = to_be_filled(caller, number);
  const bool by_admin = parts_.access.is_admin(caller);
  Task task = task_about(*record, caller, kName);
  task.input = {{"by_admin", by_admin ? "yes" : "no"}};
  std::string shown = request.url;
  if (request.url.find("://") == request.url.npos) {
    const auto& source = source_named(request.url);
    describe(caller, *record, source);
    task.input["source"] = source.name;
  } else {
    const transfer::Rules rules = options_for(by_admin).rules;
    shown = transfer::check_url(rules, request.url).shown();
    task.input["url"] = request.url;
    if (!request.checksums.empty()) {
      transfer::check_url(rules, request.checksums);
      task.input["checksums"] = request.checksums;
    }
  }
  say(number, "is being imported from " + shown);
  try {
    return parts_.tasks.create(std::move(task));
  } catch (const Error&) {
    say(number, record->status_reason);
    throw;
  }
}

transfer::Checksums Imports::fetch_checksums(Run& run) const {
  const Values& input = run.task().input;
  const std::string source = value_of(input, "source");
  transfer::FetchOptions options =
      options_for(value_of(input, "by_admin") == "yes");
  options.max_bytes = transfer::Checksums::kLongest;
  TextSink sink;
  QuietControl control(run);
  transfer::fetch(source.empty() ? value_of(input, "checksums")
                                 : source_named(source).checksums,
                  options, sink, control);
  return transfer::Checksums::parse(sink.text());
}

// The publisher's hash, to be verified as one that a user declared.
void Imports::declare_hash(Number number, const transfer::Checksum& checksum) {
  parts_.catalogue.update(number, [&](Record& record) {
    const std::string algorithm(name_of(checksum.algorithm));
    if (record.hash_declared && record.os_hash_algo == algorithm &&
        record.os_hash_value != checksum.hex) {
      throw Error(Errc::mismatch,
                  "the publisher says that the " + algorithm + " of " +
                      checksum.name + " is " + checksum.hex +
                      ", but os_hash_value was set to " + record.os_hash_value);
    }
    if (record.hash_declared) return;
    record.os_hash_algo = algorithm;
    record.os_hash_value = checksum.hex;
    record.hash_declared = true;
  });
}

// Finds out what there is to fetch, and its hash if that was asked for.
// Answers the URL.
std::string Imports::prepare(Run& run) {
  const Task& task = run.task();
  // A run before this one found it out; what is newest may be another by now.
  const std::string chosen = value_of(task.state, "url");
  if (!chosen.empty()) return chosen;
  const std::string source = value_of(task.input, "source");
  const std::string url = value_of(task.input, "url");
  if (!source.empty()) {
    const auto newest =
        transfer::newest_file(source_named(source), fetch_checksums(run));
    if (!newest) {
      throw Error(Errc::mismatch, source_named(source).checksums +
                                      " has no file " +
                                      source_named(source).file +
                                      "; the publisher may have "
                                      "moved it: look there, and name its URL");
    }
    declare_hash(task.image, newest->checksum);
    return newest->url;
  }
  if (value_of(task.input, "checksums").empty()) return url;
  const auto found = fetch_checksums(run).find(file_in(url));
  if (!found) {
    throw Error(Errc::mismatch, value_of(task.input, "checksums") +
                                    " has no checksum of " + file_in(url) +
                                    "; name the file that has it");
  }
  declare_hash(task.image, *found);
  return url;
}

Values Imports::run(Run& run) {
  const Task& task = run.task();
  const RecordPtr record = parts_.catalogue.find(task.image);
  if (!record || record->place != image::Place::images) {
    throw Error(Errc::not_found, "the image was removed");
  }
  // The last run came to its end and did not live to say so.
  if (has_data(*record)) return {};
  const std::string url = prepare(run);
  transfer::Fetched fetched;
  {
    Upload upload(*this, url, run);
    const ResumePoint from = upload.begin();
    fetched = transfer::fetch(
        url, options_for(value_of(task.input, "by_admin") == "yes"), upload,
        upload, from);
    if (disk_file_stem(fetched.file_name)) {
      parts_.catalogue.update(task.image, [&](Record& changed) {
        changed.file_name = fetched.file_name;
      });
    }
    upload.finish(fetched.bytes);
  }
  parts_.images.note_upload({task.uid, 0, 0}, task.image, kName);
  return {{"bytes", std::to_string(fetched.bytes)},
          {"url", fetched.url},
          {"file_name", fetched.file_name}};
}

void Imports::give_up(const Task& task, const std::string& why) {
  leave_unfilled(parts_.catalogue, parts_.uploads, task.image, why);
}

}  // namespace platter::service
