// include/platter/base/digest.h
//
// Digests: XXH3 to find and check stored bytes (fast, not cryptographic) and
// SHA for the hashes users publish (outside libraries: xxHash, OpenSSL).
#pragma once

#include <array>
#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platter/base/bytes.h"

namespace platter {

// XXH3-128 of some bytes: a filter, never a proof. Two different inputs with
// one Hash128 can be constructed; see docs/decisions/hash-and-compare.md.
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Hash128&) const = default;
};

Hash128 hash128(ByteView bytes) noexcept;
std::uint64_t hash64(ByteView bytes) noexcept;  // XXH3-64

// sha1 is there for what others wrote down, such as an OVA's manifest. It shows
// damage; against those who mean harm it is no proof.
enum class HashAlgorithm { sha1, sha224, sha256, sha384, sha512 };

std::string_view name_of(HashAlgorithm algorithm) noexcept;
// The algorithm of that name, of those that a user may declare and read in
// os_hash_algo: "sha224" to "sha512". nullopt for other names.
std::optional<HashAlgorithm> hash_algorithm(std::string_view name);

// A hash over bytes that come in pieces. Not thread-safe.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(ByteView bytes);
  // Lower-case hex of all bytes so far; the hasher must not be used after.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// A digest of `text` for names and ids derived from others (SHA-256).
std::array<std::byte, 32> sha256(ByteView bytes);

// Lower-case hex.
std::string to_hex(ByteView bytes);
// nullopt unless `text` is an even number of hex digits.
std::optional<Bytes> from_hex(std::string_view text);

// Fills `out` from the kernel's random source. Throws Errc::io.
void fill_random(MutableBytes out);

}  // namespace platter
