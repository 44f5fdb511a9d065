// src/service/signatures.cpp
#include "signatures.h"

#include <algorithm>
#include <cctype>

#include "platter/base/error.h"
#include "platter/base/signature.h"

namespace platter::service {

namespace {

using image::Record;

constexpr std::string_view kSignature = "img_signature";
constexpr std::string_view kMethod = "img_signature_hash_method";
constexpr std::string_view kKeyType = "img_signature_key_type";
constexpr std::string_view kCertificate = "img_signature_certificate_uuid";
constexpr std::size_t kMaxCertificate = 64 * kKiB;

std::string needed(const Record& record, std::string_view name) {
  const auto found = record.properties.find(std::string(name));
  if (found != record.properties.end()) return found->second;
  throw Error(Errc::invalid,
              "a signed image has four properties, img_signature and those "
              "that begin with img_signature_; " +
                  std::string(name) +
                  " is missing. Set it, or remove the others");
}

bool is_claimed(const Record& record) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{kSignature, kMethod, kKeyType,
                                              kCertificate},
      [&](std::string_view name) {
        return record.properties.count(std::string(name)) > 0;
      });
}

[[noreturn]] void refuse(std::string_view name, const std::string& value,
                         const std::string& wanted) {
  throw Error(Errc::invalid, std::string(name) + " is " + wanted + "; \"" +
                                 value + "\" is not");
}

// "SHA-256" as Glance writes it, or "sha256".
HashAlgorithm method_of(const std::string& value) {
  std::string name;
  for (const unsigned char c : value) {
    if (c != '-') name += static_cast<char>(std::tolower(c));
  }
  const auto algorithm = hash_algorithm(name);
  if (!algorithm) {
    refuse(kMethod, value, "one of SHA-224 SHA-256 SHA-384 SHA-512");
  }
  return *algorithm;
}

// The name of a file, never a way out of the folder.
bool is_plain(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

std::optional<SignatureClaim> signature_claim(const Record& record) {
  if (!is_claimed(record)) return std::nullopt;
  SignatureClaim claim;
  const std::string signature = needed(record, kSignature);
  const auto bytes = from_base64(signature);
  if (!bytes) refuse(kSignature, signature, "a signature in base64");
  claim.signature = *bytes;
  claim.algorithm = method_of(needed(record, kMethod));
  claim.key_type = needed(record, kKeyType);
  if (!is_key_type(claim.key_type)) {
    refuse(kKeyType, claim.key_type,
           "one of RSA-PSS DSA ECC_SECT571K1 ECC_SECT409K1 ECC_SECT571R1 "
           "ECC_SECT409R1 ECC_SECP521R1 ECC_SECP384R1");
  }
  claim.certificate = needed(record, kCertificate);
  if (!is_plain(claim.certificate)) {
    refuse(kCertificate, claim.certificate, "the name of a certificate");
  }
  return claim;
}

void check_may_be_unsigned(const Record& record,
                           const std::set<std::string>& required) {
  const std::string visibility(name_of(record.visibility));
  const bool by_project = required.count("project:" + record.project) > 0;
  if (!by_project && required.count(visibility) == 0) return;
  throw Error(Errc::no_key,
              (by_project ? "images of project \"" + record.project + "\""
                          : "images that are " + visibility) +
                  " have to be signed; set img_signature and its three "
                  "companions before the data is sent");
}

void check_set_may_be_unsigned(const Record& record,
                               const std::set<std::string>& required) {
  if (is_claimed(record)) {
    throw Error(Errc::unsupported,
                "a disk in several files has no one signature; remove the "
                "img_signature properties, or convert the disk to one file "
                "and sign that");
  }
  check_may_be_unsigned(record, required);
}

std::string signer_of(const SignatureClaim& claim, ByteView digest,
                      const Path& folder, Timestamp now) {
  const std::string file = claim.certificate + ".pem";
  const auto pem = folder.empty() ? std::nullopt
                                  : read_whole(folder / file, kMaxCertificate);
  if (!pem) {
    throw Error(Errc::no_key,
                "the certificate \"" + claim.certificate +
                    "\" is not known here; an administrator puts it as " +
                    file + " into the folder that [images] certificates names");
  }
  const Certificate certificate(as_text(*pem));
  if (!certificate.is_valid_at(now)) {
    throw Error(Errc::key_rejected, "the certificate \"" + claim.certificate +
                                        "\" of " + certificate.subject() +
                                        " has expired, or is not yet valid");
  }
  if (!certificate.signed_digest(claim.key_type, claim.algorithm, digest,
                                 claim.signature)) {
    throw Error(Errc::key_rejected,
                "img_signature is not a signature over this data by " +
                    certificate.subject() +
                    "; send the file that was signed, or sign this one");
  }
  return certificate.subject();
}

}  // namespace platter::service
