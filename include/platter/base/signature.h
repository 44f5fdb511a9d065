// include/platter/base/signature.h
//
// Detached signatures over a digest, checked against X.509 certificates
// (outside library: OpenSSL). The key types are those that Glance's users
// know: docs.openstack.org/glance, "Image Signature Verification".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platter/base/bytes.h"
#include "platter/base/clock.h"
#include "platter/base/digest.h"

namespace platter {

// nullopt unless `text` is base64 (RFC 4648, section 4), line ends ignored.
std::optional<Bytes> from_base64(std::string_view text);

// Whether `name` is a key type: RSA-PSS, DSA, ECC_SECT571K1, ECC_SECT409K1,
// ECC_SECT571R1, ECC_SECT409R1, ECC_SECP521R1, ECC_SECP384R1.
bool is_key_type(std::string_view name);

// Not thread-safe.
class Certificate {
 public:
  // The first certificate of a PEM text. Throws Errc::invalid.
  explicit Certificate(std::string_view pem);
  ~Certificate();
  Certificate(Certificate&&) noexcept;

  // "CN=Builder,O=Example", as RFC 2253 writes names.
  std::string subject() const;
  bool is_valid_at(Timestamp time) const;

  // Whether `signature` was made over `digest`, which is one by `algorithm`,
  // by the owner of the certificate's key. Throws Errc::key_rejected when the
  // key is not of `key_type`. REQUIRES: is_key_type(key_type).
  bool signed_digest(std::string_view key_type, HashAlgorithm algorithm,
                     ByteView digest, ByteView signature) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace platter
