// OpenSSL as the peer of engines.
#include "tests/contract/engine/openssl_peer.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdlib>

#include "crypto/ed25519.h"

namespace kmaas::contract {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

void Require(bool ok) {
  if (!ok) std::abort();
}

const EVP_MD* HashOf(domain::Digest digest) {
  switch (digest) {
    case domain::Digest::kSha1:
      return EVP_sha1();
    case domain::Digest::kSha224:
      return EVP_sha224();
    case domain::Digest::kSha256:
      return EVP_sha256();
    case domain::Digest::kSha384:
      return EVP_sha384();
    case domain::Digest::kSha512:
      break;
  }
  return EVP_sha512();
}

Key PublicKey(ByteView info) {
  const unsigned char* at = info.data();
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(info.size())), &EVP_PKEY_free);
  Require(key != nullptr);
  return key;
}

Context ContextOf(const Key& key) {
  return {EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free};
}

bool VerifiesMessage(const Key& key, ByteView message, ByteView signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  Require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

bool VerifiesPrehash(const Key& key, ByteView message, ByteView signature) {
  Bytes point(32);
  std::size_t size = point.size();
  Require(EVP_PKEY_get_raw_public_key(key.get(), point.data(), &size) == 1);
  return crypto::Ed25519phVerify(point, message, signature);
}

Bytes EncryptOaep(ByteView public_key, domain::Digest digest, ByteView plaintext) {
  const Key key = PublicKey(public_key);
  const Context context = ContextOf(key);
  Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
  std::size_t size = out.size();
  const std::uint8_t nothing = 0;
  Require(EVP_PKEY_encrypt_init(context.get()) == 1 &&
          EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
          EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), HashOf(digest)) == 1 &&
          EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), HashOf(digest)) == 1 &&
          EVP_PKEY_encrypt(context.get(), out.data(), &size,
                           plaintext.empty() ? &nothing : plaintext.data(), plaintext.size()) == 1);
  return out;
}

Bytes KeyWrapped(ByteView key, ByteView material) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  Bytes out(material.size() + 32);
  int size = 0;
  Require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_wrap_pad(), nullptr, key.data(), nullptr) ==
              1 &&
          EVP_EncryptUpdate(context.get(), out.data(), &size, material.data(),
                            static_cast<int>(material.size())) == 1);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

const char* GroupOf(domain::KeySpec spec) {
  switch (spec) {
    case domain::KeySpec::kEccNistP256:
      return "P-256";
    case domain::KeySpec::kEccNistP384:
      return "P-384";
    case domain::KeySpec::kEccNistP521:
      return "P-521";
    default:
      return "secp256k1";
  }
}

}  // namespace

bool Verifies(ByteView public_key, domain::SigningAlgorithm algorithm, ByteView input,
              ByteView signature) {
  const auto [scheme, digest] = FactsOf(algorithm);
  const Key key = PublicKey(public_key);
  if (scheme == domain::SignatureScheme::kEd25519) return VerifiesMessage(key, input, signature);
  if (scheme == domain::SignatureScheme::kEd25519Prehash)
    return VerifiesPrehash(key, input, signature);
  const Context context = ContextOf(key);
  Require(EVP_PKEY_verify_init(context.get()) == 1);
  if (scheme == domain::SignatureScheme::kRsaPss)
    Require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1);
  Require(EVP_PKEY_CTX_set_signature_md(context.get(), HashOf(digest)) == 1);
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), input.data(),
                         input.size()) == 1;
}

Bytes Encrypt(ByteView public_key, domain::EncryptionAlgorithm algorithm, ByteView plaintext) {
  return EncryptOaep(public_key, OaepDigestOf(algorithm), plaintext);
}

Bytes HmacOf(domain::MacAlgorithm algorithm, ByteView key, ByteView message) {
  const EVP_MD* hash = HashOf(domain::DigestOf(algorithm));
  const Key secret(EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, nullptr, key.data(), key.size()),
                   &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  Bytes tag(static_cast<std::size_t>(EVP_MD_get_size(hash)));
  std::size_t size = tag.size();
  Require(EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, secret.get()) == 1 &&
          EVP_DigestSign(context.get(), tag.data(), &size, message.data(), message.size()) == 1);
  return tag;
}

Bytes DigestOf(domain::Digest digest, ByteView message) {
  Bytes out(SizeOf(digest));
  unsigned size = 0;
  Require(EVP_Digest(message.data(), message.size(), out.data(), &size, HashOf(digest), nullptr) ==
          1);
  return out;
}

Bytes WrapForImport(ByteView public_key, domain::WrappingAlgorithm algorithm, ByteView material) {
  const domain::Digest digest = OaepDigestOf(algorithm);
  if (!HasEphemeralKey(algorithm)) return EncryptOaep(public_key, digest, material);
  Bytes ephemeral(32);
  Require(RAND_bytes(ephemeral.data(), static_cast<int>(ephemeral.size())) == 1);
  Bytes wrapped = EncryptOaep(public_key, digest, ephemeral);
  Append(wrapped, KeyWrapped(ephemeral, material));
  return wrapped;
}

Bytes Reencoded(ByteView public_key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(PublicKey(public_key).get(), &der);
  Require(size > 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

OwnKey::OwnKey(evp_pkey_st* key) : key_(key, &EVP_PKEY_free) { Require(key != nullptr); }

OwnKey OwnKey::Make(domain::KeySpec spec) {
  switch (FactsOf(spec).family) {
    case domain::KeyFamily::kRsa:
      return OwnKey(EVP_RSA_gen(FactsOf(spec).bits));
    case domain::KeyFamily::kEdwards:
      return OwnKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    default:
      return OwnKey(EVP_EC_gen(GroupOf(spec)));
  }
}

OwnKey OwnKey::MakeRsa(int bits, unsigned long exponent) {
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), &EVP_PKEY_CTX_free);
  BIGNUM* number = BN_new();
  EVP_PKEY* key = nullptr;
  Require(number != nullptr && BN_set_word(number, exponent) == 1 &&
          EVP_PKEY_keygen_init(context.get()) == 1 &&
          EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) == 1 &&
          EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), number) == 1 &&
          EVP_PKEY_keygen(context.get(), &key) == 1);
  BN_free(number);
  return OwnKey(key);
}

Bytes OwnKey::PublicKey() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  Require(size > 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

Bytes OwnKey::Pkcs8() const {
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key_.get());
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
  Require(size > 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  PKCS8_PRIV_KEY_INFO_free(info);
  return bytes;
}

Bytes OwnKey::Agree(ByteView peer) const {
  const Context context = ContextOf(key_);
  const Key other = contract::PublicKey(peer);
  Bytes shared(66);
  std::size_t size = shared.size();
  Require(EVP_PKEY_derive_init(context.get()) == 1 &&
          EVP_PKEY_derive_set_peer(context.get(), other.get()) == 1 &&
          EVP_PKEY_derive(context.get(), shared.data(), &size) == 1);
  shared.resize(size);
  return shared;
}

}  // namespace kmaas::contract
