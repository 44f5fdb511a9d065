// src/format/vhdx_log.h
//
// A VHDX that was not closed has changes of its tables in a log. They are
// replayed here over the file, which itself is not changed.
#pragma once

#include <map>

#include "vhdx_layout.h"

namespace platter::format::vhdx {

// A file with the writes of its log laid over it. Memory: some 100 bytes a
// write; the bytes stay in the log. Thread-safe once made.
class Replayed final : public block::ByteSource {
 public:
  // A page of the file (kPageSize) that the log has: 4,084 bytes of it at
  // `log_offset` of the file, the bytes before and after them here.
  struct LoggedPage {
    std::uint64_t log_offset = 0;
    std::uint64_t leading = 0;   // 8 bytes, little endian
    std::uint32_t trailing = 0;  // 4 bytes
  };

  explicit Replayed(block::SourcePtr file);

  // Each lies over what was written before; used while it is made. REQUIRES:
  // offset and length are multiples of kPageSize, offset + length fits.
  void write_page(std::uint64_t offset, const LoggedPage& page);
  void write_zeros(std::uint64_t offset, std::uint64_t length);
  // Makes the file at least this long.
  void grow_to(std::uint64_t size);

  std::uint64_t size() const noexcept override { return size_; }
  void read(std::uint64_t offset, MutableBytes out) const override;
  block::Extent extent_at(std::uint64_t offset) const override;

  // Calls `visit` with offset and length of each part of the range that is
  // as it is in the file.
  void for_each_untouched(
      std::uint64_t offset, std::uint64_t length,
      const std::function<void(std::uint64_t, std::uint64_t)>& visit) const;

 private:
  struct Patch {
    std::uint64_t length = 0;
    std::optional<LoggedPage> page;  // else zeros
  };
  using Patches = std::map<std::uint64_t, Patch>;

  // The patch that has `offset`, or else the next one.
  Patches::const_iterator patch_at(std::uint64_t offset) const;
  void insert(std::uint64_t offset, Patch patch);
  void read_page(const LoggedPage& page, std::uint64_t within,
                 MutableBytes out) const;
  void read_file(std::uint64_t offset, MutableBytes out) const;

  block::SourcePtr file_;
  std::uint64_t size_;
  Patches patches_;  // by offset, none overlapping another
};

// `file` as its log makes it, without any change when it has no log. Throws
// Errc::corrupt when the log holds no valid sequence of entries, or the file
// was cut off since; Errc::unsupported when the log has another version or
// more bytes than are replayed. `header` is the file's.
std::shared_ptr<const Replayed> replay_log(block::SourcePtr file,
                                           const Header& header);

}  // namespace platter::format::vhdx
