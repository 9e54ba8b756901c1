// Uses of an engine that may fail but must not be wrong.
#include "tests/campaigns/hsm_faults/world.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include "crypto/digest.h"
#include "crypto/ecdsa.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "hsm/ceremony.h"
#include "tests/campaigns/hsm_faults/plants.h"
#include "tests/component/hsm/module_hook.h"

namespace kmaas::campaigns {
namespace {

using domain::KeySpec;
using domain::KeyUsage;

constexpr std::chrono::seconds kPatience{5};
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

}  // namespace

void Tally::Add(const Use& use) {
  right += use.answer == Answer::kRight ? 1 : 0;
  if (use.answer == Answer::kRefused && refused++ == 0)
    first_refused = use.name + ": " + use.detail;
  if (use.answer == Answer::kRight || use.answer == Answer::kRefused) return;
  if (bad++ == 0) first_bad = use.name + ": " + use.detail;
}

struct World::Keys {
  domain::KeyMaterial wrapped;
  domain::KeyMaterial damaged;
  domain::KeyMaterial resident;
  domain::KeyMaterial hmac;
  domain::KeyMaterial rsa_signer;
  domain::KeyMaterial ec_signer;
  domain::KeyMaterial decrypter;
  domain::KeyMaterial agreer;
  domain::KeyMaterial in_process;
  SecretBytes message_key[2];
  Bytes tag;
  SecretBytes service_key;
  Bytes process_signature;
  Bytes audit_key;
  Bytes last_random;
  std::uint64_t epoch = 0;  // of the last anchor that was asked for

  std::optional<crypto::PrivateKey> peer;
  Bytes ciphertext;
};

struct World::Kind {
  std::string name;
  Use (*use)(hsm::Engine& engine, Keys& keys, Deadline deadline);
};

namespace {

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

}  // namespace

const std::vector<World::Kind>& World::AllKinds() {
  static const std::vector<Kind> kinds = {
      {"message key of a wrapped key",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         return Judge(engine.DeriveMessageKey(keys.wrapped, AsBytes(kMessage), deadline),
                      [&](const SecretBytes& key) { return Same(key, keys.message_key[0]); });
       }},
      {"message key of a resident key",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         return Judge(engine.DeriveMessageKey(keys.resident, AsBytes(kMessage), deadline),
                      [&](const SecretBytes& key) { return Same(key, keys.message_key[1]); });
       }},
      {"MAC",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         return Judge(engine.MakeMac(keys.hmac, domain::MacAlgorithm::kHmacSha256,
                                     AsBytes(kMessage), deadline),
                      [&](const Bytes& tag) { return tag == keys.tag; });
       }},
      {"RSA signature", [](Engine& engine, Keys& keys,
                           Deadline deadline) { return Sign(engine, keys.rsa_signer, deadline); }},
      {"ECDSA signature", [](Engine& engine, Keys& keys,
                             Deadline deadline) { return Sign(engine, keys.ec_signer, deadline); }},
      {"RSA decryption",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         return Judge(
             engine.DecryptRsa(keys.decrypter, domain::EncryptionAlgorithm::kRsaesOaepSha256,
                               keys.ciphertext, deadline),
             [](const SecretBytes& text) { return AsText(text.view()) == kMessage; });
       }},
      {"shared secret",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         const SecretBytes expected = keys.peer->AgreeSecret(PublicHalf(keys.agreer)).value();
         return Judge(engine.AgreeSecret(keys.agreer, keys.peer->PublicKeyInfo(), deadline),
                      [&](const SecretBytes& shared) { return Same(shared, expected); });
       }},
      {"new wrapped key",
       [](Engine& engine, Keys&, Deadline deadline) { return MakeAndDerive(engine, deadline); }},
      {"new key pair",
       [](Engine& engine, Keys&, Deadline deadline) {
         return MakeAndSign(engine, KeySpec::kEccNistP256, domain::Custody::kWrapped, deadline);
       }},
      {"new key of the process",
       [](Engine& engine, Keys&, Deadline deadline) {
         return MakeAndSign(engine, KeySpec::kEccNistEdwards25519, domain::Custody::kProcess,
                            deadline);
       }},
      {"signature of the process",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         return Judge(engine.Sign(keys.in_process, domain::SigningAlgorithm::kEd25519Sha512,
                                  AsBytes(kMessage), deadline),
                      [&](const Bytes& signature) { return signature == keys.process_signature; });
       }},
      {"blob that does not open",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         const auto key = engine.DeriveMessageKey(keys.damaged, AsBytes(kMessage), deadline);
         if (key) return Use{"", Answer::kWrong, "a key of a damaged blob"};
         if (key.error().code == ErrorCode::kKmsInternal) return Use{"", Answer::kRight, ""};
         return Refusal(key.error());
       }},
      {"random bytes",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         Bytes random(32);
         const auto made = engine.GenerateRandom(random, deadline);
         if (!made) return Refusal(made.error());
         const bool right = random != keys.last_random && random != Bytes(32);
         keys.last_random = random;
         return Use{"", right ? Answer::kRight : Answer::kWrong, "no random bytes"};
       }},
      {"key of the service",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         return Judge(engine.DeriveServiceKey(ports::ServiceKey::kSeal, "label", {}, deadline),
                      [&](const SecretBytes& key) { return Same(key, keys.service_key); });
       }},
      {"seal of the audit trail",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         const std::array<std::uint8_t, 32> digest{7};
         return Judge(engine.SignAuditDigest(digest, deadline), [&](const Bytes& signature) {
           return crypto::VerifyP256(keys.audit_key, digest, signature);
         });
       }},
      {"anchor",
       [](Engine& engine, Keys& keys, Deadline deadline) {
         const std::uint64_t before = keys.epoch;
         ports::StoreHead head;
         head.epoch = ++keys.epoch;
         const auto written = engine.anchor().WriteAnchor(head, deadline);
         if (!written) return Refusal(written.error());
         return Judge(engine.anchor().ReadAnchor(deadline),
                      [&](const std::optional<ports::StoreHead>& anchored) {
                        return anchored && anchored->epoch == before + 1;
                      });
       }},
      {"health", [](Engine& engine, Keys&,
                    Deadline deadline) { return Judge(engine.CheckHealth(deadline)); }},
  };
  return kinds;
}

World::World(std::string shim)
    : token_(fakes::SoftToken::Create()),
      shim_(std::move(shim)),
      plan_(token_.directory() + "/plan", token_.module_path()) {
  const auto bytes = [](const std::string& text) { return SecretBytes(AsBytes(text)); };
  Must(hsm::MakeServiceKeys({.module_path = token_.module_path(),
                             .token_label = token_.label(),
                             .so_pin = bytes(token_.so_pin()),
                             .user_pin = bytes(token_.user_pin())}));
  Open();
  MakeKeys();
}

World::~World() { Close(); }

void World::Open() {
  engine_.reset();
  hsm::EngineOptions options{.module_path = shim_,
                             .token_label = token_.label(),
                             .user_pin = SecretBytes(AsBytes(token_.user_pin())),
                             .recovery_interval = std::chrono::milliseconds(0)};
  engine_ = Must(hsm::Engine::Open(std::move(options), clock_));
}

void World::MakeModuleForget() { (void)hsm::FunctionsOf(token_.module_path()).C_Finalize(nullptr); }

void World::MakeKeys() {
  keys_ = std::make_unique<Keys>();
  const auto never = Deadline::Never();
  const auto make = [&](KeySpec spec, KeyUsage usage, domain::Custody custody) {
    const auto plan = PlanFor(spec, usage, custody);
    return ports::MaterialOf(plan, Must(engine_->GenerateMaterial(plan, never)));
  };
  const auto wrapped = domain::Custody::kWrapped;
  keys_->wrapped = make(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, wrapped);
  keys_->damaged = make(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, wrapped);
  keys_->damaged.blob.back() ^= 1;
  keys_->resident =
      make(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, domain::Custody::kResident);
  keys_->hmac = make(KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac, wrapped);
  keys_->rsa_signer = make(KeySpec::kRsa2048, KeyUsage::kSignVerify, wrapped);
  keys_->ec_signer = make(KeySpec::kEccNistP256, KeyUsage::kSignVerify, wrapped);
  keys_->decrypter = make(KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt, wrapped);
  keys_->agreer = make(KeySpec::kEccNistP256, KeyUsage::kKeyAgreement, wrapped);
  keys_->in_process =
      make(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, domain::Custody::kProcess);
  keys_->peer = crypto::PrivateKey::Generate(KeySpec::kEccNistP256);
  keys_->ciphertext = PublicHalf(keys_->decrypter)
                          .Encrypt(domain::EncryptionAlgorithm::kRsaesOaepSha256, AsBytes(kMessage))
                          .value();
  const ByteView message = AsBytes(kMessage);
  keys_->message_key[0] = Must(engine_->DeriveMessageKey(keys_->wrapped, message, never));
  keys_->message_key[1] = Must(engine_->DeriveMessageKey(keys_->resident, message, never));
  keys_->tag =
      Must(engine_->MakeMac(keys_->hmac, domain::MacAlgorithm::kHmacSha256, message, never));
  keys_->service_key =
      Must(engine_->DeriveServiceKey(ports::ServiceKey::kSeal, "label", {}, never));
  keys_->process_signature = Must(
      engine_->Sign(keys_->in_process, domain::SigningAlgorithm::kEd25519Sha512, message, never));
  keys_->audit_key = Must(engine_->AuditPublicKey());
}

const std::vector<std::string>& World::Kinds() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Kind& kind : AllKinds()) all.push_back(kind.name);
    return all;
  }();
  return names;
}

Use World::UseOne(std::size_t kind) {
  const Kind& one = AllKinds().at(kind);
  Use use = one.use(*engine_, *keys_, Deadline::After(clock_, kPatience));
  use.name = one.name;
  return use;
}

Tally World::UseAll() {
  Tally tally;
  for (std::size_t kind = 0; kind < AllKinds().size(); ++kind) tally.Add(UseOne(kind));
  return tally;
}

Tally World::AskOnce(std::chrono::milliseconds patience) {
  Tally tally;
  const Deadline deadline = Deadline::After(clock_, patience);
  std::thread short_call([&] { tally.Add(AllKinds().front().use(*engine_, *keys_, deadline)); });
  const Use sealed =
      Judge(engine_->SignAuditDigest({}, deadline), [](const Bytes&) { return true; });
  short_call.join();
  tally.Add(sealed);
  return tally;
}

bool World::IsWholeWithinASecond(std::string& why) {
  const auto end = clock_.SteadyNow() + std::chrono::seconds(1);
  for (;;) {
    const bool is_late = clock_.SteadyNow() >= end;
    const Tally tally = UseAll();
    if (tally.bad == 0 && tally.refused == 0) return true;
    if (tally.bad == 0 && !is_late) continue;
    why = tally.bad > 0 ? tally.first_bad : "refused a second later: " + tally.first_refused;
    return false;
  }
}

}  // namespace kmaas::campaigns
