// include/platter/cli/exit_status.h
//
// What a verb's exit status means; the table of platter(1).
#pragma once

#include "platter/base/error.h"

namespace platter::cli {

enum class ExitStatus {
  ok = 0,
  failed = 1,        // the host or its storage did not play along
  usage = 2,         // the command line or the configuration is wrong
  not_found = 3,     // a store, mount or file that is not there
  refused = 4,       // it is there, and the request is against its rules
  busy = 5,          // somebody uses it; may succeed later
  damage = 26,       // stored data fails its check; or an inspected file
  mount_failed = 32  // `platter mount`: in place of `failed`
};

// What mount(8) expects of its helpers.
enum class HelperStatus { ok = 0, usage = 1, system = 2, mount_failed = 32 };

ExitStatus exit_status_of(Errc code) noexcept;

}  // namespace platter::cli
