#include "tests/fakes/import_wrapping.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>
#include <optional>

#include "crypto/aead.h"
#include "crypto/public_key.h"

namespace kmaas::fakes {
namespace {

void Require(bool ok) {
  if (!ok) std::abort();
}

Bytes Oaep(ByteView public_key, domain::WrappingKeySpec spec, domain::WrappingAlgorithm algorithm,
           ByteView plaintext) {
  const auto rsa = domain::FromText<domain::KeySpec>(ToText(spec));
  const auto key = crypto::PublicKey::Parse(*rsa, public_key);
  Require(key.has_value());
  const auto sealed = key->Encrypt(OaepDigestOf(algorithm) == domain::Digest::kSha1
                                       ? domain::EncryptionAlgorithm::kRsaesOaepSha1
                                       : domain::EncryptionAlgorithm::kRsaesOaepSha256,
                                   plaintext);
  Require(sealed.has_value());
  return *sealed;
}

}  // namespace

Bytes KeyWrapPad(ByteView key, ByteView material) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  const std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> algorithm(
      EVP_CIPHER_fetch(nullptr, "AES-256-WRAP-PAD", nullptr), &EVP_CIPHER_free);
  Require(context != nullptr && algorithm != nullptr && key.size() == 32);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  Bytes blob(material.size() + 16);
  int size = 0;
  Require(EVP_EncryptInit_ex2(context.get(), algorithm.get(), key.data(), nullptr, nullptr) == 1 &&
          EVP_EncryptUpdate(context.get(), blob.data(), &size, material.data(),
                            static_cast<int>(material.size())) == 1);
  blob.resize(static_cast<std::size_t>(size));
  return blob;
}

Bytes WrapForImport(ByteView public_key, domain::WrappingKeySpec spec,
                    domain::WrappingAlgorithm algorithm, ByteView material) {
  if (!HasEphemeralKey(algorithm)) return Oaep(public_key, spec, algorithm, material);
  Bytes ephemeral(32);
  crypto::ProcessRandom(ephemeral);
  Bytes wrapped = Oaep(public_key, spec, algorithm, ephemeral);
  Append(wrapped, KeyWrapPad(ephemeral, material));
  return wrapped;
}

}  // namespace kmaas::fakes
