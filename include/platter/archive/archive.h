// include/platter/archive/archive.h
//
// What a disk may lie in when it is sent: a file compressed by gzip, xz, zstd
// or bzip2, or an OVA, the tar file of a virtual machine.
//
// A wrapper is opened once, and never within another. No byte of it is
// trusted: what comes out is bounded before it is written, and every check
// that the wrapper carries is held against it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platter/base/file.h"
#include "platter/block/source.h"

namespace platter::archive {

enum class Wrapper : std::uint8_t { gz, xz, zst, bz2, ova };

inline constexpr Wrapper kWrappers[] = {Wrapper::gz, Wrapper::xz, Wrapper::zst,
                                        Wrapper::bz2, Wrapper::ova};

// "gz", "xz", ...: the ending of such files' names.
std::string_view name_of(Wrapper wrapper) noexcept;
// The wrapper that a file name's ending claims, in any letter case; nullopt
// for all other names.
std::optional<Wrapper> wrapper_claimed_by(std::string_view file_name);

// The wrapper of a file's content, whatever it is called; nullopt for content
// that is none. A tar file is an OVA when it holds an .ovf. Throws
// Errc::unsupported for archives that are not opened (zip, 7z, other tar
// files, ...), and for a tar file what unwrap() throws.
std::optional<Wrapper> wrapper_of(const block::ByteSource& file);

// How a file that begins so is compressed; nullopt for all others.
std::optional<Wrapper> compression_of(ByteView first);

// What unwrapping may cost.
struct Limits {
  std::uint64_t size = 64 * kTiB;  // bytes that come out
  // Times its own size that a compressed file may hold. A page of zeros costs
  // no space and little time: it counts as a two-hundredth.
  std::uint64_t ratio = 200;
  // What any file may hold, counted alike: bytes.
  std::uint64_t free = 256 * kMiB;
};

struct Unwrapped {
  block::SourcePtr content;  // not empty, and no wrapper itself
  // OVA: the disk's name in the tar file, and where it lies there as it is.
  std::string name;
  std::optional<std::uint64_t> offset;
};

// Opens `file`: decompresses it into a file without a name in `folder`, with
// holes where it is zeros, or finds the one disk of an OVA and checks what its
// manifest lists. REQUIRES: wrapper_of(*file) is `wrapper`.
//
// Throws Errc::corrupt for a file that was cut off, fails a check, or goes on
// after its end; Errc::mismatch when a manifest gives another digest;
// Errc::too_large past a limit; Errc::no_space; Errc::invalid and
// Errc::unsupported, with a sentence, for all that is not one plain disk.
Unwrapped unwrap(Wrapper wrapper, const block::SourcePtr& file,
                 const Path& folder, const Limits& limits);

// A file that has not arrived yet, in the order of its bytes.
class Arriving {
 public:
  virtual ~Arriving() = default;
  // The bytes from `offset` on: waits until they are there. Fewer than
  // out.size() only where the file ends.
  virtual std::size_t read(std::uint64_t offset, MutableBytes out) = 0;
};
// unwrap() of a compressed file, as it arrives. REQUIRES: compression_of() its
// first bytes is `wrapper`.
Unwrapped unwrap_arriving(Wrapper wrapper, Arriving& file, const Path& folder,
                          const Limits& limits);

}  // namespace platter::archive
