// tests/fuzz/probe_target.h
//
// Any bytes, as an upload that is looked at: what a format says of them, what
// they are taken for, and what `platter inspect` finds. The fuzzer and the
// replay of its corpus share it.
#pragma once

#include "fuzz/guest_laws.h"
#include "platter/block/sources.h"
#include "platter/format/description.h"
#include "platter/ingest/inspect.h"

namespace platter::test {

inline void check_inspection(const ingest::Inspection& found) {
  if (found.refusal) {
    const Errc code = found.refusal->code();
    require(code == Errc::corrupt || code == Errc::invalid ||
                code == Errc::unsupported || code == Errc::mismatch ||
                code == Errc::too_large,
            "an untrusted file is refused as such");
    require(std::string_view(found.refusal->what()).size() > 10,
            "a refusal is a sentence");
    return;
  }
  require(format::format_of(found.format).has_value(),
          "what is taken is of one format");
  require(found.description.virtual_size > 0, "a disk has a size");
  require(found.allocated ? *found.allocated <= *found.description.virtual_size
                          : !found.description.encryption.empty(),
          "a disk is read, or encrypted");
}

inline void check_probe_bytes(ByteView input, const Path& folder) {
  ingest::Upload upload;
  upload.file = block::memory_source(to_bytes(input));
  upload.file_name = "disk.img";
  upload.scratch = folder;
  upload.limits = {4 * kMiB, 100, kMiB};
  check_inspection(ingest::inspect(upload));
  for (const format::Format format : format::kReadFormats) {
    format::describe(format, *upload.file);
  }
  if (!input.empty()) {
    require(format::looks_like(*upload.file).size() <= 10,
            "a file has no more marks than there are");
  }
}

}  // namespace platter::test
