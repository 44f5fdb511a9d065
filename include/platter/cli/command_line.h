// include/platter/cli/command_line.h
//
// The command line: says what the user wants done, does it, and answers with
// the exit status that tells a script how it went.
#pragma once

namespace platter::cli {

// Runs the verb that `argv` names. Under the name mount.platter or
// mount.fuse.platter it is a helper of mount(8). Prints results on standard
// output, problems on standard error, and throws nothing.
int run(int argc, char** argv) noexcept;

}  // namespace platter::cli
