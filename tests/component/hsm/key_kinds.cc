// Keys of every kind.
#include "tests/component/hsm/key_kinds.h"

#include "crypto/hash.h"

namespace kmaas::hsm {
namespace {

using domain::KeyUsage;

crypto::PublicKey PublicHalf(const domain::KeyMaterial& material) {
  return crypto::PublicKey::Parse(material.spec, material.public_key).value();
}

template <class Value>
std::optional<ErrorCode> Judge(const Result<Value>& result, bool right) {
  if (!result) return result.error().code;
  EXPECT_TRUE(right) << "a wrong answer";
  return std::nullopt;
}

std::optional<ErrorCode> SignError(ports::CryptoEngine& engine,
                                   const domain::KeyMaterial& material) {
  const auto algorithm = domain::SigningAlgorithms(material.spec, material.usage).back();
  const Bytes input = crypto::Hash(FactsOf(algorithm).digest, AsBytes("message"));
  const auto signature = engine.Sign(material, algorithm, input, Deadline::Never());
  return Judge(signature, signature && PublicHalf(material).Verify(algorithm, input, *signature));
}

std::optional<ErrorCode> DecryptError(ports::CryptoEngine& engine,
                                      const domain::KeyMaterial& material) {
  const auto algorithm = domain::EncryptionAlgorithm::kRsaesOaepSha256;
  const Bytes ciphertext = PublicHalf(material).Encrypt(algorithm, AsBytes("text")).value();
  const auto opened = engine.DecryptRsa(material, algorithm, ciphertext, Deadline::Never());
  return Judge(opened, opened && AsText(opened->view()) == "text");
}

std::optional<ErrorCode> AgreeError(ports::CryptoEngine& engine,
                                    const domain::KeyMaterial& material) {
  const auto own = crypto::PrivateKey::Generate(material.spec);
  const SecretBytes expected = own.AgreeSecret(PublicHalf(material)).value();
  const auto shared = engine.AgreeSecret(material, own.PublicKeyInfo(), Deadline::Never());
  return Judge(shared, shared && ToBytes(shared->view()) == ToBytes(expected.view()));
}

std::optional<ErrorCode> MacUseError(ports::CryptoEngine& engine,
                                     const domain::KeyMaterial& material) {
  const auto algorithm = domain::MacAlgorithms(material.spec, material.usage).front();
  const auto tag = engine.MakeMac(material, algorithm, AsBytes("message"), Deadline::Never());
  return Judge(tag, tag && tag->size() == SizeOf(domain::DigestOf(algorithm)));
}

}  // namespace

ports::MaterialPlan PlanFor(domain::KeySpec spec, KeyUsage usage, domain::Custody custody) {
  return {spec, usage, custody, NextId(), {}, "111122223333"};
}

domain::KeyMaterial Generate(ports::CryptoEngine& engine, const ports::MaterialPlan& plan) {
  return ports::MaterialOf(plan, Must(engine.GenerateMaterial(plan, Deadline::Never())));
}

std::optional<ErrorCode> UseError(ports::CryptoEngine& engine,
                                  const domain::KeyMaterial& material) {
  switch (material.usage) {
    case KeyUsage::kSignVerify:
      return SignError(engine, material);
    case KeyUsage::kKeyAgreement:
      return AgreeError(engine, material);
    case KeyUsage::kGenerateVerifyMac:
      return MacUseError(engine, material);
    case KeyUsage::kEncryptDecrypt:
      break;
  }
  if (domain::IsAsymmetric(material.spec)) return DecryptError(engine, material);
  return MacError(engine, material);
}

}  // namespace kmaas::hsm
