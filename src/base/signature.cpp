// src/base/signature.cpp
#include "platter/base/signature.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "platter/base/error.h"

namespace platter {

namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* one) const {
    Free(one);
  }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

using Bio = Owned<BIO, BIO_free_all>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Verifier = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

struct KeyType {
  std::string_view name;
  int id;             // of OpenSSL
  const char* curve;  // for elliptic curves
};

constexpr KeyType kKeyTypes[] = {
    {"RSA-PSS", EVP_PKEY_RSA, nullptr},
    {"DSA", EVP_PKEY_DSA, nullptr},
    {"ECC_SECT571K1", EVP_PKEY_EC, "sect571k1"},
    {"ECC_SECT409K1", EVP_PKEY_EC, "sect409k1"},
    {"ECC_SECT571R1", EVP_PKEY_EC, "sect571r1"},
    {"ECC_SECT409R1", EVP_PKEY_EC, "sect409r1"},
    {"ECC_SECP521R1", EVP_PKEY_EC, "secp521r1"},
    {"ECC_SECP384R1", EVP_PKEY_EC, "secp384r1"},
};

const KeyType* key_type(std::string_view name) {
  const auto found = std::ranges::find(kKeyTypes, name, &KeyType::name);
  return found == std::end(kKeyTypes) ? nullptr : &*found;
}

const unsigned char* raw(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

const EVP_MD* openssl_digest(HashAlgorithm algorithm) {
  return EVP_get_digestbyname(std::string(name_of(algorithm)).c_str());
}

std::string curve_of(EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1) {
    return "an unnamed curve";
  }
  return {name.data(), length};
}

void check_type(EVP_PKEY* key, const KeyType& type) {
  const int id = EVP_PKEY_get_base_id(key);
  const bool pss = type.id == EVP_PKEY_RSA && id == EVP_PKEY_RSA_PSS;
  if (id != type.id && !pss) {
    throw Error(Errc::key_rejected,
                "the certificate's key is of another type than " +
                    std::string(type.name));
  }
  if (type.curve != nullptr && curve_of(key) != type.curve) {
    throw Error(Errc::key_rejected, "the certificate's key is on " +
                                        curve_of(key) + ", not " + type.curve);
  }
}

// As Glance's signers pad: any length of salt.
bool use_pss(EVP_PKEY_CTX* verifier) {
  return EVP_PKEY_CTX_set_rsa_padding(verifier, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(verifier, RSA_PSS_SALTLEN_AUTO) == 1;
}

}  // namespace

std::optional<Bytes> from_base64(std::string_view text) {
  std::string plain;
  std::ranges::copy_if(text, std::back_inserter(plain),
                       [](char c) { return c != '\n' && c != '\r'; });
  if (plain.empty() || plain.size() % 4 != 0) return std::nullopt;
  Bytes bytes(plain.size() / 4 * 3);
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(plain.data()),
                      static_cast<int>(plain.size()));
  if (length < 0) return std::nullopt;
  // OpenSSL counts what only fills up the last three.
  const std::size_t fill = plain.size() - plain.find_last_not_of('=') - 1;
  if (fill > 2) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(length) - fill);
  return bytes;
}

bool is_key_type(std::string_view name) { return key_type(name) != nullptr; }

struct Certificate::Parsed {
  Owned<X509, X509_free> certificate;
};

Certificate::Certificate(std::string_view pem)
    : parsed_(std::make_unique<Parsed>()) {
  const Bio text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  parsed_->certificate.reset(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  if (!parsed_->certificate) {
    throw Error(Errc::invalid, "the text holds no X.509 certificate in PEM");
  }
}

Certificate::~Certificate() = default;
Certificate::Certificate(Certificate&&) noexcept = default;

std::string Certificate::subject() const {
  const Bio text(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(text.get(),
                     X509_get_subject_name(parsed_->certificate.get()), 0,
                     XN_FLAG_RFC2253);
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<std::size_t>(length)};
}

bool Certificate::is_valid_at(Timestamp time) const {
  const X509* one = parsed_->certificate.get();
  std::time_t seconds = time.nanoseconds / 1'000'000'000;
  return X509_cmp_time(X509_get0_notBefore(one), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(one), &seconds) > 0;
}

bool Certificate::signed_digest(std::string_view key_type_name,
                                HashAlgorithm algorithm, ByteView digest,
                                ByteView signature) const {
  const Key key(X509_get_pubkey(parsed_->certificate.get()));
  if (!key) throw Error(Errc::key_rejected, "the certificate has no key");
  const KeyType& type = *key_type(key_type_name);
  check_type(key.get(), type);
  const Verifier verifier(EVP_PKEY_CTX_new(key.get(), nullptr));
  const bool ready = verifier && EVP_PKEY_verify_init(verifier.get()) == 1 &&
                     (type.id != EVP_PKEY_RSA || use_pss(verifier.get())) &&
                     EVP_PKEY_CTX_set_signature_md(
                         verifier.get(), openssl_digest(algorithm)) == 1;
  if (!ready) {
    throw Error(Errc::io, "OpenSSL cannot check a signature of " +
                              std::string(key_type_name));
  }
  return EVP_PKEY_verify(verifier.get(), raw(signature), signature.size(),
                         raw(digest), digest.size()) == 1;
}

}  // namespace platter
