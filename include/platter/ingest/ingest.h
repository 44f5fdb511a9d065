// include/platter/ingest/ingest.h
//
// Turns an uploaded file into a stored image: takes it out of its wrapper,
// finds its format, reads its guest, cuts and stores that, and keeps what else
// the file holds so that it can be given back byte for byte.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "platter/archive/archive.h"
#include "platter/base/workers.h"
#include "platter/format/format.h"
#include "platter/image/disk_map.h"
#include "platter/image/original.h"
#include "platter/ingest/unwrap_ahead.h"
#include "platter/store/store.h"

namespace platter::ingest {

// What is kept of a file whose disk is compressed.
enum class Keep {
  exact,    // the file as it was sent, beside the guest's chunks
  rebuild,  // the same disk as a new file of its format, made of the guest
};

struct Upload {
  block::SourcePtr file;
  std::string file_name;  // what the tool called it
  // disk_format, where it was set before the data came.
  std::optional<format::Format> declared;
  format::Identity identity;
  // container_format, where it was set before the data came: "bare",
  // "compressed", "ova". Empty: it was not.
  std::string container = {};
  // A folder for what is unwrapped, and what that may cost.
  Path scratch = {};
  archive::Limits limits = {};
  Keep keep = Keep::exact;
  // What was unpacked of it while it arrived.
  std::optional<AheadUnwrapped> ahead = {};
};

struct Ingested {
  format::Format format = format::Format::raw;
  std::string wrapper;  // as Record has them
  std::string container;
  std::string looks_like;
  std::optional<image::DiskMap> guest;  // none: the disk is encrypted
  std::uint64_t encrypted_size = 0;     // as Record has it
  std::string note;  // what users should know of it: a sentence, or empty
  image::Original original;
  // The original is not the file that was sent.
  bool rebuilt = false;
  std::map<std::string, std::uint64_t> view_sizes;  // by name of view
  std::uint64_t stored_size = 0;  // bytes of packs that it names
};

// The disk that `upload` holds, opened as ingest() does; throws what that
// throws of it, and format::Encrypted.
block::SourcePtr open_upload(const Upload& upload);

// Stores `upload`; of an encrypted disk, which nobody here can read, the file
// only. On return every chunk is durable, and nothing names them yet. Throws
// what archive::unwrap(), probe() and open_guest() throw, and Errc::invalid
// when the file's name or declared format contradicts its content; what was
// stored until then is garbage, which collecting finds.
Ingested ingest(store::Store& store, Workers& workers, const Upload& upload);

// Stores the data of `disk` and answers its map. Not yet durable.
image::DiskMap store_disk(store::Store& store, Workers& workers,
                          const block::ByteSource& disk);

}  // namespace platter::ingest
