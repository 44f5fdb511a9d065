// include/platter/pack/pack.h
//
// A pack: an append-only, self-describing file of compressed, checksummed
// chunks, each in a frame, found by its slot. docs/format/pack.md has the
// bytes.
//
// A pack is open (frames are appended) or sealed (a trailer lists every
// frame; nothing changes any more). A pack that a crash left open is
// recovered frame by frame: see Pack::open().
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "platter/base/digest.h"
#include "platter/pack/storage.h"

namespace platter::pack {

// A frame's place in its pack, from 0. Stable: collecting garbage leaves the
// other frames' slots as they are.
using Slot = std::uint32_t;

// What a frame holds, so that a store can be understood from its packs alone.
enum class Kind : std::uint8_t {
  data = 1,    // a chunk of a guest or of an original
  node = 2,    // a node of a disk map or of a file map
  record = 3,  // an image's record, for rebuilding the index
};

// Where a frame lies in its pack.
struct Place {
  std::uint32_t offset = 0;  // 0: the slot is absent
  std::uint32_t length = 0;  // FrameInfo::stored_length
};

// What a frame says of its content.
struct FrameInfo {
  Kind kind = Kind::data;
  std::uint32_t plain_length = 0;   // bytes before compression
  std::uint32_t stored_length = 0;  // in the pack: header, payload, padding
  Hash128 hash;                     // of the plain bytes
};

// A chunk made ready for a pack: compressed, unless that made it longer. Made
// outside of any lock, by many threads at once.
struct Sealed {
  FrameInfo info;
  Bytes frame;  // header and payload; the slot is filled in by append()
};

// How frames are compressed.
enum class Codec : std::uint8_t { none = 0, zstd = 1 };

// A frame as read: what it says of itself, and its bytes, which agree.
struct Content {
  FrameInfo info;
  Bytes plain;
};

// `level` is zstd's (negative ones are faster). REQUIRES: plain is not empty
// and shorter than 16 MiB.
Sealed encode_frame(Kind kind, ByteView plain, Hash128 hash, int level);

// Whether `file` ends in a footer of pack `id`: it was sealed, and need not be
// recovered. Reads the last few bytes only. Throws Errc::io.
bool has_footer(const PackFile& file, PackId id);

// Thread-safe: any number of readers beside one or more appenders.
class Pack {
 public:
  // A new open pack in an empty file. Its header is durable on return.
  // Throws Errc::no_space, Errc::io. REQUIRES: id != 0.
  static std::unique_ptr<Pack> create(std::unique_ptr<PackFile> file,
                                      PackId id);
  // A pack that exists. Sealed: its trailer is read and checked. Open, or with
  // a damaged trailer: every whole frame is found by reading through the file
  // (torn and damaged ones are skipped; their slots read as absent), and the
  // pack is sealed() == false. A file cut within its header never held a frame
  // and becomes a new pack. Throws Errc::damaged when the header is not that of
  // pack `id`, Errc::unsupported for a newer format version.
  static std::unique_ptr<Pack> open(std::unique_ptr<PackFile> file, PackId id);

  PackId id() const noexcept { return id_; }
  bool sealed() const;
  std::uint64_t size() const;  // bytes of the file
  Slot slot_count() const;

  // Adds a frame and returns its slot. The bytes can be read at once and are
  // durable after sync(). Throws Errc::no_space or io: the pack then holds
  // what it held before. REQUIRES: not sealed(); size() + the frame's length
  // <= kPackLimit.
  Slot append(Sealed chunk);
  // Makes every append that returned before durable.
  void sync();
  // Syncs, writes the trailer and syncs again. Nothing can be appended after;
  // sealing twice does nothing. Throws like append(), and leaves the pack open.
  void seal();

  // The frame of a slot, decompressed and checked against its hash. One read
  // of the file. Throws Errc::damaged naming pack and slot when the bytes fail
  // their checks or the slot is absent.
  Content read(Slot slot) const;
  // nullopt for a slot that is absent. Reads the frame's header only. Throws
  // Errc::damaged when that fails its check.
  std::optional<FrameInfo> info(Slot slot) const;

 private:
  Pack(std::unique_ptr<PackFile> file, PackId id, std::uint64_t salt);

  // nullopt for a slot that is absent.
  std::optional<Place> place_of(Slot slot) const;
  std::string name_of(Slot slot) const;
  // Writes at the end; takes back what a failure left there.
  void write_at_end(ByteView bytes);

  std::unique_ptr<PackFile> file_;
  PackId id_;
  std::uint64_t salt_;  // of the frames' checks

  std::mutex append_mutex_;          // taken before mutex_, held while writing
  mutable std::shared_mutex mutex_;  // guards what follows
  std::vector<Place> places_;
  std::uint64_t end_ = 0;  // where the next frame goes; a multiple of 8
  bool sealed_ = false;
};

// A pack is sealed when a frame would take it past this size, or when it has
// this many slots: they are kept in memory, 8 bytes each.
inline constexpr std::uint64_t kPackTarget = 256 * kMiB;
inline constexpr Slot kSlotTarget = 65536;
// Offsets in a pack are 32 bits.
inline constexpr std::uint64_t kPackLimit = 4 * kGiB;

}  // namespace platter::pack
