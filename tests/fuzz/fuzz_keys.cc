// Keys of strangers: a letter that means two specs, and DER. What is read as a public key has one
// spelling and one spec, and what is read as a private key of a curve writes down and signs as
// such.
#include <cstdlib>
#include <vector>

#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "crypto/public_key_info.h"

namespace {

using kmaas::domain::KeySpec;

void CheckPrivate(KeySpec spec, kmaas::ByteView der) {
  // Whether numbers are primes is OpenSSL's question, and a dear one.
  if (FactsOf(spec).family == kmaas::domain::KeyFamily::kRsa) {
    (void)kmaas::crypto::PrivateKey::ParseOwn(spec, der);
    return;
  }
  const auto key = kmaas::crypto::PrivateKey::Parse(spec, der);
  if (!key) return;
  const auto half = kmaas::crypto::PublicKey::Parse(spec, key->PublicKeyInfo());
  const auto algorithm = FactsOf(spec).signing.front();
  const kmaas::Bytes digest(SizeOf(FactsOf(algorithm).digest), 1);
  const auto signature = key->Sign(algorithm, digest);
  if (!half || !signature || !half->Verify(algorithm, digest, *signature)) std::abort();
}

// What an HSM is handed of a public key is there in every one that is read.
void CheckParts(KeySpec spec, kmaas::ByteView der) {
  const auto point = kmaas::crypto::PointOf(spec, der);
  const auto modulus = kmaas::crypto::ModulusOf(der);
  switch (FactsOf(spec).family) {
    case kmaas::domain::KeyFamily::kRsa:
      if (!modulus || modulus->size() != ModulusBytes(spec)) std::abort();
      break;
    case kmaas::domain::KeyFamily::kEllipticCurve:
      if (!point || point->size() != kmaas::crypto::PointBytes(spec)) std::abort();
      break;
    default:
      if (point || modulus) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<KeySpec> specs = [] {
    std::vector<KeySpec> asymmetric;
    for (std::size_t i = 0; i < kmaas::domain::kCount<KeySpec>; ++i) {
      const auto spec = static_cast<KeySpec>(i);
      if (kmaas::domain::IsAsymmetric(spec)) asymmetric.push_back(spec);
    }
    return asymmetric;
  }();
  if (size == 0) return 0;
  const kmaas::ByteView der(data + 1, size - 1);
  const KeySpec one = specs[data[0] % specs.size()];
  const KeySpec other = specs[data[0] / specs.size() % specs.size()];
  const bool is_one = kmaas::crypto::PublicKey::Parse(one, der).has_value();
  if (is_one) CheckParts(one, der);
  if (is_one && other != one && kmaas::crypto::PublicKey::Parse(other, der)) std::abort();
  CheckPrivate(one, der);
  return 0;
}
