// include/platter/image/record.h
//
// What Platter knows of one image: its names, its place in life, what its
// users say of it, and where its disk lies.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "platter/base/clock.h"
#include "platter/image/disk_map.h"
#include "platter/image/image_id.h"
#include "platter/image/original.h"

namespace platter::image {

// Counts images of a store from 1 and is never reused; node ids hold it. Below
// 2^36.
using Number = std::uint64_t;

enum class Status : std::uint8_t {
  queued = 1,       // no data
  saving = 2,       // a writer, or data being written
  active = 3,       // whole and readable
  deactivated = 4,  // whole; read by admins only
  interrupted = 5,  // the writer was cut off; may be resumed
  error = 6,        // the data was refused; status_reason says why
};
std::string_view name_of(Status status) noexcept;

// Whether an image may go from one to the other. The table is in
// docs/mount.md; staying is allowed.
bool may_become(Status from, Status to) noexcept;

enum class Visibility : std::uint8_t {
  private_ = 1,
  shared = 2,
  community = 3,
  public_ = 4,
};
std::string_view name_of(Visibility visibility) noexcept;
std::optional<Visibility> visibility_of(std::string_view name) noexcept;

// Which folder of its project shows the image.
enum class Place : std::uint8_t { images = 1, trash = 2 };

// One of the files that a disk in several files was sent as.
struct Part {
  std::string name;
  Original original;

  bool operator==(const Part&) const = default;
};

struct Record {
  // Who it is.
  Number number = 0;
  ImageId id;
  std::string project;
  Place place = Place::images;
  std::string name;
  std::uint32_t uid = 0;  // the user who made it
  Timestamp created_at;
  Timestamp updated_at;  // moved by every change of the record

  // Where it is in life.
  Status status = Status::queued;
  std::string status_reason;  // a sentence, or empty
  bool sealed = false;        // its data never changes again
  Timestamp held_since;       // see ledger.h; the catalogue sets it
  Timestamp deleted_at;       // the three of the trash
  std::string deleted_by;
  Timestamp expires_at;

  // What was uploaded.
  std::string file_name;    // the name the tool used; keeps resolving
  Timestamp modified_at;    // mtime of the disk files
  std::string disk_format;  // found in the content, or declared before
  bool format_declared = false;
  std::string container_format;
  std::string os_hash_algo;  // of the uploaded bytes; before the data: declared
  std::string os_hash_value;  // lower-case hex
  bool hash_declared = false;

  // What its users say.
  Visibility visibility = Visibility::private_;
  bool protected_ = false;
  bool os_hidden = false;
  std::uint64_t min_disk = 0;  // GiB
  std::uint64_t min_ram = 0;   // MiB
  std::map<std::string, std::string> properties;
  std::set<std::string> tags;
  // By project: "pending", "accepted", "rejected".
  std::map<std::string, std::string> members;
  std::set<std::string> hidden_files;  // removed by name: "disk.raw"

  // Where its data lies. An original without a guest is an encrypted disk: it
  // is given back as it was sent, and nobody here can read it.
  std::optional<DiskMap> guest;
  std::optional<Original> original;
  // Of an encrypted disk: bytes of the guest, by what the file says.
  std::uint64_t encrypted_size = 0;
  // What the disk lay in when it was sent: "gz", "xz", "zst", "bz2", "ova".
  // Empty: nothing.
  std::string wrapper;
  // Of a disk that was declared raw: the format that its bytes begin like.
  std::string looks_like;
  // Of a disk in several files, whose original is the descriptor. A part keeps
  // its place, which node ids hold: one that was not stored yet has no size,
  // one that was taken away before no name.
  std::vector<Part> parts;
  // Whose signature over the uploaded bytes was found good: the subject of a
  // certificate.
  std::string signed_by;
  // Those of its files that are whole, while others are missing.
  std::set<std::string> arrived;
  // Bytes that its chunks take in packs, shared ones too.
  std::uint64_t stored_size = 0;
  // Sizes of the views by their names, so that listing reads no disk map.
  std::map<std::string, std::uint64_t> view_sizes;

  // Bytes of all the files that were sent.
  std::uint64_t size() const noexcept {
    std::uint64_t bytes = original ? original->size : 0;
    for (const Part& part : parts) bytes += part.original.size;
    return bytes;
  }
  std::uint64_t virtual_size() const noexcept {
    return guest ? guest->size : encrypted_size;
  }

  bool operator==(const Record&) const = default;
};

// The name that the original is listed by: "disk.qcow2", "disk.raw.xz",
// "disk.ova", or, for a disk in several files, the one it was sent by, which
// the others may name. REQUIRES: has an original.
std::string original_name(const Record& record);

// Tagged fields, so that an older or newer Platter reads what it knows: see
// docs/format/index.md. decode throws Errc::damaged, naming the field.
std::string encode_record(const Record& record);
Record decode_record(std::string_view bytes);

}  // namespace platter::image
