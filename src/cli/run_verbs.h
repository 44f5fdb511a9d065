// src/cli/run_verbs.h
//
// Runs a verb with what the command line gave it, and makes an exit status of
// what comes back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "verbs.h"

namespace platter::cli {

// Everything a verb can be given.
struct Arguments {
  std::string store;
  std::string place;
  std::string project = "default";
  std::string config_file;
  std::vector<std::string> options;  // lists, as after -o
  bool foreground = false;
  bool lazy = false;
  std::vector<std::string> files;
  bool json = false;
  std::string name;
  std::string group;
  std::vector<std::string> limits;
  Machine machine;
  CaptureRequest capture;
  ImportVerbRequest import;
  TasksRequest tasks;
  UsageRequest usage;
};

// Prints the sentence on standard error. Answers the status.
int complain(ExitStatus status, const std::string& sentence);

// Runs `verb`. `failed`: the status for what has no other.
int attempt(const std::function<void()>& verb,
            ExitStatus failed = ExitStatus::failed);

int run_mount(const Arguments& arguments);
int run_status(const Arguments& arguments);
int run_inspect(const Arguments& arguments);
int run_check_launch(const Arguments& arguments);
int run_capture(const Arguments& arguments);
int run_import(const Arguments& arguments);
int run_usage(const Arguments& arguments);
int run_config(const Arguments& arguments);

// As mount(8) calls its helper.
int run_helper(const std::vector<std::string>& words);

}  // namespace platter::cli
