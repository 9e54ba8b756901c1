#include "crypto/private_key.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdlib>

#include "crypto/ed25519.h"
#include "crypto/openssl_keys.h"

namespace kmaas::crypto {
namespace {

using PrivateKeyInfo = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

void Require(bool ok) {
  if (!ok) std::abort();  // out of memory, or an OpenSSL without the algorithm
}

EVP_PKEY* Generated(domain::KeySpec spec) {
  switch (FactsOf(spec).family) {
    case domain::KeyFamily::kRsa:
      return EVP_RSA_gen(FactsOf(spec).bits);
    case domain::KeyFamily::kEllipticCurve:
      return EVP_EC_gen(CurveName(spec));
    case domain::KeyFamily::kEdwards:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    case domain::KeyFamily::kSymmetric:
    case domain::KeyFamily::kHmac:
      return nullptr;
  }
  return nullptr;
}

// Wipes what OpenSSL has allocated.
SecretBytes Taken(unsigned char* der, int size) {
  Require(der != nullptr && size > 0);
  SecretBytes taken(ByteView(der, static_cast<std::size_t>(size)));
  OPENSSL_clear_free(der, static_cast<std::size_t>(size));
  return taken;
}

SecretBytes Encoded(const EVP_PKEY* key) {
  const PrivateKeyInfo info(EVP_PKEY2PKCS8(key));
  Require(info != nullptr);
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  return Taken(der, size);
}

// The numbers are primes, a point is that of its scalar.
bool IsConsistent(EVP_PKEY* key) {
  const KeyContext check = ContextOf(key);
  return check != nullptr && EVP_PKEY_check(check.get()) == 1;
}

std::optional<Bytes> SignMessage(EVP_PKEY* key, ByteView message) {
  const MessageContext context(EVP_MD_CTX_new());
  Bytes signature(kEd25519SignatureBytes);
  std::size_t size = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1 ||
      size != signature.size())
    return std::nullopt;
  return signature;
}

std::optional<Bytes> SignDigest(EVP_PKEY* key, domain::SigningAlgorithm algorithm,
                                ByteView digest) {
  const KeyContext context = ContextOf(key);
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = signature.size();
  if (context == nullptr || EVP_PKEY_sign_init(context.get()) != 1 ||
      !SetSignatureParameters(context.get(), algorithm) ||
      EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1)
    return std::nullopt;
  signature.resize(size);
  return signature;
}

}  // namespace

PrivateKey PrivateKey::Generate(domain::KeySpec spec) {
  std::shared_ptr<EVP_PKEY> key(Generated(spec), &EVP_PKEY_free);
  Require(key != nullptr);
  return {spec, std::move(key)};
}

std::optional<PrivateKey> PrivateKey::Parse(domain::KeySpec spec, ByteView pkcs8) {
  std::optional<PrivateKey> key = ParseOwn(spec, pkcs8);
  if (key && !IsConsistent(key->key_.get())) return std::nullopt;
  return key;
}

std::optional<PrivateKey> PrivateKey::ParseOwn(domain::KeySpec spec, ByteView pkcs8) {
  const unsigned char* at = pkcs8.data();
  const PrivateKeyInfo info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(pkcs8.size())));
  if (info == nullptr || at != pkcs8.data() + pkcs8.size()) return std::nullopt;
  std::shared_ptr<EVP_PKEY> key(EVP_PKCS82PKEY(info.get()), &EVP_PKEY_free);
  if (key == nullptr || !IsOfSpec(key.get(), spec)) return std::nullopt;
  return PrivateKey(spec, std::move(key));
}

SecretBytes PrivateKey::Pkcs8() const { return Encoded(key_.get()); }

SecretBytes PrivateKey::Seed() const {
  SecretBytes seed(kEd25519SeedBytes);
  std::size_t size = seed.size();
  Require(EVP_PKEY_get_raw_private_key(key_.get(), seed.span().data(), &size) == 1 &&
          size == seed.size());
  return seed;
}

Bytes PrivateKey::PublicKeyInfo() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  Require(der != nullptr && size > 0);
  Bytes info(der, der + size);
  OPENSSL_free(der);
  return info;
}

std::optional<Bytes> PrivateKey::Sign(domain::SigningAlgorithm algorithm, ByteView input) const {
  if (!CanSign(spec_, algorithm, input)) return std::nullopt;
  switch (FactsOf(algorithm).scheme) {
    case domain::SignatureScheme::kEd25519:
      return SignMessage(key_.get(), input);
    case domain::SignatureScheme::kEd25519Prehash:
      return Ed25519phSign(Ed25519KeyFromSeed(Seed().view()).view(), input);
    default:
      return SignDigest(key_.get(), algorithm, input);
  }
}

std::optional<SecretBytes> PrivateKey::DecryptRsa(domain::EncryptionAlgorithm algorithm,
                                                  ByteView ciphertext) const {
  const bool is_rsa = FactsOf(spec_).family == domain::KeyFamily::kRsa;
  if (!is_rsa || algorithm == domain::EncryptionAlgorithm::kSymmetricDefault ||
      ciphertext.size() != domain::ModulusBytes(spec_))
    return std::nullopt;
  const KeyContext context = ContextOf(key_.get());
  SecretBytes plaintext(domain::ModulusBytes(spec_));
  std::size_t size = plaintext.size();
  if (context == nullptr || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      !SetOaepParameters(context.get(), algorithm) ||
      EVP_PKEY_decrypt(context.get(), plaintext.span().data(), &size, ciphertext.data(),
                       ciphertext.size()) != 1)
    return std::nullopt;
  return SecretBytes(plaintext.view().first(size));
}

std::optional<SecretBytes> PrivateKey::AgreeSecret(const PublicKey& peer) const {
  if (FactsOf(spec_).agreement.empty() || peer.spec() != spec_) return std::nullopt;
  const KeyContext context = ContextOf(key_.get());
  SecretBytes secret((FactsOf(spec_).bits + 7) / 8);
  std::size_t size = secret.size();
  if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer_ex(context.get(), peer.key_.get(), 1) != 1 ||
      EVP_PKEY_derive(context.get(), secret.span().data(), &size) != 1 || size != secret.size())
    return std::nullopt;
  return secret;
}

}  // namespace kmaas::crypto
