// src/cli/help.h
//
// The words of --help. Each verb's end with lines to paste.
#pragma once

#include <string_view>

namespace platter::cli {

struct VerbHelp {
  std::string_view name;
  std::string_view purpose;
  std::string_view examples;
};

inline constexpr std::string_view kProgramPurpose =
    "Platter keeps disk images of virtual machines and shows them as files, "
    "each in every format.";

inline constexpr std::string_view kProgramHelp =
    R"(The first five minutes:
  platter init ~/store
  mkdir -p ~/img && platter mount ~/store ~/img
  cp debian.qcow2 ~/img/images/
  ls -l ~/img/images/debian
  platter unmount ~/img

platter VERB --help says more about each. Exit status: 0 done, 1 failed,
2 usage or configuration, 3 not there, 4 refused, 5 in use, 26 stored data
damaged, 32 not mounted. The manual: man platter.)";

inline constexpr VerbHelp kInitHelp{"init",
                                    "Make a store in a new or empty folder",
                                    R"(Examples:
  platter init ~/store
  platter init /srv/platter --project web)"};

inline constexpr VerbHelp kMountHelp{
    "mount", "Show a store as a tree of files",
    R"(Returns when the tree answers; the daemon goes on in the background and logs
to STORE/log/platter.log. `platter config` lists the settings that -o takes.

Examples:
  platter mount ~/store ~/img
  platter mount /srv/platter /mnt/img -o allow_other,groups=default=staff
  platter mount /srv/platter /mnt/img -o projects,quota_images=100
  platter mount ~/store ~/img -o formats=original,ro
  platter mount ~/store ~/img -f -o log_level=debug
  mount -t fuse.platter /srv/platter /mnt/img -o nofail,allow_other)"};

inline constexpr VerbHelp kUnmountHelp{
    "unmount", "End a mount, a dead one too",
    R"(Returns when the store is free for the next mount. If the mount is in use, says
which processes use it.

Examples:
  platter unmount ~/img
  platter unmount --lazy ~/img)"};

inline constexpr VerbHelp kStatusHelp{
    "status", "Say what is mounted, what it holds and how it is",
    R"(With an argument: also its health, what is wrong and what to do, and for
administrators what it is doing right now. The exit status is 1 when a mount does
not answer within seconds.

Examples:
  platter status
  platter status ~/img
  platter status --json /srv/platter | jq -r .health.status)"};

inline constexpr VerbHelp kWhyHelp{
    "why", "Say why something was refused",
    R"(A program that fails can only say "Invalid argument"; this prints the sentence
that goes with it: the newest of MOUNTPOINT/info/errors about the path.

Examples:
  platter why ~/img/images/debian
  cd ~/img/images/debian && platter why)"};

inline constexpr VerbHelp kInspectHelp{
    "inspect", "Say what a disk file is, and whether an upload would be taken",
    R"(Needs no store and no mount, and never opens a file that another names. The
exit status is 0 when every file would be taken; else it tells of the first that
would not: 4 refused, 26 damaged or cut off, 3 not there.

Examples:
  platter inspect debian.qcow2
  platter inspect *.vmdk *.ova
  platter inspect --json disk.img | jq -r .format
  platter inspect download.qcow2 && cp download.qcow2 ~/img/images/)"};

inline constexpr VerbHelp kProjectHelp{
    "project", "List, make, limit and remove projects",
    R"(A project is a group of the host: its members use MOUNTPOINT/projects/NAME.
These are short for mkdir, setfattr, getfattr and rmdir there.

Examples:
  platter project list /mnt/img
  platter project add /mnt/img web --group webteam images=20 bytes=500GiB
  platter project set /mnt/img web bytes=1TiB uploads=default
  platter project show /mnt/img web
  platter project remove /mnt/img web)"};

inline constexpr VerbHelp kProjectListHelp{"list", "Say what each project has",
                                           R"(Examples:
  platter project list /mnt/img)"};

inline constexpr VerbHelp kProjectAddHelp{
    "add", "Make a project; for administrators",
    R"(Without --group its members are those of the group of its name.

Examples:
  platter project add /mnt/img web
  platter project add /mnt/img web --group webteam images=20 bytes=500GiB)"};

inline constexpr VerbHelp kProjectSetHelp{
    "set", "Change limits and group of a project; for administrators",
    R"(Lowering a limit removes nothing.

Examples:
  platter project set /mnt/img web images=50 bytes=unlimited
  platter project set /mnt/img web images=default --group webteam)"};

inline constexpr VerbHelp kProjectShowHelp{
    "show", "Say what a project has, and what it may have",
    R"(Examples:
  platter project show /mnt/img web)"};

inline constexpr VerbHelp kProjectRemoveHelp{
    "remove", "Remove a project without images; for administrators",
    R"(Examples:
  platter project remove /mnt/img web)"};

inline constexpr VerbHelp kCheckLaunchHelp{
    "check-launch", "Say whether a machine is enough for an image",
    R"(For the hooks of schedulers: reads what a mount says of the image. The exit
status is 0 when it may be launched, 4 when not, 3 when there is no such image.

Examples:
  platter check-launch ~/img/images/debian --disk 20 --ram 2048
  platter check-launch ~/img/images/debian/disk.raw --disk 5 --ram 512 --json)"};

inline constexpr VerbHelp kCaptureHelp{
    "capture", "Make an image of a machine's disk, running or stopped",
    R"(A running machine is named by the socket of its monitor (qemu -qmp
unix:SOCKET,server=on,wait=off). The image is its disk at the moment of the start;
the machine runs on. A stopped one is named by its disk, whose backing files are
copied along. NAME is the new image: in the mount that the current folder lies in,
that of --mount, or the only one; or a path that ends in images/NAME.

Examples:
  platter capture --qmp /run/vm/web.qmp web-golden
  platter capture --qmp /run/vm/web.qmp --freeze --device vda ~/img/images/web-1
  platter capture web.qcow2 --property os_distro=debian --mount ~/img web-golden
  platter capture --qmp /run/vm/web.qmp --detach web-golden; platter tasks --follow)"};

inline constexpr VerbHelp kImportHelp{
    "import", "Make an image of a disk file on the web",
    R"(The mount fetches it in the background, and goes on after a cut or a restart;
this waits for it, or with --detach does not. What is served compressed is taken
as it is. A name from `platter import --list` stands for its publisher's newest
build, and is verified by its checksum. Administrators may also name file:// URLs.

Examples:
  platter import debian-12
  platter import https://example.org/disk.qcow2 --name web --sha256 SUM
  platter import https://example.org/a.raw.xz --checksums https://example.org/SHA256SUMS
  platter import --mount ~/img --detach -p os_distro=debian debian-12
  setfattr -n user.import -v https://example.org/disk.qcow2 ~/img/images/web)"};

inline constexpr VerbHelp kTasksHelp{
    "tasks", "Say what goes on in the background",
    R"(Tasks are files of info/tasks/ in each project's tree; they are shown for two
days after they ended. rm cancels one that is under way.

Examples:
  platter tasks
  platter tasks ~/img --follow
  platter tasks /mnt/img/projects/web --json | jq -r .message
  platter tasks cancel 17
  platter tasks retry 17 ~/img)"};

inline constexpr VerbHelp kTasksCancelHelp{"cancel", "End a task",
                                           R"(Examples:
  platter tasks cancel 17
  platter tasks cancel 17 ~/img)"};

inline constexpr VerbHelp kTasksRetryHelp{"retry", "Try a failed task again",
                                          R"(Examples:
  platter tasks retry 17)"};

inline constexpr VerbHelp kUsageHelp{
    "usage", "Say what images a project held in a month, and what that costs",
    R"(An image counts from when it is active until it goes to the trash, with the
bytes that were uploaded; begun hours count whole. A GiB-month is 1 GiB held for
all hours of a month; the rate is the setting billing.rate. The same is in
info/usage.csv, .json and info/usage/ of each project's tree, and of all projects in
info/operator/ of the mount.

Examples:
  platter usage
  platter usage --month 2026-11 ~/img
  platter usage /mnt/img/projects/web --csv > web.csv
  platter usage --all --json /mnt/img | jq .cost)"};

inline constexpr VerbHelp kConfigHelp{
    "config", "Print the settings in force, and where each comes from",
    R"(What it prints is a configuration file. In order, each over the one before:
/etc/platter/config.toml, /etc/platter/config.d/*.toml,
~/.config/platter/config.toml, variables such as PLATTER_STORE_CACHE, -o.

Examples:
  platter config
  platter config -o cache=256MiB,formats=raw:qcow2
  platter config > ~/.config/platter/config.toml)"};

inline constexpr VerbHelp kCompletionHelp{
    "completion", "Print what a shell needs to complete commands",
    R"(Examples:
  source <(platter completion bash)
  platter completion zsh > ~/.zfunc/_platter
  platter completion fish > ~/.config/fish/completions/platter.fish)"};

inline constexpr VerbHelp kVersionHelp{"version", "Print the version",
                                       R"(Examples:
  platter version)"};

}  // namespace platter::cli
