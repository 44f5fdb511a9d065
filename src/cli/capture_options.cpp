#include "capture_options.h"

#include "platter/base/amounts.h"
#include "platter/base/error.h"
#include "progress.h"

namespace platter::cli {

void add_capture_options(CLI::App& verb, CaptureRequest& request) {
  verb.add_option("[DISKFILE] NAME", request.words,
                  "a stopped machine's disk; the new image")
      ->required()
      ->expected(1, 2);
  verb.add_option("--qmp", request.qmp, "the monitor of a running machine")
      ->type_name("SOCKET");
  verb.add_option("--device", request.device,
                  "which of its disks: a device's id or name, or a block node")
      ->type_name("DEVICE");
  verb.add_flag("--freeze", request.freeze,
                "bring the guest's file systems to rest for the moment of the "
                "copy, by its agent");
  verb.add_option("--agent", request.agent,
                  "the agent's socket, where the monitor does not know it")
      ->type_name("SOCKET");
  verb.add_option("--speed", request.speed, "bytes a second at most: 50MiB")
      ->type_name("SIZE");
  verb.add_option("--format", request.format,
                  "of DISKFILE, as qemu-img calls it; raw ones should say so")
      ->type_name("FORMAT");
  verb.add_option("--mount", request.mount, "the mount that NAME belongs to")
      ->type_name("MOUNTPOINT");
  verb.add_option("--property", request.properties,
                  "a property of the image; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--progress", request.progress,
                  "how far it is: bar, json or none")
      ->type_name("STYLE");
  verb.add_flag("--json", request.json, "say what was made as one JSON object");
}

void check_capture(const CaptureRequest& request) {
  const bool running = !request.qmp.empty();
  const auto check = [](bool right, const std::string& sentence) {
    if (!right) throw Error(Errc::invalid, sentence);
  };
  check(request.words.size() == (running ? 1 : 2),
        running ? "with --qmp give the new image's NAME and nothing else"
                : "give the disk and the new image's NAME, or --qmp for a "
                  "machine that runs");
  check(running || (request.device.empty() && !request.freeze &&
                    request.speed.empty()),
        "--device, --freeze and --speed are for running machines; name one "
        "with --qmp");
  check(request.freeze || request.agent.empty(),
        "--agent says who freezes the guest; add --freeze");
  check(!running || request.format.empty(),
        "--format is of a stopped machine's disk; leave it out");
  check(request.speed.empty() || parse_size(request.speed).value_or(0) > 0,
        "--speed takes bytes a second, like 50MiB; \"" + request.speed +
            "\" is none");
  for (const std::string& property : request.properties) {
    check(property.find('=') != property.npos && property.front() != '=',
          "--property takes KEY=VALUE; \"" + property + "\" is none");
  }
  progress_style(request.progress);
}

}  // namespace platter::cli
