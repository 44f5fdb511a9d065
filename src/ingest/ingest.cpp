// src/ingest/ingest.cpp
#include "platter/ingest/ingest.h"

#include "platter/base/error.h"
#include "store_original.h"

namespace platter::ingest {

namespace {

using format::Format;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

// The content decides; a name or a declaration that says otherwise is a
// mistake that is better told now than found at boot.
Format agreed_format(const Upload& upload) {
  if (upload.declared == Format::raw) return Format::raw;
  const Format found = format::probe(*upload.file);
  if (upload.declared && *upload.declared != found) {
    throw Error(Errc::invalid,
                quoted(upload.file_name) + " holds a " +
                    std::string(name_of(found)) +
                    " disk, but disk_format was set to " +
                    std::string(name_of(*upload.declared)) +
                    "; remove user.disk_format or send the right file");
  }
  const auto claimed = format::format_claimed_by(upload.file_name);
  if (!upload.declared && claimed && *claimed != found) {
    throw Error(Errc::invalid,
                quoted(upload.file_name) + " holds a " +
                    std::string(name_of(found)) + " disk; name it ." +
                    std::string(name_of(found)) +
                    ", or, to keep these bytes as a raw disk, set "
                    "user.disk_format=raw on the image before the upload");
  }
  return found;
}

std::vector<format::Placement> placements_of(const format::Guest& guest) {
  std::vector<format::Placement> placements;
  guest.for_each_placement([&](const format::Placement& placement) {
    placements.push_back(placement);
  });
  return placements;
}

}  // namespace

Ingested ingest(store::Store& store, Workers& workers, const Upload& upload) {
  Ingested result;
  result.format = agreed_format(upload);
  const auto guest = format::open_guest(result.format, upload.file);
  result.guest = store_disk(store, workers, *guest);
  result.original =
      store_original(store, workers, upload.file, placements_of(*guest));
  result.view_sizes = view_sizes(store, *result.guest, upload.identity);
  result.stored_size = image::stored_size(store, *result.guest) +
                       image::stored_size(store, result.original.literal);
  store.sync();
  return result;
}

}  // namespace platter::ingest
