// Uses of an engine that may fail but must not be wrong.
#include "tests/campaigns/hsm_faults/uses.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "tests/campaigns/hsm_faults/plants.h"

namespace kmaas::campaigns {
namespace {

using domain::KeySpec;
using domain::KeyUsage;

constexpr std::string_view kMessage = "a message of some length";

template <class T>
T Must(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s [%s]\n", result.error().message.c_str(), result.error().detail.c_str());
  std::exit(2);
}

domain::MaterialId NextId() {
  static std::uint32_t next = 0;
  domain::MaterialId id;
  id.bits.fill(0xfa);
  Bytes number;
  AppendU32(number, ++next);
  std::copy(number.begin(), number.end(), id.bits.begin());
  return id;
}

ports::MaterialPlan PlanFor(KeySpec spec, KeyUsage usage, domain::Custody custody) {
  return {spec, usage, custody, NextId(), {}, "111122223333"};
}

// Whoever gets one of these knows that nothing was wrong with what was asked.
bool IsClear(ErrorCode code) {
  return code == ErrorCode::kKeyUnavailable || code == ErrorCode::kDependencyTimeout ||
         code == ErrorCode::kThrottling || code == ErrorCode::kKmsInternal;
}

Use Refusal(const Error& error) {
  return {"", IsClear(error.code) ? Answer::kRefused : Answer::kUnclear,
          error.message + " [" + error.detail + "]"};
}

template <class Value, class Check>
Use Judge(const Result<Value>& result, const Check& is_right) {
  if (!result) return Refusal(result.error());
  const NothingLeftOut checked;
  return {"", is_right(*result) ? Answer::kRight : Answer::kWrong, "a wrong answer"};
}

Use Judge(const Result<void>& result) {
  if (!result) return Refusal(result.error());
  return {"", Answer::kRight, ""};
}

bool Same(const SecretBytes& one, const SecretBytes& other) {
  return crypto::ConstantTimeEqual(one.view(), other.view());
}

crypto::PublicKey PublicHalf(const domain::KeyMaterial& material) {
  return crypto::PublicKey::Parse(material.spec, material.public_key).value();
}

using hsm::Engine;

Use Sign(Engine& engine, const domain::KeyMaterial& material, Deadline deadline) {
  const auto algorithm = domain::SigningAlgorithms(material.spec, material.usage).front();
  const Bytes input = crypto::Hash(FactsOf(algorithm).digest, AsBytes(kMessage));
  return Judge(engine.Sign(material, algorithm, input, deadline), [&](const Bytes& signature) {
    return PublicHalf(material).Verify(algorithm, input, signature);
  });
}

// What is kept must be what was made: so it is used at once, when the token lets it.
Use MakeAndSign(Engine& engine, KeySpec spec, domain::Custody custody, Deadline deadline) {
  const auto plan = PlanFor(spec, KeyUsage::kSignVerify, custody);
  auto made = engine.GenerateMaterial(plan, deadline);
  if (!made) return Refusal(made.error());
  return Sign(engine, ports::MaterialOf(plan, *std::move(made)), deadline);
}

// Forgotten in between, so that the second answer is the blob's.
Use MakeAndDerive(Engine& engine, Deadline deadline) {
  const auto plan =
      PlanFor(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, domain::Custody::kWrapped);
  auto made = engine.GenerateMaterial(plan, deadline);
  if (!made) return Refusal(made.error());
  const auto material = ports::MaterialOf(plan, *std::move(made));
  const auto first = engine.DeriveMessageKey(material, AsBytes(kMessage), deadline);
  if (!first) return Refusal(first.error());
  if (auto forgotten = engine.DestroyMaterial(material, deadline); !forgotten)
    return Refusal(forgotten.error());
  return Judge(engine.DeriveMessageKey(material, AsBytes(kMessage), deadline),
               [&](const SecretBytes& again) { return Same(again, *first); });
}

Use RsaSignature(Engine& engine, Keys& keys, Deadline deadline) {
  return Sign(engine, keys.rsa_signer, deadline);
}

Use EcdsaSignature(Engine& engine, Keys& keys, Deadline deadline) {
  return Sign(engine, keys.ec_signer, deadline);
}

Use MessageKeyOfAWrappedKey(Engine& engine, Keys& keys, Deadline deadline) {
  return Judge(engine.DeriveMessageKey(keys.wrapped, AsBytes(kMessage), deadline),
               [&](const SecretBytes& key) { return Same(key, keys.message_key[0]); });
}

Use MessageKeyOfAResidentKey(Engine& engine, Keys& keys, Deadline deadline) {
  return Judge(engine.DeriveMessageKey(keys.resident, AsBytes(kMessage), deadline),
               [&](const SecretBytes& key) { return Same(key, keys.message_key[1]); });
}

Use Mac(Engine& engine, Keys& keys, Deadline deadline) {
  return Judge(
      engine.MakeMac(keys.hmac, domain::MacAlgorithm::kHmacSha256, AsBytes(kMessage), deadline),
      [&](const Bytes& tag) { return tag == keys.tag; });
}

Use RsaDecryption(Engine& engine, Keys& keys, Deadline deadline) {
  return Judge(engine.DecryptRsa(keys.decrypter, domain::EncryptionAlgorithm::kRsaesOaepSha256,
                                 keys.ciphertext, deadline),
               [](const SecretBytes& text) { return AsText(text.view()) == kMessage; });
}

Use SharedSecret(Engine& engine, Keys& keys, Deadline deadline) {
  const SecretBytes expected = keys.peer->AgreeSecret(PublicHalf(keys.agreer)).value();
  return Judge(engine.AgreeSecret(keys.agreer, keys.peer->PublicKeyInfo(), deadline),
               [&](const SecretBytes& shared) { return Same(shared, expected); });
}

Use NewKeyPair(Engine& engine, Keys&, Deadline deadline) {
  return MakeAndSign(engine, KeySpec::kEccNistP256, domain::Custody::kWrapped, deadline);
}

Use NewKeyOfTheProcess(Engine& engine, Keys&, Deadline deadline) {
  return MakeAndSign(engine, KeySpec::kEccNistEdwards25519, domain::Custody::kProcess, deadline);
}

Use SignatureOfTheProcess(Engine& engine, Keys& keys, Deadline deadline) {
  return Judge(engine.Sign(keys.in_process, domain::SigningAlgorithm::kEd25519Sha512,
                           AsBytes(kMessage), deadline),
               [&](const Bytes& signature) { return signature == keys.process_signature; });
}

Use BlobThatDoesNotOpen(Engine& engine, Keys& keys, Deadline deadline) {
  const auto key = engine.DeriveMessageKey(keys.damaged, AsBytes(kMessage), deadline);
  if (key) return Use{"", Answer::kWrong, "a key of a damaged blob"};
  if (key.error().code == ErrorCode::kKmsInternal) return Use{"", Answer::kRight, ""};
  return Refusal(key.error());
}

Use RandomBytes(Engine& engine, Keys& keys, Deadline deadline) {
  Bytes random(32);
  const auto made = engine.GenerateRandom(random, deadline);
  if (!made) return Refusal(made.error());
  const bool right = random != keys.last_random && random != Bytes(32);
  keys.last_random = random;
  return Use{"", right ? Answer::kRight : Answer::kWrong, "no random bytes"};
}

Use KeyOfTheService(Engine& engine, Keys& keys, Deadline deadline) {
  return Judge(engine.DeriveServiceKey(ports::ServiceKey::kSeal, "label", {}, deadline),
               [&](const SecretBytes& key) { return Same(key, keys.service_key); });
}

Use SealOfTheAuditTrail(Engine& engine, Keys& keys, Deadline deadline) {
  const std::array<std::uint8_t, 32> digest{7};
  return Judge(engine.SignAuditDigest(digest, deadline), [&](const Bytes& signature) {
    return crypto::VerifyP256(keys.audit_key, digest, signature);
  });
}

Use Anchor(Engine& engine, Keys& keys, Deadline deadline) {
  const std::uint64_t before = keys.epoch;
  ports::StoreHead head;
  head.epoch = ++keys.epoch;
  const auto written = engine.anchor().WriteAnchor(head, deadline);
  if (!written) return Refusal(written.error());
  return Judge(engine.anchor().ReadAnchor(deadline),
               [&](const std::optional<ports::StoreHead>& anchored) {
                 return anchored && anchored->epoch == before + 1;
               });
}

Use NewWrappedKey(Engine& engine, Keys&, Deadline deadline) {
  return MakeAndDerive(engine, deadline);
}

Use Health(Engine& engine, Keys&, Deadline deadline) { return Judge(engine.CheckHealth(deadline)); }

}  // namespace

const std::vector<Kind>& AllKinds() {
  static const std::vector<Kind> kinds = {
      {"message key of a wrapped key", &MessageKeyOfAWrappedKey},
      {"message key of a resident key", &MessageKeyOfAResidentKey},
      {"MAC", &Mac},
      {"RSA signature", &RsaSignature},
      {"ECDSA signature", &EcdsaSignature},
      {"RSA decryption", &RsaDecryption},
      {"shared secret", &SharedSecret},
      {"new wrapped key", &NewWrappedKey},
      {"new key pair", &NewKeyPair},
      {"new key of the process", &NewKeyOfTheProcess},
      {"signature of the process", &SignatureOfTheProcess},
      {"blob that does not open", &BlobThatDoesNotOpen},
      {"random bytes", &RandomBytes},
      {"key of the service", &KeyOfTheService},
      {"seal of the audit trail", &SealOfTheAuditTrail},
      {"anchor", &Anchor},
      {"health", &Health},
  };
  return kinds;
}

Use UseOfLongLane(Engine& engine, Deadline deadline) {
  return Judge(engine.SignAuditDigest({}, deadline), [](const Bytes&) { return true; });
}

void MakeKeys(Engine& engine, Keys& keys) {
  const auto never = Deadline::Never();
  const auto make = [&](KeySpec spec, KeyUsage usage, domain::Custody custody) {
    const auto plan = PlanFor(spec, usage, custody);
    return ports::MaterialOf(plan, Must(engine.GenerateMaterial(plan, never)));
  };
  const auto wrapped = domain::Custody::kWrapped;
  keys.wrapped = make(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, wrapped);
  keys.damaged = make(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, wrapped);
  keys.damaged.blob.back() ^= 1;
  keys.resident =
      make(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, domain::Custody::kResident);
  keys.hmac = make(KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac, wrapped);
  keys.rsa_signer = make(KeySpec::kRsa2048, KeyUsage::kSignVerify, wrapped);
  keys.ec_signer = make(KeySpec::kEccNistP256, KeyUsage::kSignVerify, wrapped);
  keys.decrypter = make(KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt, wrapped);
  keys.agreer = make(KeySpec::kEccNistP256, KeyUsage::kKeyAgreement, wrapped);
  keys.in_process =
      make(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, domain::Custody::kProcess);
  keys.peer = crypto::PrivateKey::Generate(KeySpec::kEccNistP256);
  keys.ciphertext = PublicHalf(keys.decrypter)
                        .Encrypt(domain::EncryptionAlgorithm::kRsaesOaepSha256, AsBytes(kMessage))
                        .value();
  const ByteView message = AsBytes(kMessage);
  keys.message_key[0] = Must(engine.DeriveMessageKey(keys.wrapped, message, never));
  keys.message_key[1] = Must(engine.DeriveMessageKey(keys.resident, message, never));
  keys.tag = Must(engine.MakeMac(keys.hmac, domain::MacAlgorithm::kHmacSha256, message, never));
  keys.service_key = Must(engine.DeriveServiceKey(ports::ServiceKey::kSeal, "label", {}, never));
  keys.process_signature =
      Must(engine.Sign(keys.in_process, domain::SigningAlgorithm::kEd25519Sha512, message, never));
  keys.audit_key = Must(engine.AuditPublicKey());
}

}  // namespace kmaas::campaigns
