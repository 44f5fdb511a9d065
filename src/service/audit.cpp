// src/service/audit.cpp
#include "platter/service/audit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "platter/base/log.h"
#include "platter/json/json.h"

namespace platter::service {

namespace {

std::string command_of(const Event& event) {
  if (!event.command.empty()) return event.command;
  const pid_t pid = event.caller.pid;
  return pid == 0 ? "platter" : access::command_of(pid);
}

std::string line_of(const Event& event, Timestamp now) {
  json::Json line = {
      {"time", to_text(now)},    {"user", access::user_name(event.caller.uid)},
      {"uid", event.caller.uid}, {"command", command_of(event)},
      {"act", event.act},        {"project", event.project}};
  if (!event.image.empty()) line["image"] = event.image;
  if (!event.id.empty()) line["id"] = event.id;
  line["outcome"] = event.outcome;
  for (const auto& [name, value] : event.details) {
    const auto number = parse_number<std::uint64_t>(value);
    if (name == "bytes" && number) {
      line[name] = *number;
    } else {
      line[name] = value;
    }
  }
  return json::one_line(line) + "\n";
}

// What a power cut left of a line must not swallow the next one.
bool ends_within_line(const File& file, std::uint64_t size) {
  if (size == 0) return false;
  Bytes last(1);
  file.read(size - 1, last);
  return as_text(last) != "\n";
}

}  // namespace

Audit::Audit(AuditOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {
  if (!options_.folder.empty()) make_folders(options_.folder);
}

Audit::~Audit() { sync(); }

Path Audit::path(const std::string& project, unsigned age) const {
  const std::string name = project + ".jsonl";
  return options_.folder / (age == 0 ? name : name + "." + std::to_string(age));
}

void Audit::add(const Event& event) noexcept {
  if (options_.folder.empty()) return;
  try {
    const std::string line = line_of(event, clock_.now());
    const std::scoped_lock lock(mutex_);
    append(event.project, line);
    unsynced_.insert(event.project);
    writing_.end();
  } catch (const std::exception& problem) {
    writing_.begin();
    log::error("cannot write the audit trail", {{"project", event.project},
                                                {"act", event.act},
                                                {"why", problem.what()}});
  }
}

// REQUIRES: mutex_ is held.
void Audit::append(const std::string& project, const std::string& line) {
  {
    File file = File::open(path(project), File::Mode::create);
    const std::uint64_t size = file.size();
    if (size == 0 || size + line.size() <= options_.rotate) {
      const bool torn = ends_within_line(file, size);
      return file.write(size, as_bytes(torn ? "\n" + line : line));
    }
    file.sync();
  }
  rotate(project);
  File::open(path(project), File::Mode::create_new).write(0, as_bytes(line));
}

// REQUIRES: mutex_ is held.
void Audit::rotate(const std::string& project) {
  std::filesystem::remove(path(project, options_.keep));
  for (unsigned age = options_.keep; age > 0; --age) {
    const Path younger = path(project, age - 1);
    if (std::filesystem::exists(younger)) {
      std::filesystem::rename(younger, path(project, age));
    }
  }
}

void Audit::sync() noexcept {
  std::set<std::string> projects;
  {
    const std::scoped_lock lock(mutex_);
    projects.swap(unsynced_);
  }
  if (projects.empty()) return;
  try {
    for (const std::string& project : projects) {
      File::open(path(project), File::Mode::write).sync();
    }
    sync_folder(options_.folder);
    syncing_.end();
  } catch (const std::exception& problem) {
    syncing_.begin();
    log::error("cannot make the audit trail durable",
               {{"why", problem.what()}});
    const std::scoped_lock lock(mutex_);
    unsynced_.merge(projects);
  }
}

bool Audit::works() const {
  if (options_.folder.empty()) return true;
  // Of a read-only file system it says so to root, too.
  const bool open = ::access(options_.folder.c_str(), W_OK | X_OK) == 0;
  return open && !writing_.now() && !syncing_.now();
}

std::uint64_t Audit::failures() const {
  return writing_.times() + syncing_.times();
}

std::uint64_t Audit::size(const std::string& project) const {
  std::error_code none;
  const auto size = std::filesystem::file_size(path(project), none);
  return none ? 0 : size;
}

std::string Audit::text(const std::string& project) const {
  if (options_.folder.empty()) return {};
  const auto bytes = read_whole(path(project), ~std::uint64_t{0});
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

Timestamp Audit::changed_at(const std::string& project) const {
  struct stat status;
  if (stat(path(project).c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace platter::service
