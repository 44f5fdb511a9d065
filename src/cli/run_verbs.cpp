// src/cli/run_verbs.cpp
#include "run_verbs.h"

#include <fmt/core.h>

#include "guarded.h"
#include "platter/base/error.h"
#include "platter/cli/exit_status.h"
#include "platter/cli/mount_options.h"
#include "property_rules.h"

namespace platter::cli {

namespace {

// Options and configuration together. Throws Errc::invalid for either.
struct Settled {
  MountOptions options;
  Configuration configuration;
};

Settled settle(const Arguments& arguments) {
  Settled settled;
  for (const std::string& list : arguments.options) {
    add_mount_options(settled.options, list);
  }
  settled.configuration =
      load_configuration(arguments.config_file, settled.options.settings);
  return settled;
}

MountRequest mount_request(const Settled& settled, const Path& store,
                           const Path& mountpoint) {
  MountRequest request;
  request.store = store;
  request.mountpoint = mountpoint;
  request.config = settled.configuration.config();
  request.rules = property_rules(request.config.schema);
  request.kernel_options = settled.options.kernel;
  request.source = settled.options.source;
  return request;
}

}  // namespace

int complain(ExitStatus status, const std::string& sentence) {
  fmt::print(stderr, "platter: {}\n", sentence);
  return static_cast<int>(status);
}

int attempt(const std::function<void()>& verb, ExitStatus failed) {
  try {
    verb();
    return static_cast<int>(ExitStatus::ok);
  } catch (const Error& error) {
    const ExitStatus status = exit_status_of(error.code());
    return complain(status == ExitStatus::failed ? failed : status,
                    error.what());
  } catch (const std::exception& error) {
    return complain(failed, error.what());
  }
}

int run_mount(const Arguments& arguments) {
  MountRequest request;
  try {
    request =
        mount_request(settle(arguments), arguments.store, arguments.place);
    request.foreground = arguments.foreground;
  } catch (const Error& error) {
    return complain(ExitStatus::usage, error.what());
  }
  return attempt([&] { mount_store(request); }, ExitStatus::mount_failed);
}

int run_inspect(const Arguments& arguments) {
  try {
    return static_cast<int>(
        inspect_files(arguments.files, arguments.json,
                      settle(arguments).configuration.config()));
  } catch (const Error& error) {
    return complain(ExitStatus::usage, error.what());
  }
}

int run_status(const Arguments& arguments) {
  ExitStatus status = ExitStatus::ok;
  const int failed =
      attempt([&] { status = print_status(arguments.place, arguments.json); });
  return failed != 0 ? failed : static_cast<int>(status);
}

int run_check_launch(const Arguments& arguments) {
  ExitStatus status = ExitStatus::ok;
  const int failed = attempt([&] {
    status = check_launch(arguments.place, arguments.machine, arguments.json);
  });
  return failed != 0 ? failed : static_cast<int>(status);
}

int run_capture(const Arguments& arguments) {
  try {
    check_capture(arguments.capture);
  } catch (const Error& error) {
    return complain(ExitStatus::usage, error.what());
  }
  const auto run = [&] {
    return attempt([&] { capture_disk(arguments.capture); });
  };
  return arguments.capture.detach ? run() : run_guarded(run);
}

int run_import(const Arguments& arguments) {
  const ImportVerbRequest& request = arguments.import;
  try {
    check_import(request);
    if (request.list) {
      const auto settled = settle(arguments);
      list_image_sources(settled.configuration.config().import.sources);
      return static_cast<int>(ExitStatus::ok);
    }
  } catch (const Error& error) {
    return complain(ExitStatus::usage, error.what());
  }
  return attempt([&] { import_image(request); });
}

int run_usage(const Arguments& arguments) {
  try {
    check_usage(arguments.usage);
  } catch (const Error& error) {
    return complain(ExitStatus::usage, error.what());
  }
  return attempt([&] { print_usage(arguments.usage); });
}

int run_config(const Arguments& arguments) {
  try {
    print_configuration(settle(arguments).configuration);
    return static_cast<int>(ExitStatus::ok);
  } catch (const Error& error) {
    return complain(ExitStatus::usage, error.what());
  }
}

int run_helper(const std::vector<std::string>& words) {
  const auto fail = [](HelperStatus status, const char* sentence) {
    fmt::print(stderr, "mount.platter: {}\n", sentence);
    return static_cast<int>(status);
  };
  HelperCall call;
  MountRequest request;
  try {
    call = parse_helper_call(words);
    Arguments none;
    Settled settled = settle(none);
    settled.options = call.options;
    settled.configuration.read_options(call.options.settings);
    request = mount_request(settled, call.source, call.target);
  } catch (const Error& error) {
    return fail(HelperStatus::usage, error.what());
  }
  try {
    if (!call.fake) mount_store(request);
    return static_cast<int>(HelperStatus::ok);
  } catch (const Error& error) {
    return fail(HelperStatus::mount_failed, error.what());
  } catch (const std::exception& error) {
    return fail(HelperStatus::system, error.what());
  }
}

}  // namespace platter::cli
