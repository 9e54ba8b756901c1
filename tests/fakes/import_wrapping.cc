#include "tests/fakes/import_wrapping.h"

#include <cstdlib>
#include <optional>

#include "crypto/aead.h"
#include "crypto/key_wrap.h"
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

Bytes WrapForImport(ByteView public_key, domain::WrappingKeySpec spec,
                    domain::WrappingAlgorithm algorithm, ByteView material) {
  if (!HasEphemeralKey(algorithm)) return Oaep(public_key, spec, algorithm, material);
  Bytes ephemeral(32);
  crypto::ProcessRandom(ephemeral);
  Bytes wrapped = Oaep(public_key, spec, algorithm, ephemeral);
  Append(wrapped, crypto::KeyWrapPad(ephemeral, material));
  return wrapped;
}

}  // namespace kmaas::fakes
