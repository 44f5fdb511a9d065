// src/cli/mount_status.h
//
// What there is to say of a mount or a store, as `platter status --json` prints
// it; platter(1) lists the members.
#pragma once

#include "mountpoint.h"
#include "platter/cli/store_folder.h"
#include "platter/json/json.h"

namespace platter::cli {

// A mount of ours that may not answer. `whole`: with what it holds, which takes
// as long as listing its images.
json::Json status_of(const MountEntry& entry, bool whole);

// A store that is not mounted.
json::Json status_of(const StoreFolder& store);

}  // namespace platter::cli
