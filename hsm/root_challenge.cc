// Asking tokens the same.
#include "hsm/root_challenge.h"

#include <array>
#include <utility>

#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"
#include "hsm/mechanisms.h"

namespace kmaas::hsm {
namespace {

using domain::KeySpec;
using domain::KeyUsage;

constexpr std::string_view kLabel = "group challenge v1";
constexpr std::size_t kNonceBytes = 32;
// A bit that flips on its way must not make a token a stranger.
constexpr int kTries = 2;

struct Kind {
  KeySpec spec;
  KeyUsage usage;
};
// One of each class of roots, the quickest to make.
constexpr Kind kKinds[] = {{KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt},
                           {KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac},
                           {KeySpec::kEccNistP256, KeyUsage::kSignVerify},
                           {KeySpec::kEccNistP256, KeyUsage::kKeyAgreement},
                           {KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt}};

Bytes Nonce() {
  Bytes nonce(kNonceBytes);
  crypto::ProcessRandom(nonce);
  return nonce;
}

Result<Bytes> Opened(Result<SecretBytes> answer) {
  if (!answer) return std::move(answer).error();
  return ToBytes(answer->view());
}

// Where each kind of key would be kept.
Bytes Custodies(const Engine& engine) {
  Bytes answer;
  for (const KeyPlan& plan : AllPlans()) {
    const auto custody = engine.CustodyFor(plan.spec, plan.usage, domain::Custody::kWrapped);
    AppendU8(answer, custody ? static_cast<std::uint8_t>(*custody) : 0xff);
  }
  return answer;
}

// Good signatures differ, so that the answer is whether it is one.
Result<Bytes> Signed(Engine& engine, const domain::KeyMaterial& material, ByteView digest,
                     Deadline deadline) {
  constexpr auto kAlgorithm = domain::SigningAlgorithm::kEcdsaSha256;
  KM_TRY(const Bytes signature, engine.Sign(material, kAlgorithm, digest, deadline));
  const auto key = crypto::PublicKey::Parse(material.spec, material.public_key);
  return Bytes{key && key->Verify(kAlgorithm, digest, signature) ? std::uint8_t{1}
                                                                 : std::uint8_t{0}};
}

// One use of the material; `input` is 32 bytes, of RSA the ciphertext.
Result<Bytes> Used(Engine& engine, const domain::KeyMaterial& material, ByteView input,
                   Deadline deadline) {
  if (material.spec == KeySpec::kSymmetricDefault)
    return Opened(engine.DeriveMessageKey(material, input, deadline));
  if (material.usage == KeyUsage::kGenerateVerifyMac)
    return engine.MakeMac(material, domain::MacAlgorithm::kHmacSha256, input, deadline);
  if (material.usage == KeyUsage::kSignVerify) return Signed(engine, material, input, deadline);
  if (material.usage == KeyUsage::kKeyAgreement)
    return Opened(engine.AgreeSecret(material, material.public_key, deadline));
  return Opened(
      engine.DecryptRsa(material, domain::EncryptionAlgorithm::kRsaesOaepSha256, input, deadline));
}

Result<Bytes> InputFor(const domain::KeyMaterial& material) {
  Bytes input = Nonce();
  if (material.spec != KeySpec::kRsa2048) return input;
  const auto key = crypto::PublicKey::Parse(material.spec, material.public_key);
  std::optional<Bytes> sealed;
  if (key) sealed = key->Encrypt(domain::EncryptionAlgorithm::kRsaesOaepSha256, input);
  if (sealed) return *std::move(sealed);
  return Error{ErrorCode::kKmsInternal, "The HSM could not do the operation.",
               "the challenge's RSA key cannot be used"};
}

Result<Bytes> AnsweredInTwo(const std::function<Result<Bytes>()>& ask, const Bytes& expected) {
  Result<Bytes> answer = ask();
  for (int tries = 1; tries < kTries && (!answer || *answer != expected); ++tries) answer = ask();
  return answer;
}

}  // namespace

Result<void> RootChallenge::Add(std::string about, Answering answering, Engine& trusted,
                                Deadline deadline) {
  KM_TRY(Bytes expected, answering(trusted, deadline));
  questions_.push_back({std::move(about), std::move(answering), std::move(expected)});
  return {};
}

Result<RootChallenge> RootChallenge::OfService(Engine& trusted, Deadline deadline) {
  RootChallenge challenge;
  const auto derive = [nonce = Nonce()](ports::ServiceKey key) {
    return [nonce, key](Engine& engine, Deadline until) {
      return Opened(engine.DeriveServiceKey(key, kLabel, nonce, until));
    };
  };
  KM_CHECK(
      challenge.Add("integrity key", derive(ports::ServiceKey::kIntegrity), trusted, deadline));
  KM_CHECK(challenge.Add("seal key", derive(ports::ServiceKey::kSeal), trusted, deadline));
  KM_CHECK(challenge.Add(
      "audit key", [](Engine& engine, Deadline /*until*/) { return engine.AuditPublicKey(); },
      trusted, deadline));
  KM_CHECK(challenge.Add(
      "set of kinds of keys",
      [](Engine& engine, Deadline /*until*/) { return Result<Bytes>(Custodies(engine)); }, trusted,
      deadline));
  return challenge;
}

Result<RootChallenge> RootChallenge::OfRoots(Engine& trusted, std::uint32_t generation,
                                             Deadline deadline) {
  RootChallenge challenge;
  for (const Kind& kind : kKinds)
    KM_CHECK(challenge.AddRoot({kind.spec, kind.usage, generation}, trusted, deadline));
  return challenge;
}

Result<void> RootChallenge::AddRoot(const Root& root, Engine& trusted, Deadline deadline) {
  const auto custody = trusted.CustodyFor(root.spec, root.usage, domain::Custody::kWrapped);
  if (!custody || *custody != domain::Custody::kWrapped) return {};
  ports::MaterialPlan plan{.spec = root.spec, .usage = root.usage};
  crypto::ProcessRandom(plan.id.bits);
  KM_TRY(ports::GeneratedMaterial made, trusted.GenerateUnder(plan, root.generation, deadline));
  const domain::KeyMaterial material = ports::MaterialOf(plan, std::move(made));
  KM_TRY(const Bytes input, InputFor(material));
  const auto use = [material, input](Engine& engine, Deadline until) {
    Result<Bytes> answer = Used(engine, material, input, until);
    // What stays loaded goes with the engine's other loaded keys.
    (void)engine.DestroyMaterial(material, until);
    return answer;
  };
  return Add("root for " + std::string(ToText(root.spec)) + " " + std::string(ToText(root.usage)) +
                 ", generation " + std::to_string(root.generation),
             use, trusted, deadline);
}

Result<void> RootChallenge::Ask(Engine& other, Deadline deadline) const {
  for (const Question& question : questions_) {
    const auto answer =
        AnsweredInTwo([&] { return question.answering(other, deadline); }, question.expected);
    if (!answer) {
      Error error = answer.error();
      error.message = "The token could not be asked about its " + question.about +
                      (error.message.empty() ? "." : ": " + error.message);
      return error;
    }
    if (crypto::ConstantTimeEqual(*answer, question.expected)) continue;
    return Error{ErrorCode::kConflict,
                 "The token has another " + question.about + " than the other tokens.",
                 "another " + question.about};
  }
  return {};
}

}  // namespace kmaas::hsm
