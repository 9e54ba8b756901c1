// Goal: what private keys of every spec do in an engine, OpenSSL confirms, and what it makes, they
// open; and a row that says something else of a key gets nothing out of it.
#include "tests/contract/engine/engine_suite.h"

namespace kmaas::contract {
namespace {

using domain::Custody;
using domain::EncryptionAlgorithm;
using domain::KeySpec;
using domain::KeyUsage;
using domain::SigningAlgorithm;

constexpr KeySpec kSigners[] = {KeySpec::kRsa2048,       KeySpec::kRsa3072,
                                KeySpec::kRsa4096,       KeySpec::kEccNistP256,
                                KeySpec::kEccNistP384,   KeySpec::kEccNistP521,
                                KeySpec::kEccSecgP256k1, KeySpec::kEccNistEdwards25519};
constexpr KeySpec kDecrypters[] = {KeySpec::kRsa2048, KeySpec::kRsa3072, KeySpec::kRsa4096};
constexpr KeySpec kAgreers[] = {KeySpec::kEccNistP256, KeySpec::kEccNistP384,
                                KeySpec::kEccNistP521};

Bytes InputFor(SigningAlgorithm algorithm, std::string_view message = "message") {
  return domain::SignsDigest(algorithm) ? DigestOf(FactsOf(algorithm).digest, AsBytes(message))
                                        : ToBytes(AsBytes(message));
}

template <class T>
class PrivateKeys : public EngineSuite<T> {
 protected:
  using Suite = EngineSuite<T>;

  static void ExpectGoodSignature(const domain::KeyMaterial& material, SigningAlgorithm algorithm) {
    const Bytes input = InputFor(algorithm);
    const auto signature = Suite::engine().Sign(material, algorithm, input, Suite::Never());
    ASSERT_TRUE(signature) << ToText(material.spec) << " " << ToText(algorithm) << ": "
                           << signature.error().detail;
    EXPECT_TRUE(Verifies(material.public_key, algorithm, input, *signature)) << ToText(algorithm);
    EXPECT_FALSE(
        Verifies(material.public_key, algorithm, InputFor(algorithm, "other"), *signature));
  }
  static std::optional<ErrorCode> SigningError(const domain::KeyMaterial& material,
                                               SigningAlgorithm algorithm) {
    return Suite::CodeOf(
        Suite::engine().Sign(material, algorithm, InputFor(algorithm), Suite::Never()));
  }
  static const domain::KeyMaterial& Signer(KeySpec spec) {
    return Suite::Kept(spec, KeyUsage::kSignVerify);
  }
};
TYPED_TEST_SUITE(PrivateKeys, Engines, EngineNames);

TYPED_TEST(PrivateKeys, SignsByEveryAlgorithmOfEverySpec) {
  for (const KeySpec spec : kSigners)
    for (const SigningAlgorithm algorithm : domain::SigningAlgorithms(spec, KeyUsage::kSignVerify))
      this->ExpectGoodSignature(this->Signer(spec), algorithm);
}

TYPED_TEST(PrivateKeys, SaysThePublicKeyAsOpenSslWritesIt) {
  for (const KeySpec spec : kSigners) {
    const domain::KeyMaterial& material = this->Signer(spec);
    EXPECT_EQ(material.public_key, Reencoded(material.public_key)) << ToText(spec);
    EXPECT_EQ(material.length_bytes, 0U);
    EXPECT_FALSE(material.blob.empty());
  }
}

TYPED_TEST(PrivateKeys, MakesADifferentKeyEachTime) {
  for (const KeySpec spec : {KeySpec::kEccNistP256, KeySpec::kEccNistEdwards25519}) {
    const auto plan = this->PlanFor(spec, KeyUsage::kSignVerify,
                                    this->DefaultCustody(spec, KeyUsage::kSignVerify));
    EXPECT_NE(this->Generate(plan).public_key, this->Generate(plan).public_key);
  }
}

TYPED_TEST(PrivateKeys, SignsALongMessageByEd25519) {
  const auto& material = this->Signer(KeySpec::kEccNistEdwards25519);
  const Bytes message(domain::kMessageBytesMax, 0x61);
  for (const auto algorithm :
       domain::SigningAlgorithms(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify)) {
    const auto signature = this->engine().Sign(material, algorithm, message, this->Never());
    ASSERT_TRUE(signature);
    EXPECT_EQ(signature->size(), 64U);
    EXPECT_TRUE(Verifies(material.public_key, algorithm, message, *signature));
  }
}

TYPED_TEST(PrivateKeys, RefusesAlgorithmsOfOtherKinds) {
  for (const KeySpec spec : {KeySpec::kRsa2048, KeySpec::kEccNistP256, KeySpec::kEccNistP384,
                             KeySpec::kEccNistEdwards25519}) {
    const auto own = domain::SigningAlgorithms(spec, KeyUsage::kSignVerify);
    for (std::size_t i = 0; i < domain::kCount<SigningAlgorithm>; ++i) {
      const auto algorithm = static_cast<SigningAlgorithm>(i);
      if (std::find(own.begin(), own.end(), algorithm) != own.end()) continue;
      EXPECT_EQ(this->SigningError(this->Signer(spec), algorithm), ErrorCode::kInvalidKeyUsage);
    }
  }
}

TYPED_TEST(PrivateKeys, RefusesADigestOfAnotherLength) {
  const auto& material = this->Signer(KeySpec::kRsa2048);
  for (const std::size_t size : {0, 20, 31, 33, 64}) {
    const Bytes digest(size, 0x22);
    EXPECT_EQ(this->CodeOf(this->engine().Sign(material, SigningAlgorithm::kRsassaPssSha256, digest,
                                               this->Never())),
              ErrorCode::kInvalidKeyUsage)
        << size;
  }
}

TYPED_TEST(PrivateKeys, OpensAKeyForTheUsageOfItsRowOnly) {
  auto moved = this->Signer(KeySpec::kEccNistP256);
  moved.id = this->NextId();
  moved.usage = KeyUsage::kKeyAgreement;
  const OwnKey peer = OwnKey::Make(KeySpec::kEccNistP256);
  EXPECT_EQ(this->CodeOf(this->engine().AgreeSecret(moved, peer.PublicKey(), this->Never())),
            ErrorCode::kKmsInternal);
  auto retyped = this->Signer(KeySpec::kEccNistEdwards25519);
  retyped.id = this->NextId();
  retyped.spec = KeySpec::kEccNistP256;
  EXPECT_EQ(this->SigningError(retyped, SigningAlgorithm::kEcdsaSha256), ErrorCode::kKmsInternal);
}

TYPED_TEST(PrivateKeys, RefusesADamagedBlob) {
  for (const KeySpec spec : {KeySpec::kEccNistP256, KeySpec::kEccNistEdwards25519}) {
    const auto& good = this->Signer(spec);
    const auto algorithm = domain::SigningAlgorithms(spec, KeyUsage::kSignVerify).back();
    for (std::size_t at = 0; at < good.blob.size(); at += 3) {
      auto bad = good;
      bad.id = this->NextId();
      bad.blob[at] ^= 0x10U;
      EXPECT_EQ(this->SigningError(bad, algorithm), ErrorCode::kKmsInternal) << at;
    }
    auto empty = good;
    empty.id = this->NextId();
    empty.blob.clear();
    EXPECT_EQ(this->SigningError(empty, algorithm), ErrorCode::kKmsInternal);
  }
}

TYPED_TEST(PrivateKeys, BindsWhatItSealsToItsRow) {
  const auto& good = this->Signer(KeySpec::kEccNistEdwards25519);
  ASSERT_EQ(good.custody, Custody::kProcess);
  EXPECT_EQ(good.dialect, domain::WrapDialect::kProcessSeal);
  std::vector<domain::KeyMaterial> moved(4, good);
  moved[0].id = this->NextId();
  moved[1].key_id.bits[3] ^= 1U;
  moved[2].key_id.multi_region = true;
  moved[3].account = "444455556666";
  this->Restart();
  for (const auto& material : moved)
    EXPECT_EQ(this->SigningError(material, SigningAlgorithm::kEd25519Sha512),
              ErrorCode::kKmsInternal);
  EXPECT_EQ(this->SigningError(good, SigningAlgorithm::kEd25519Sha512), std::nullopt);
}

TYPED_TEST(PrivateKeys, DecryptsWhatOpenSslEncrypts) {
  for (const KeySpec spec : kDecrypters) {
    const auto& material = this->Kept(spec, KeyUsage::kEncryptDecrypt);
    for (const auto algorithm :
         {EncryptionAlgorithm::kRsaesOaepSha1, EncryptionAlgorithm::kRsaesOaepSha256}) {
      for (const std::size_t size :
           {std::size_t{0}, std::size_t{1}, PlaintextBytesMax(spec, algorithm)}) {
        const Bytes plaintext(size, 0x42);
        const Bytes ciphertext = Encrypt(material.public_key, algorithm, plaintext);
        const auto opened =
            this->engine().DecryptRsa(material, algorithm, ciphertext, this->Never());
        ASSERT_TRUE(opened) << ToText(spec) << ToText(algorithm) << opened.error().detail;
        EXPECT_EQ(ToBytes(opened->view()), plaintext);
      }
    }
  }
}

TYPED_TEST(PrivateKeys, SaysOneThingOfEveryWrongCiphertext) {
  const auto& material = this->Kept(KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt);
  const auto algorithm = EncryptionAlgorithm::kRsaesOaepSha256;
  const Bytes good = Encrypt(material.public_key, algorithm, AsBytes("text"));
  std::vector<Bytes> wrong(8, good);
  wrong[0][100] ^= 1U;
  wrong[1].back() ^= 0x80U;
  wrong[2].pop_back();
  wrong[3].push_back(0);
  wrong[4].assign(256, 0xff);  // not less than any modulus
  wrong[5].assign(256, 0);
  wrong[6].clear();
  wrong[7] = Encrypt(material.public_key, EncryptionAlgorithm::kRsaesOaepSha1, AsBytes("text"));
  for (const Bytes& ciphertext : wrong)
    EXPECT_EQ(
        this->CodeOf(this->engine().DecryptRsa(material, algorithm, ciphertext, this->Never())),
        ErrorCode::kInvalidCiphertext);
  EXPECT_TRUE(this->engine().DecryptRsa(material, algorithm, good, this->Never()));
  EXPECT_TRUE(this->engine().Status().healthy);
}

TYPED_TEST(PrivateKeys, AgreesAsOpenSslDoes) {
  for (const KeySpec spec : kAgreers) {
    const auto& material = this->Kept(spec, KeyUsage::kKeyAgreement);
    for (int i = 0; i < 3; ++i) {
      const OwnKey peer = OwnKey::Make(spec);
      const auto shared = this->engine().AgreeSecret(material, peer.PublicKey(), this->Never());
      ASSERT_TRUE(shared) << ToText(spec) << shared.error().detail;
      EXPECT_EQ(ToBytes(shared->view()), peer.Agree(material.public_key));
    }
  }
}

TYPED_TEST(PrivateKeys, RefusesPeersThatAreNoKeysOfTheCurve) {
  const auto& material = this->Kept(KeySpec::kEccNistP256, KeyUsage::kKeyAgreement);
  const Bytes good = OwnKey::Make(KeySpec::kEccNistP256).PublicKey();
  std::vector<Bytes> wrong(6, good);
  wrong[0].back() ^= 1U;  // off the curve
  wrong[1].pop_back();
  wrong[2].push_back(0);
  wrong[3] = OwnKey::Make(KeySpec::kEccNistP384).PublicKey();
  wrong[4] = OwnKey::Make(KeySpec::kEccSecgP256k1).PublicKey();
  wrong[5].clear();
  for (const Bytes& peer : wrong)
    EXPECT_EQ(this->CodeOf(this->engine().AgreeSecret(material, peer, this->Never())),
              ErrorCode::kValidation);
  EXPECT_TRUE(this->engine().AgreeSecret(material, good, this->Never()));
}

TYPED_TEST(PrivateKeys, MakesResidentKeysOfEveryKind) {
  for (const auto& [spec, usage] :
       {std::pair(KeySpec::kRsa2048, KeyUsage::kSignVerify),
        std::pair(KeySpec::kEccNistP521, KeyUsage::kSignVerify),
        std::pair(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify)}) {
    if (!this->engine().CustodyFor(spec, usage, Custody::kResident)) continue;
    const auto material = this->Generate(this->PlanFor(spec, usage, Custody::kResident));
    EXPECT_TRUE(material.blob.empty());
    const auto algorithm = domain::SigningAlgorithms(spec, usage).back();
    this->ExpectGoodSignature(material, algorithm);
    this->Restart();
    this->ExpectGoodSignature(material, algorithm);
    ASSERT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
    EXPECT_EQ(this->SigningError(material, algorithm), ErrorCode::kKeyUnavailable);
  }
}

TYPED_TEST(PrivateKeys, UsesResidentKeysForDecryptionAndAgreement) {
  const auto decrypter = this->Generate(
      this->PlanFor(KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt, Custody::kResident));
  const auto agreer = this->Generate(
      this->PlanFor(KeySpec::kEccNistP256, KeyUsage::kKeyAgreement, Custody::kResident));
  this->Restart();
  const auto algorithm = EncryptionAlgorithm::kRsaesOaepSha256;
  const auto opened = this->engine().DecryptRsa(
      decrypter, algorithm, Encrypt(decrypter.public_key, algorithm, AsBytes("text")),
      this->Never());
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ(AsText(opened->view()), "text");
  const OwnKey peer = OwnKey::Make(KeySpec::kEccNistP256);
  const auto shared = this->engine().AgreeSecret(agreer, peer.PublicKey(), this->Never());
  ASSERT_TRUE(shared) << shared.error().detail;
  EXPECT_EQ(ToBytes(shared->view()), peer.Agree(agreer.public_key));
}

TYPED_TEST(PrivateKeys, NeverWeakensAWishForResident) {
  const auto custody = this->engine().CustodyFor(KeySpec::kEccNistEdwards25519,
                                                 KeyUsage::kSignVerify, Custody::kResident);
  if (!custody) {
    EXPECT_EQ(custody.error().code, ErrorCode::kUnsupportedOperation);
    return;
  }
  EXPECT_EQ(*custody, Custody::kResident);
  const auto material = this->Generate(
      this->PlanFor(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, Custody::kResident));
  EXPECT_EQ(this->SigningError(material, SigningAlgorithm::kEd25519PhSha512),
            ErrorCode::kUnsupportedOperation);
}

TYPED_TEST(PrivateKeys, HasAPlaceForEverySpec) {
  for (std::size_t s = 0; s < domain::kCount<KeySpec>; ++s) {
    for (std::size_t u = 0; u < domain::kCount<KeyUsage>; ++u) {
      const auto spec = static_cast<KeySpec>(s);
      const auto usage = static_cast<KeyUsage>(u);
      const auto custody = this->engine().CustodyFor(spec, usage, Custody::kWrapped);
      EXPECT_EQ(custody.has_value(), Admits(spec, usage)) << ToText(spec) << ToText(usage);
      EXPECT_TRUE(!custody || *custody != Custody::kResident);
    }
  }
}

TYPED_TEST(PrivateKeys, DoesNothingWithPrivateKeysAfterTheDeadline) {
  const auto& signer = this->Signer(KeySpec::kEccNistP256);
  const auto& in_process = this->Signer(KeySpec::kEccNistEdwards25519);
  const auto& decrypter = this->Kept(KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt);
  const auto& agreer = this->Kept(KeySpec::kEccNistP256, KeyUsage::kKeyAgreement);
  auto& engine = this->engine();
  const auto late = this->Passed();
  const auto throttled = [&](const auto& result) {
    return this->CodeOf(result) == ErrorCode::kThrottling;
  };
  EXPECT_TRUE(throttled(engine.Sign(signer, SigningAlgorithm::kEcdsaSha256, Bytes(32, 1), late)));
  EXPECT_TRUE(throttled(engine.Sign(in_process, SigningAlgorithm::kEd25519Sha512, {}, late)));
  EXPECT_TRUE(throttled(
      engine.DecryptRsa(decrypter, EncryptionAlgorithm::kRsaesOaepSha1, Bytes(256, 1), late)));
  EXPECT_TRUE(throttled(engine.AgreeSecret(agreer, agreer.public_key, late)));
}

}  // namespace
}  // namespace kmaas::contract
