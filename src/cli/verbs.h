// src/cli/verbs.h
//
// What `platter` can do. Each verb prints what it did on standard output and
// throws an Error for what went wrong.
#pragma once

#include <string>
#include <vector>

#include "platter/cli/configuration.h"
#include "platter/cli/exit_status.h"
#include "platter/schema/rules.h"

namespace platter::cli {

// Makes a store. Throws what StoreFolder::prepare() throws.
void init_store(const Path& folder, const std::string& project);

struct MountRequest {
  Path store;
  Path mountpoint;
  Config config;
  schema::Rules rules;                      // what `config` says of properties
  std::vector<std::string> kernel_options;  // "ro", "noatime"
  std::string source;       // shown by mount(8) and df; empty: the store
  bool foreground = false;  // serve in this process, until told to stop
};

// Mounts a store, and returns when the mount answers (or, in the foreground,
// when it has ended). Throws Errc::not_found for a store or mountpoint that
// is not there, Errc::busy when either is in use.
void mount_store(const MountRequest& request);

// `place`: a mountpoint, or the folder of a store that is mounted. `lazy`: also
// when it is in use. Returns when the store is free. Throws Errc::not_found
// when there is no such mount, Errc::busy naming the processes that use it.
void unmount(const Path& place, bool lazy);

// `place`: a mountpoint or a store's folder, with what it holds and how it is;
// empty: every mount of ours, in short. In words, or one JSON object each.
// Answers failed when a mount does not answer within seconds.
ExitStatus print_status(const Path& place, bool as_json);

// Says of each file what an upload of it would be taken as, as text or as one
// JSON object each. Prints what cannot be read on standard error and goes on;
// answers what is wrong with the first file that would not be taken.
ExitStatus inspect_files(const std::vector<std::string>& paths, bool as_json,
                         const Config& config);

// What a scheduler would give a machine of an image.
struct Machine {
  std::uint64_t disk = 0;  // GiB
  std::uint64_t ram = 0;   // MiB
};

// Whether the machine is enough for the image, and the image is ready: prints
// the answer, with a sentence for each reason, as text or as one JSON object.
// `image`: a folder of a mount's images/, or a file in it. Answers refused
// when it is not to be launched; throws Errc::not_found for what is no image.
ExitStatus check_launch(const Path& image, const Machine& machine,
                        bool as_json);

// A machine's disk that is to become an image.
struct CaptureRequest {
  std::vector<std::string> words;  // NAME, of a stopped machine DISKFILE NAME
  std::string qmp;                 // a running machine's monitor
  std::string device;              // which of its disks; empty: the only one
  bool freeze = false;             // bring its file systems to rest before
  std::string agent;   // the socket of its agent; empty: found by the monitor
  std::string speed;   // bytes a second at most; empty: as fast as it goes
  std::string format;  // of DISKFILE; empty: found in its content
  std::string mount;   // where NAME belongs; empty: found
  std::vector<std::string> properties;  // KEY=VALUE
  std::string progress;                 // json, bar or none
  bool json = false;                    // say what was made as one JSON object
  bool detach = false;                  // do not wait for it
};

// Throws Errc::invalid, saying what is wrong, for a request that cannot be
// meant.
void check_capture(const CaptureRequest& request);
// Copies the disk into a new image, prints what it made, and throws for what
// went wrong; the machine runs on either way.
void capture_disk(const CaptureRequest& request);

// An image that a mount is to fetch.
struct ImportVerbRequest {
  std::string url;                      // or the name of a well-known image
  std::string name;                     // of the image; empty: by the URL
  std::string mount;                    // where that belongs; empty: found
  std::string sha256;                   // of the file, in hex; empty: not known
  std::string checksums;                // URL of a checksum file; empty: none
  std::vector<std::string> properties;  // KEY=VALUE
  std::string progress;                 // json, bar or none
  bool json = false;                    // say what came of it as JSON
  bool detach = false;                  // do not wait for it
  bool list = false;                    // the well-known images instead
};

// Throws Errc::invalid, saying what is wrong.
void check_import(const ImportVerbRequest& request);
// Makes the image, and returns when its disk is there. Throws what the mount
// says, and why the task failed.
void import_image(const ImportVerbRequest& request);
// `file`: as load_image_sources().
void list_image_sources(const std::string& file);

struct TasksRequest {
  std::string place;  // a mount, or a folder of a project's tree; empty: found
  std::uint64_t id = 0;
  bool follow = false;  // until none is under way
  bool as_json = false;
};

void list_tasks(const TasksRequest& request);
// Throw Errc::not_found when there is no such task, Errc::forbidden when it is
// over, or did not fail.
void cancel_task(const TasksRequest& request);
void retry_task(const TasksRequest& request);

struct UsageRequest {
  std::string place;  // as TasksRequest::place
  std::string month;  // "2026-11"; empty: this one
  bool all = false;   // every project of the store, for administrators
  bool as_json = false;
  bool as_csv = false;
};

// Throws Errc::invalid, saying what is wrong.
void check_usage(const UsageRequest& request);
// What images were held in the month, and what that costs.
void print_usage(const UsageRequest& request);

// Why the last request about `path` was refused. Throws Errc::not_found when
// it lies in no mount of ours.
void print_why(const Path& path);

// A project of a host mount, and what is to be set of it.
struct ProjectRequest {
  Path mountpoint;
  std::string name;
  std::string group;                // empty: as it is
  std::vector<std::string> limits;  // "images=10", "bytes=unlimited"
};

// Each is what mkdir, setfattr, getfattr or rmdir do in MOUNTPOINT/projects,
// and throws the sentence that the mount keeps of a refusal. Throw
// Errc::invalid for what is no limit, Errc::not_found for what is no mount of
// ours, or no project.
void list_projects(const Path& mountpoint);
void add_project(const ProjectRequest& request);
void set_project(const ProjectRequest& request);
void show_project(const ProjectRequest& request);
void remove_project(const ProjectRequest& request);

// The configuration as TOML, with where each value comes from.
void print_configuration(const Configuration& configuration);

}  // namespace platter::cli
