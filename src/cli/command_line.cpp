// src/cli/command_line.cpp
//
// Takes the command line apart (outside library: CLI11), calls the verb, and
// turns what comes back into an exit status.
#include "platter/cli/command_line.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "capture_options.h"
#include "completion.h"
#include "help.h"
#include "import_options.h"
#include "platter/base/error.h"
#include "platter/cli/exit_status.h"
#include "platter/cli/mount_options.h"
#include "platter/cli/store_folder.h"
#include "platter/cli/version.h"
#include "run_verbs.h"

namespace platter::cli {

namespace {

// The verbs, each with a function that runs it.
class CommandLine {
 public:
  CommandLine() {
    app_.set_version_flag("--version", "platter " + std::string(version()));
    app_.footer(std::string(kProgramHelp));
    app_.require_subcommand(1);
    add_init();
    add_mount();
    add_unmount();
    add_status();
    add_why();
    add_inspect();
    add_project();
    add_check_launch();
    add_capture();
    add_import();
    add_tasks();
    add_usage();
    add_config();
    add_completion();
    add_version();
  }

  int run(std::vector<std::string> words) {
    if (!words.empty() && !words[0].starts_with('-') && !has_verb(words[0])) {
      return complain(ExitStatus::usage, "there is no verb \"" + words[0] +
                                             "\"; `platter --help` lists them");
    }
    // CLI11 takes them from the back.
    std::ranges::reverse(words);
    try {
      app_.parse(words);
    } catch (const CLI::ParseError& problem) {
      // Also --help and --version come this way, with status 0.
      const bool asked = app_.exit(problem) == 0;
      return static_cast<int>(asked ? ExitStatus::ok : ExitStatus::usage);
    }
    return verb_();
  }

 private:
  bool has_verb(const std::string& name) {
    return !app_.get_subcommands([&](const CLI::App* verb) {
                  return verb->get_name() == name;
                })
                .empty();
  }

  CLI::App* add(const VerbHelp& help, std::function<int()> run) {
    return add(app_, help, std::move(run));
  }

  CLI::App* add(CLI::App& above, const VerbHelp& help,
                std::function<int()> run) {
    CLI::App* const verb =
        above.add_subcommand(std::string(help.name), std::string(help.purpose));
    verb->footer(std::string(help.examples));
    verb->callback([this, verb, run = std::move(run)] {
      // Called last for the verb above: `tasks` of `tasks cancel`.
      if (verb->get_subcommands().empty()) verb_ = run;
    });
    return verb;
  }

  void add_init() {
    CLI::App* const verb = add(kInitHelp, [this] {
      return attempt([&] { init_store(given_.store, given_.project); });
    });
    verb->add_option("STORE", given_.store, "an empty folder, or a new one")
        ->required();
    verb->add_option("--project", given_.project,
                     "the name of the project that owns the images")
        ->capture_default_str();
  }

  void add_mount() {
    CLI::App* const verb =
        add(kMountHelp, [this] { return run_mount(given_); });
    verb->add_option("STORE", given_.store, "the store's folder")->required();
    verb->add_option("MOUNTPOINT", given_.place, "an existing folder")
        ->required();
    verb->add_flag("-f,--foreground", given_.foreground,
                   "serve in this process; log to standard error");
    add_settings(verb);
  }

  void add_unmount() {
    CLI::App* const verb = add(kUnmountHelp, [this] {
      return attempt([&] { unmount(given_.place, given_.lazy); });
    });
    verb->add_option("MOUNTPOINT", given_.place, "... or the store's folder")
        ->required();
    verb->add_flag("-l,--lazy", given_.lazy,
                   "take it out of the tree although it is in use");
  }

  void add_status() {
    CLI::App* const verb =
        add(kStatusHelp, [this] { return run_status(given_); });
    verb->add_option("STORE|MOUNTPOINT", given_.place,
                     "without it: every mount");
    verb->add_flag("--json", given_.json, "one JSON object for each");
  }

  void add_why() {
    CLI::App* const verb = add(kWhyHelp, [this] {
      return attempt(
          [&] { print_why(given_.place.empty() ? "." : given_.place); });
    });
    verb->add_option("PATH", given_.place,
                     "something in a mount; without it: the current folder");
  }

  void add_inspect() {
    CLI::App* const verb =
        add(kInspectHelp, [this] { return run_inspect(given_); });
    verb->add_option("FILE", given_.files, "disk files")->required();
    verb->add_flag("--json", given_.json, "one JSON object for each file");
  }

  void add_project() {
    CLI::App* const verb = app_.add_subcommand(
        std::string(kProjectHelp.name), std::string(kProjectHelp.purpose));
    verb->footer(std::string(kProjectHelp.examples));
    verb->require_subcommand(1);
    CLI::App* const list = add(*verb, kProjectListHelp, [this] {
      return attempt([&] { list_projects(given_.place); });
    });
    add_mountpoint(list);
    takes_limits(add_project_verb(*verb, kProjectAddHelp, cli::add_project));
    takes_limits(add_project_verb(*verb, kProjectSetHelp, cli::set_project));
    add_project_verb(*verb, kProjectShowHelp, show_project);
    add_project_verb(*verb, kProjectRemoveHelp, remove_project);
  }

  CLI::App* add_project_verb(CLI::App& above, const VerbHelp& help,
                             void (*act)(const ProjectRequest&)) {
    CLI::App* const verb = add(above, help, [this, act] {
      return attempt([&] {
        act({given_.place, given_.name, given_.group, given_.limits});
      });
    });
    add_mountpoint(verb);
    verb->add_option("NAME", given_.name, "the project")->required();
    return verb;
  }

  void add_mountpoint(CLI::App* verb) {
    verb->add_option("MOUNTPOINT", given_.place,
                     "where the store is mounted with -o projects")
        ->required();
  }

  void takes_limits(CLI::App* verb) {
    verb->add_option("KEY=VALUE", given_.limits,
                     "limits: images, bytes, uploads, image_size, properties, "
                     "members; each a value, unlimited, or default");
    verb->add_option("--group", given_.group,
                     "the group of the host whose members use it")
        ->type_name("GROUP");
  }

  void add_check_launch() {
    CLI::App* const verb =
        add(kCheckLaunchHelp, [this] { return run_check_launch(given_); });
    verb->add_option("IMAGE", given_.place,
                     "an image's folder on a mount, or a file in it")
        ->required();
    verb->add_option("--disk", given_.machine.disk,
                     "the machine's disk, in GiB")
        ->type_name("GiB")
        ->check(CLI::NonNegativeNumber)
        ->required();
    verb->add_option("--ram", given_.machine.ram, "its memory, in MiB")
        ->type_name("MiB")
        ->check(CLI::NonNegativeNumber)
        ->required();
    verb->add_flag("--json", given_.json, "as one JSON object");
  }

  void add_capture() {
    add_capture_options(
        *add(kCaptureHelp, [this] { return run_capture(given_); }),
        given_.capture);
  }

  void add_import() {
    CLI::App* const verb =
        add(kImportHelp, [this] { return run_import(given_); });
    add_import_options(*verb, given_.import);
  }

  void add_tasks() {
    CLI::App* const verb = add(kTasksHelp, [this] {
      return attempt([&] { list_tasks(given_.tasks); });
    });
    add_tasks_options(*verb, given_.tasks);
    verb->require_subcommand(0, 1);
    for (const auto& [help, act] : {std::pair(&kTasksCancelHelp, &cancel_task),
                                    std::pair(&kTasksRetryHelp, &retry_task)}) {
      add_task_options(*add(*verb, *help,
                            [this, act = act] {
                              return attempt([&] { act(given_.tasks); });
                            }),
                       given_.tasks);
    }
  }

  void add_usage() {
    CLI::App* const verb =
        add(kUsageHelp, [this] { return run_usage(given_); });
    verb->add_option("PLACE", given_.usage.place,
                     "a mount, or a folder of a project's tree");
    verb->add_option("--month", given_.usage.month, "without it: this one")
        ->type_name("YYYY-MM");
    verb->add_flag("--all", given_.usage.all,
                   "of every project of the store; for administrators");
    verb->add_flag("--json", given_.usage.as_json, "as one JSON object");
    verb->add_flag("--csv", given_.usage.as_csv, "as a table for spreadsheets");
  }

  void add_config() {
    add_settings(add(kConfigHelp, [this] { return run_config(given_); }));
  }

  void add_completion() {
    CLI::App* const verb = add(kCompletionHelp, [this] {
      return attempt(
          [&] { fmt::print("{}", completion_script(app_, given_.name)); });
    });
    verb->add_option("SHELL", given_.name, "bash, zsh or fish")->required();
  }

  void add_version() {
    add(kVersionHelp, [] {
      fmt::print("platter {}\nstore format {}\n", version(), kStoreFormat);
      return static_cast<int>(ExitStatus::ok);
    });
  }

  void add_settings(CLI::App* verb) {
    verb->add_option("-o", given_.options,
                     "settings and mount options: a=1,b,c=2")
        ->type_name("LIST")
        ->allow_extra_args(false);
    verb->add_option("--config", given_.config_file,
                     "read this file in place of those in /etc and the home")
        ->type_name("FILE");
  }

  CLI::App app_{std::string(kProgramPurpose), "platter"};
  Arguments given_;
  std::function<int()> verb_;
};

bool is_helper_name(const std::string& program) {
  const std::string name = Path(program).filename().string();
  return name == "mount.platter" || name == "mount.fuse.platter";
}

// mount.fuse3, which mount(8) starts for type fuse.platter where our own
// helper is not installed, says `platter STORE MOUNTPOINT -o LIST`.
bool lacks_verb(const std::vector<std::string>& words) {
  return words.size() >= 2 && words[0].find('/') != std::string::npos;
}

}  // namespace

int run(int argc, char** argv) noexcept {
  try {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (argc > 0 && is_helper_name(argv[0])) return run_helper(words);
    if (lacks_verb(words)) words.insert(words.begin(), "mount");
    return CommandLine().run(std::move(words));
  } catch (const std::exception& error) {
    return complain(ExitStatus::failed, error.what());
  }
}

}  // namespace platter::cli
