// src/base/digest.cpp
#include "platter/base/digest.h"

#include <openssl/evp.h>
#include <sys/random.h>
#include <xxhash.h>

#include <cerrno>

#include "platter/base/error.h"

namespace platter {

Hash128 hash128(ByteView bytes) noexcept {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::uint64_t hash64(ByteView bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string_view name_of(HashAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return "sha1";
    case HashAlgorithm::sha224:
      return "sha224";
    case HashAlgorithm::sha256:
      return "sha256";
    case HashAlgorithm::sha384:
      return "sha384";
    case HashAlgorithm::sha512:
      return "sha512";
  }
  return "unknown";
}

std::optional<HashAlgorithm> hash_algorithm(std::string_view name) {
  for (const HashAlgorithm algorithm :
       {HashAlgorithm::sha224, HashAlgorithm::sha256, HashAlgorithm::sha384,
        HashAlgorithm::sha512}) {
    if (name == name_of(algorithm)) return algorithm;
  }
  return std::nullopt;
}

struct Hasher::Context {
  EVP_MD_CTX* openssl = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(openssl); }
};

Hasher::Hasher(HashAlgorithm algorithm)
    : context_(std::make_unique<Context>()) {
  const EVP_MD* kind =
      EVP_get_digestbyname(std::string(name_of(algorithm)).c_str());
  if (EVP_DigestInit_ex(context_->openssl, kind, nullptr) != 1) {
    throw Error(Errc::io, "hash: OpenSSL cannot start " +
                              std::string(name_of(algorithm)));
  }
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(ByteView bytes) {
  EVP_DigestUpdate(context_->openssl, bytes.data(), bytes.size());
}

std::string Hasher::finish() {
  std::array<std::byte, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  EVP_DigestFinal_ex(context_->openssl,
                     reinterpret_cast<unsigned char*>(digest.data()), &length);
  return to_hex({digest.data(), length});
}

std::array<std::byte, 32> sha256(ByteView bytes) {
  std::array<std::byte, 32> digest;
  EVP_Digest(bytes.data(), bytes.size(),
             reinterpret_cast<unsigned char*>(digest.data()), nullptr,
             EVP_sha256(), nullptr);
  return digest;
}

std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

namespace {
int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}
}  // namespace

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

void fill_random(MutableBytes out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error(errno, "read the kernel's random source");
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace platter
