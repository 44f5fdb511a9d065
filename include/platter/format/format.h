// include/platter/format/format.h
//
// A disk image format is a pair of inverse functions: open_guest() takes a
// file's bytes to the disk a machine sees, make_view() takes that disk to a
// file's bytes. One law tests every format: a guest that is shown as a view
// and opened again is the same guest.
//
// Nothing here knows where bytes come from, and no byte of a file is trusted.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "platter/base/clock.h"
#include "platter/base/error.h"
#include "platter/block/source.h"

namespace platter::format {

// In the order a directory lists them. A number is for ever: node ids hold it.
enum class Format : std::uint8_t {
  raw = 0,
  qcow2 = 1,
  vmdk = 2,
  vhd = 3,
  vhdx = 4,
  vdi = 5,
  iso = 6,  // an optical disc; only read
};

// Those that a guest can be shown as.
inline constexpr Format kFormats[] = {
    Format::raw, Format::qcow2, Format::vmdk,
    Format::vhd, Format::vhdx,  Format::vdi,
};

// Those that are read.
inline constexpr Format kReadFormats[] = {
    Format::raw,  Format::qcow2, Format::vmdk, Format::vhd,
    Format::vhdx, Format::vdi,   Format::iso,
};

// "raw", "qcow2", ...: the value of disk_format and the extension of
// disk.<name>.
std::string_view name_of(Format format) noexcept;
// nullopt for a name that is no Format.
std::optional<Format> format_of(std::string_view name) noexcept;

// The format that a file name's extension claims, in any letter case: ".raw"
// raw, ".qcow2" and ".qcow" qcow2, ".vhd" and ".vpc" vhd, and so on. nullopt
// for extensions that claim none (".img", ".bin") or that Platter does not
// know.
std::optional<Format> format_claimed_by(std::string_view file_name) noexcept;

// The format of a file's content, by its first bytes and, for formats marked
// at the end, its last. Content that is no other format is raw. Throws
// Errc::unsupported, with a sentence, for a format that is recognised but
// cannot be taken (qcow version 1, QED, DMG, ...), and Errc::invalid for one
// that is two formats at once. A raw disk encrypted by LUKS is raw. REQUIRES:
// file.size() > 0.
Format probe(const block::ByteSource& file);

// The names of all formats that the file's content is marked as, those that
// cannot be taken too ("qcow2", "QED"). None: it is raw to everybody. REQUIRES:
// file.size() > 0.
std::vector<std::string_view> looks_like(const block::ByteSource& file);

// A run of the file that holds guest bytes as they are.
struct Placement {
  std::uint64_t file_offset = 0;
  std::uint64_t guest_offset = 0;
  std::uint64_t length = 0;

  bool operator==(const Placement&) const = default;
};

// The guest of an uploaded file. Its size() is a multiple of 512.
class Guest : public block::ByteSource {
 public:
  // Calls `visit` for the placements, in rising file_offset, none
  // overlapping another in the file or in the guest. What no placement names
  // (headers, tables, compressed clusters) is not guest data as it stands.
  virtual void for_each_placement(
      const std::function<void(const Placement&)>& visit) const = 0;
};

// What open_guest() throws of a disk that is in order, but whose guest nobody
// reads without a key. Errc::unsupported.
class Encrypted final : public Error {
 public:
  Encrypted(const std::string& what, std::string_view method,
            std::uint64_t guest_size)
      : Error(Errc::unsupported, what),
        method_(method),
        guest_size_(guest_size) {}

  // "LUKS", "AES", ...
  std::string_view method() const noexcept { return method_; }
  // As the file says, in bytes.
  std::uint64_t guest_size() const noexcept { return guest_size_; }

 private:
  std::string_view method_;  // lives for ever
  std::uint64_t guest_size_;
};

// Checks `file`'s structure whole, before a byte of the guest is read; what is
// left to fail later is decompression (Errc::corrupt by read()). Throws
// Errc::corrupt when it contradicts itself or its length, Errc::invalid for
// what is refused for safety (backing file, data file), Errc::unsupported
// for unknown features, Encrypted when nothing else is wrong; each sentence
// names field and value.
std::shared_ptr<const Guest> open_guest(Format format, block::SourcePtr file);

// What a view's ids and times derive from, so that every mount of every host
// shows the same bytes.
struct Identity {
  std::array<std::byte, 16> image_id;
  Timestamp created_at;
};

// The guest as a file of `format`, worked out as it is read; knows its size()
// without reading guest bytes. REQUIRES: can_hold(format, *guest).
block::SourcePtr make_view(Format format, block::SourcePtr guest,
                           const Identity& identity);

// Whether a file of `format` can hold a guest of this size. False for 0 and
// for sizes that are not multiples of 512, and always for iso.
bool can_hold(Format format, std::uint64_t guest_size) noexcept;
// ... this guest. Some formats hold large disks only as long as not too much
// of them is data. Reads none of it.
bool can_hold(Format format, const block::ByteSource& guest);

}  // namespace platter::format
