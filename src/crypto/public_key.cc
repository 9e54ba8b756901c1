#include "crypto/public_key.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/openssl_keys.h"

namespace kmaas::crypto {
namespace {

// Trailing bytes, long forms of lengths and the like are no DER of this key.
bool EncodesAs(const EVP_PKEY* key, ByteView spki) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return false;
  const Bytes encoded(der, der + size);
  OPENSSL_free(der);
  return encoded == ToBytes(spki);
}

// Of the curve, and not the one at infinity. The curves have prime order, so no more is asked; of
// an RSA key OpenSSL would ask whether its modulus is composite, which is dearer than any use.
bool IsPoint(EVP_PKEY* key, domain::KeySpec spec) {
  if (FactsOf(spec).family != domain::KeyFamily::kEllipticCurve) return true;
  const KeyContext check = ContextOf(key);
  return check != nullptr && EVP_PKEY_public_check_quick(check.get()) == 1;
}

bool VerifyMessage(EVP_PKEY* key, ByteView message, ByteView signature) {
  const MessageContext context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) ==
             1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

bool VerifyPrehash(const EVP_PKEY* key, ByteView message, ByteView signature) {
  Bytes point(kEd25519PublicBytes);
  std::size_t size = point.size();
  return EVP_PKEY_get_raw_public_key(key, point.data(), &size) == 1 && size == point.size() &&
         Ed25519phVerify(point, message, signature);
}

}  // namespace

std::optional<PublicKey> PublicKey::Parse(domain::KeySpec spec, ByteView spki) {
  const unsigned char* at = spki.data();
  std::shared_ptr<EVP_PKEY> key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())),
                                &EVP_PKEY_free);
  if (key == nullptr || !IsOfSpec(key.get(), spec) || !EncodesAs(key.get(), spki))
    return std::nullopt;
  if (!IsPoint(key.get(), spec)) return std::nullopt;
  return PublicKey(spec, std::move(key));
}

bool PublicKey::Verify(domain::SigningAlgorithm algorithm, ByteView input,
                       ByteView signature) const {
  if (!CanSign(spec_, algorithm, input)) return false;
  switch (FactsOf(algorithm).scheme) {
    case domain::SignatureScheme::kEd25519:
      return VerifyMessage(key_.get(), input, signature);
    case domain::SignatureScheme::kEd25519Prehash:
      return VerifyPrehash(key_.get(), input, signature);
    default:
      break;
  }
  const KeyContext context = ContextOf(key_.get());
  return context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
         SetSignatureParameters(context.get(), algorithm) &&
         EVP_PKEY_verify(context.get(), signature.data(), signature.size(), input.data(),
                         input.size()) == 1;
}

std::optional<Bytes> PublicKey::Encrypt(domain::EncryptionAlgorithm algorithm,
                                        ByteView plaintext) const {
  const bool is_rsa = FactsOf(spec_).family == domain::KeyFamily::kRsa;
  if (!is_rsa || plaintext.size() > PlaintextBytesMax(spec_, algorithm)) return std::nullopt;
  const KeyContext context = ContextOf(key_.get());
  Bytes ciphertext(domain::ModulusBytes(spec_));
  std::size_t size = ciphertext.size();
  // OpenSSL takes a null plaintext for a question of size.
  const std::uint8_t nothing = 0;
  if (context == nullptr || EVP_PKEY_encrypt_init(context.get()) != 1 ||
      !SetOaepParameters(context.get(), algorithm) ||
      EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size,
                       plaintext.empty() ? &nothing : plaintext.data(), plaintext.size()) != 1 ||
      size != ciphertext.size())
    return std::nullopt;
  return ciphertext;
}

bool PublicKey::IsRsaInverse(ByteView ciphertext, ByteView raw) const {
  if (FactsOf(spec_).family != domain::KeyFamily::kRsa) return false;
  const KeyContext context = ContextOf(key_.get());
  Bytes again(domain::ModulusBytes(spec_));
  std::size_t size = again.size();
  return context != nullptr && EVP_PKEY_encrypt_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
         EVP_PKEY_encrypt(context.get(), again.data(), &size, raw.data(), raw.size()) == 1 &&
         size == again.size() && ConstantTimeEqual(again, ciphertext);
}

}  // namespace kmaas::crypto
