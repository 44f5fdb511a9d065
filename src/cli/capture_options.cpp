#include "capture_options.h"

#include "image_options.h"
#include "platter/base/amounts.h"
#include "platter/base/error.h"

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
  verb.add_flag("--detach", request.detach, "do not wait until it is done");
  add_image_options(verb, {request.mount, request.properties, request.progress,
                           request.json});
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
  check_image_options(request.properties, request.progress);
}

}  // namespace platter::cli
