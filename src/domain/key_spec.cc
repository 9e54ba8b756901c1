// The table of key specs.
#include "domain/key_spec.h"

#include <algorithm>
#include <array>

namespace kmaas::domain {
namespace {

constexpr KeyUsage kCipher[] = {KeyUsage::kEncryptDecrypt};
constexpr KeyUsage kCipherOrSigner[] = {KeyUsage::kEncryptDecrypt, KeyUsage::kSignVerify};
constexpr KeyUsage kSigner[] = {KeyUsage::kSignVerify};
constexpr KeyUsage kSignerOrAgreer[] = {KeyUsage::kSignVerify, KeyUsage::kKeyAgreement};
constexpr KeyUsage kAuthenticator[] = {KeyUsage::kGenerateVerifyMac};

using enum EncryptionAlgorithm;
constexpr EncryptionAlgorithm kGcm[] = {kSymmetricDefault};
constexpr EncryptionAlgorithm kOaep[] = {kRsaesOaepSha1, kRsaesOaepSha256};

using enum SigningAlgorithm;
constexpr SigningAlgorithm kRsassa[] = {kRsassaPkcs1V15Sha256, kRsassaPkcs1V15Sha384,
                                        kRsassaPkcs1V15Sha512, kRsassaPssSha256,
                                        kRsassaPssSha384,      kRsassaPssSha512};
constexpr SigningAlgorithm kEcdsa256[] = {kEcdsaSha256};
constexpr SigningAlgorithm kEcdsa384[] = {kEcdsaSha384};
constexpr SigningAlgorithm kEcdsa512[] = {kEcdsaSha512};
constexpr SigningAlgorithm kEd25519[] = {kEd25519PhSha512, kEd25519Sha512};

constexpr MacAlgorithm kMac224[] = {MacAlgorithm::kHmacSha224};
constexpr MacAlgorithm kMac256[] = {MacAlgorithm::kHmacSha256};
constexpr MacAlgorithm kMac384[] = {MacAlgorithm::kHmacSha384};
constexpr MacAlgorithm kMac512[] = {MacAlgorithm::kHmacSha512};

constexpr KeyAgreementAlgorithm kEcdhOnly[] = {KeyAgreementAlgorithm::kEcdh};

using enum KeyFamily;
constexpr std::array<KeySpecFacts, kCount<KeySpec>> kTable = {{
    {KeySpec::kSymmetricDefault, "SYMMETRIC_DEFAULT", kSymmetric, 256, kCipher, kGcm, {}, {}, {}},
    {KeySpec::kRsa2048, "RSA_2048", kRsa, 2048, kCipherOrSigner, kOaep, kRsassa, {}, {}},
    {KeySpec::kRsa3072, "RSA_3072", kRsa, 3072, kCipherOrSigner, kOaep, kRsassa, {}, {}},
    {KeySpec::kRsa4096, "RSA_4096", kRsa, 4096, kCipherOrSigner, kOaep, kRsassa, {}, {}},
    {KeySpec::kEccNistP256,
     "ECC_NIST_P256",
     kEllipticCurve,
     256,
     kSignerOrAgreer,
     {},
     kEcdsa256,
     {},
     kEcdhOnly},
    {KeySpec::kEccNistP384,
     "ECC_NIST_P384",
     kEllipticCurve,
     384,
     kSignerOrAgreer,
     {},
     kEcdsa384,
     {},
     kEcdhOnly},
    {KeySpec::kEccNistP521,
     "ECC_NIST_P521",
     kEllipticCurve,
     521,
     kSignerOrAgreer,
     {},
     kEcdsa512,
     {},
     kEcdhOnly},
    {KeySpec::kEccSecgP256k1,
     "ECC_SECG_P256K1",
     kEllipticCurve,
     256,
     kSigner,
     {},
     kEcdsa256,
     {},
     {}},
    {KeySpec::kEccNistEdwards25519,
     "ECC_NIST_EDWARDS25519",
     kEdwards,
     256,
     kSigner,
     {},
     kEd25519,
     {},
     {}},
    {KeySpec::kHmac224, "HMAC_224", kHmac, 224, kAuthenticator, {}, {}, kMac224, {}},
    {KeySpec::kHmac256, "HMAC_256", kHmac, 256, kAuthenticator, {}, {}, kMac256, {}},
    {KeySpec::kHmac384, "HMAC_384", kHmac, 384, kAuthenticator, {}, {}, kMac384, {}},
    {KeySpec::kHmac512, "HMAC_512", kHmac, 512, kAuthenticator, {}, {}, kMac512, {}},
}};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].spec) != i) return false;
  }
  return true;
}
static_assert(IsInOrder());

constexpr std::size_t kHmacSecretBytesMax = 128;  // AWS: 1024 bits

template <class Value>
bool Contains(std::span<const Value> values, Value value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <class Algorithm>
std::span<const Algorithm> When(bool fits, std::span<const Algorithm> algorithms) {
  return fits ? algorithms : std::span<const Algorithm>();
}

}  // namespace

const KeySpecFacts& FactsOf(KeySpec spec) { return kTable[static_cast<std::size_t>(spec)]; }

std::string_view ToText(KeySpec spec) { return FactsOf(spec).text; }

std::string_view ToText(KeyUsage usage) {
  switch (usage) {
    case KeyUsage::kEncryptDecrypt:
      return "ENCRYPT_DECRYPT";
    case KeyUsage::kSignVerify:
      return "SIGN_VERIFY";
    case KeyUsage::kGenerateVerifyMac:
      return "GENERATE_VERIFY_MAC";
    case KeyUsage::kKeyAgreement:
      return "KEY_AGREEMENT";
  }
  return "";
}

bool Admits(KeySpec spec, KeyUsage usage) { return Contains(FactsOf(spec).usages, usage); }

bool IsAsymmetric(KeySpec spec) {
  const KeyFamily family = FactsOf(spec).family;
  return family == kRsa || family == kEllipticCurve || family == kEdwards;
}

std::span<const EncryptionAlgorithm> EncryptionAlgorithms(KeySpec spec, KeyUsage usage) {
  return When(usage == KeyUsage::kEncryptDecrypt, FactsOf(spec).encryption);
}
std::span<const SigningAlgorithm> SigningAlgorithms(KeySpec spec, KeyUsage usage) {
  return When(usage == KeyUsage::kSignVerify, FactsOf(spec).signing);
}
std::span<const MacAlgorithm> MacAlgorithms(KeySpec spec, KeyUsage usage) {
  return When(usage == KeyUsage::kGenerateVerifyMac, FactsOf(spec).mac);
}
std::span<const KeyAgreementAlgorithm> KeyAgreementAlgorithms(KeySpec spec, KeyUsage usage) {
  return When(usage == KeyUsage::kKeyAgreement, FactsOf(spec).agreement);
}

bool Has(KeySpec spec, KeyUsage usage, EncryptionAlgorithm algorithm) {
  return Contains(EncryptionAlgorithms(spec, usage), algorithm);
}
bool Has(KeySpec spec, KeyUsage usage, SigningAlgorithm algorithm) {
  return Contains(SigningAlgorithms(spec, usage), algorithm);
}
bool Has(KeySpec spec, KeyUsage usage, MacAlgorithm algorithm) {
  return Contains(MacAlgorithms(spec, usage), algorithm);
}
bool Has(KeySpec spec, KeyUsage usage, KeyAgreementAlgorithm algorithm) {
  return Contains(KeyAgreementAlgorithms(spec, usage), algorithm);
}

std::size_t PlaintextBytesMax(KeySpec spec, EncryptionAlgorithm algorithm) {
  if (!Contains(FactsOf(spec).encryption, algorithm)) return 0;
  if (algorithm == kSymmetricDefault) return kMessageBytesMax;
  return ModulusBytes(spec) - 2 * SizeOf(OaepDigestOf(algorithm)) - 2;
}

std::size_t ModulusBytes(KeySpec spec) {
  return FactsOf(spec).family == kRsa ? FactsOf(spec).bits / 8 : 0;
}

Range ImportedSecretBytes(KeySpec spec) {
  const std::size_t length = SecretLength(spec);
  return {length, FactsOf(spec).family == kHmac ? kHmacSecretBytesMax : length};
}

std::size_t SecretLength(KeySpec spec) { return IsAsymmetric(spec) ? 0 : FactsOf(spec).bits / 8; }

bool IsSymmetricEncryption(KeySpec spec) { return FactsOf(spec).family == kSymmetric; }

}  // namespace kmaas::domain
