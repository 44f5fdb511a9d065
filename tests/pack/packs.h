// tests/pack/packs.h: packs in a forgetful disk, and what tests do with them.
#pragma once

#include <vector>

#include "platter/base/digest.h"
#include "platter/pack/pack.h"
#include "support/forgetful_storage.h"
#include "support/samples.h"

namespace platter::test {

inline constexpr pack::PackId kPack = 7;

inline pack::Sealed sealed(ByteView plain, pack::Kind kind = pack::Kind::data) {
  return pack::encode_frame(kind, plain, hash128(plain), 1);
}

inline std::unique_ptr<pack::Pack> create_pack(ForgetfulDisk& disk) {
  return pack::Pack::create(disk.storage()->create(kPack), kPack);
}

inline std::unique_ptr<pack::Pack> open_pack(ForgetfulDisk& disk) {
  return pack::Pack::open(disk.storage()->open(kPack), kPack);
}

// Opens a pack whose file holds `bytes`.
inline std::unique_ptr<pack::Pack> open_pack(Bytes bytes) {
  ForgetfulDisk disk;
  disk.place(kPack, std::move(bytes));
  return open_pack(disk);  // the file outlives its disk
}

// Chunks of both codecs, small enough that a test may try each byte.
inline std::vector<Bytes> small_chunks() {
  return {wordy_bytes(300, 1), random_bytes(90, 2), Bytes(1, std::byte{9}),
          wordy_bytes(500, 3), random_bytes(64, 4), wordy_bytes(200, 5)};
}

// The bytes of a pack that holds `chunks` in slots 0, 1, ...
inline Bytes pack_bytes(const std::vector<Bytes>& chunks, bool seal) {
  ForgetfulDisk disk;
  const auto pack = create_pack(disk);
  for (const Bytes& chunk : chunks) pack->append(sealed(chunk));
  if (seal) pack->seal();
  return disk.bytes(kPack);
}

}  // namespace platter::test
