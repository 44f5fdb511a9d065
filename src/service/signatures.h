// src/service/signatures.h
//
// Signed uploads: what an image claims of who signed its bytes, in the four
// img_signature properties, and whether that is true.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "platter/base/clock.h"
#include "platter/base/digest.h"
#include "platter/base/file.h"
#include "platter/image/record.h"

namespace platter::service {

struct SignatureClaim {
  Bytes signature;
  HashAlgorithm algorithm = HashAlgorithm::sha256;
  std::string key_type;
  std::string certificate;  // its file's name in the folder, without .pem
};

// nullopt when none of the four is set. Throws Errc::invalid, naming it, for
// one that is missing or is not understood.
std::optional<SignatureClaim> signature_claim(const image::Record& record);

// Throws Errc::no_key for an image that has to be signed and is not.
// `required`: as Options has it.
void check_may_be_unsigned(const image::Record& record,
                           const std::set<std::string>& required);

// As above, of a disk in several files, which cannot be signed as one. Throws
// Errc::unsupported when it is said to be.
void check_set_may_be_unsigned(const image::Record& record,
                               const std::set<std::string>& required);

// The certificate's subject, when its owner signed what has this digest.
// Throws Errc::no_key when `folder` has no such certificate, Errc::key_rejected
// when it is not valid at `now` or the signature is not its owner's.
std::string signer_of(const SignatureClaim& claim, ByteView digest,
                      const Path& folder, Timestamp now);

}  // namespace platter::service
