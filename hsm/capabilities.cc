// Learning what a token does, and custody in consequence.
#include "hsm/capabilities.h"

#include <algorithm>

#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/hash.h"
#include "crypto/public_key.h"
#include "hsm/key_marks.h"
#include "hsm/known_rsa_key.h"
#include "hsm/material_templates.h"
#include "hsm/materials.h"
#include "hsm/scoped_object.h"

namespace kmaas::hsm {
namespace {

using domain::KeySpec;
using domain::KeyUsage;

constexpr std::string_view kQuestion = "kmaas known answer of 32 bytes..";

const KeyPlan& RsaPlan(KeyUsage usage) { return *FindPlan(KeySpec::kRsa2048, usage); }

// What is tried; false is an answer, too.

crypto::PublicKey KnownPublicKey() {
  return crypto::PublicKey::Parse(KeySpec::kRsa2048, KnownRsaPublicKey()).value();
}

Result<bool> DecryptsOaep(Call& call, OaepBy by) {
  ScopedObject key(call.session());
  KM_CHECK(LoadKnownRsaKey(call, Arriving(RsaPlan(KeyUsage::kEncryptDecrypt)), key.handle));
  for (const auto algorithm : domain::FactsOf(KeySpec::kRsa2048).encryption) {
    const auto ciphertext = KnownPublicKey().Encrypt(algorithm, AsBytes(kQuestion));
    std::optional<SecretBytes> plaintext;
    const Rv rv = DecryptOaepWith(call.session(), key.handle, KnownPublicKey(), by,
                                  domain::OaepDigestOf(algorithm), *ciphertext, plaintext);
    if (!rv.ok()) return call.Fail(rv);
    if (!plaintext || !crypto::ConstantTimeEqual(plaintext->view(), AsBytes(kQuestion)))
      return false;
  }
  return true;
}

Result<bool> SignsRsa(Call& call) {
  const KeyPlan& plan = RsaPlan(KeyUsage::kSignVerify);
  ScopedObject key(call.session());
  KM_CHECK(LoadKnownRsaKey(call, Arriving(plan), key.handle));
  for (const auto algorithm : domain::FactsOf(KeySpec::kRsa2048).signing) {
    const Bytes digest = crypto::Hash(FactsOf(algorithm).digest, AsBytes(kQuestion));
    Bytes signature;
    const Rv rv = SignUnchecked(call.session(), key.handle, plan, algorithm, digest, signature);
    if (!rv.ok()) return call.Fail(rv);
    if (!KnownPublicKey().Verify(algorithm, digest, signature)) return false;
  }
  return true;
}

Result<bool> WrapsRsa(Call& call, KeyUsage usage) {
  ScopedObject key(call.session());
  KM_CHECK(LoadKnownRsaKey(call, Arriving(RsaPlan(usage)), key.handle));
  KM_CHECK(WrapAndProve(call, RsaPlan(usage), key.handle, KnownRsaPublicKey(),
                        call.generation().wrapping_root()));
  return true;
}

Result<bool> Wraps(Call& call, const KeyPlan& plan) {
  KM_CHECK(GenerateWrapped(call, plan, call.generation().wrapping_root()));
  return true;
}

Result<bool> Uses(Call& call, const KeyPlan& plan) {
  KM_CHECK(WithNewKey(call, plan, [&](ObjectHandle key, ByteView mark) {
    return CheckMark(call, key, plan, mark);
  }));
  return true;
}

Result<bool> UnwrapsOaep(Call& call, domain::EncryptionAlgorithm algorithm) {
  ScopedObject pair(call.session());
  ScopedObject key(call.session());
  KM_CHECK(LoadKnownRsaKey(call, KnownImportKey(), pair.handle));
  const auto sealed = KnownPublicKey().Encrypt(algorithm, AsBytes(kQuestion));
  const CK_RSA_PKCS_OAEP_PARAMS parameters = OaepParameters(domain::OaepDigestOf(algorithm));
  const Rv rv = call.session().Unwrap({CKM_RSA_PKCS_OAEP, parameters}, pair.handle, *sealed,
                                      Template(Arriving(BackingKeyPlan())), key.handle);
  if (!rv.ok()) return call.Fail(rv);
  KM_TRY(const Bytes mark, MarkOfSecret(call, key.handle, BackingKeyPlan()));
  return crypto::ConstantTimeEqual(mark,
                                   crypto::HmacSha256(AsBytes(kQuestion), AsBytes(kMarkQuestion)));
}

// Some tokens take the flag, and sign as if it were not there.
Result<bool> HonoursPrehash(Call& call) {
  const KeyPlan& plan = *FindPlan(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify);
  bool honours = false;
  KM_CHECK(WithNewKey(call, plan, [&](ObjectHandle key, ByteView mark) -> Result<void> {
    Bytes signature;
    const Rv rv =
        SignUnchecked(call.session(), key, plan, domain::SigningAlgorithm::kEd25519PhSha512,
                      AsBytes(kQuestion), signature);
    if (!rv.ok()) return call.Fail(rv);
    const auto half = crypto::PublicKey::Parse(plan.spec, mark);
    honours = half && half->Verify(domain::SigningAlgorithm::kEd25519PhSha512, AsBytes(kQuestion),
                                   signature);
    return {};
  }));
  return honours;
}

class Learner {
 public:
  Learner(Generation& generation, const Session& session, Capabilities& learned)
      : generation_(generation), session_(session), learned_(learned) {}

  Result<void> LearnAll() {
    learned_ = {};
    learned_.places.resize(AllPlans().size());
    Prove({generation_.wrap().mechanism, CKM_SHA256_HMAC, CKM_ECDSA});
    KM_CHECK(LearnRsa());
    for (std::size_t i = 0; i < AllPlans().size(); ++i)
      if (AllPlans()[i].type != CKK_RSA) KM_CHECK(LearnPlaces(AllPlans()[i], learned_.places[i]));
    KM_TRY(learned_.unwraps_oaep_sha1, Can("C_UnwrapKey OAEP SHA-1", [](Call& call) {
             return UnwrapsOaep(call, domain::EncryptionAlgorithm::kRsaesOaepSha1);
           }));
    KM_TRY(learned_.unwraps_oaep_sha256, Can("C_UnwrapKey OAEP SHA-256", [](Call& call) {
             return UnwrapsOaep(call, domain::EncryptionAlgorithm::kRsaesOaepSha256);
           }));
    Say();
    return {};
  }

  Result<void> LearnBackingKeys() {
    learned_ = {};
    learned_.places.resize(AllPlans().size());
    const KeyPlan& plan = BackingKeyPlan();
    bool& resident = learned_.places[static_cast<std::size_t>(&plan - AllPlans().data())].resident;
    KM_TRY(resident, Can("backing keys", [&](Call& call) { return Uses(call, plan); }));
    if (resident) Prove(plan.uses);
    return {};
  }

 private:
  // Tried twice where the answer does not say that the token cannot.
  template <class Attempt>
  Result<bool> Can(std::string_view what, const Attempt& attempt) {
    for (bool again = false;; again = true) {
      Call call(generation_, session_, learned_);
      const Result<bool> tried = attempt(call);
      if (tried) return *tried;
      if (MeansCannot(call.failure())) return false;
      KM_CHECK(CheckToken());
      if (!again) continue;
      log::Warning("hsm_probe_failed", {{"what", what}, {"error", tried.error().detail}});
      return false;
    }
  }

  Result<void> CheckToken() {
    Rv rv = generation_.Reopen(session_);
    if (rv.ok()) rv = generation_.CheckAlive(session_);
    if (!rv.ok()) return SetupError(rv, "The token does not answer while it is looked at");
    return {};
  }

  void Prove(std::span<const CK_MECHANISM_TYPE> mechanisms) {
    auto& proven = learned_.proven;
    for (const CK_MECHANISM_TYPE mechanism : mechanisms)
      if (std::find(proven.begin(), proven.end(), mechanism) == proven.end())
        proven.push_back(mechanism);
  }
  void Prove(std::initializer_list<CK_MECHANISM_TYPE> mechanisms) {
    Prove(std::span(mechanisms.begin(), mechanisms.size()));
  }

  Result<void> LearnRsa();
  Result<void> LearnPlaces(const KeyPlan& plan, Capabilities::Places& places);
  void SetRsa(KeyUsage usage, Capabilities::Places places);
  void Say() const;

  Generation& generation_;
  const Session& session_;
  Capabilities& learned_;
};

void Learner::SetRsa(KeyUsage usage, Capabilities::Places places) {
  for (std::size_t i = 0; i < AllPlans().size(); ++i)
    if (AllPlans()[i].type == CKK_RSA && AllPlans()[i].usage == usage) learned_.places[i] = places;
}

// One known key stands for all sizes: to make one of each would take seconds.
Result<void> Learner::LearnRsa() {
  KM_TRY(const bool by_token,
         Can("OAEP by the token", [](Call& call) { return DecryptsOaep(call, OaepBy::kToken); }));
  learned_.oaep = by_token ? OaepBy::kToken : OaepBy::kProcess;
  KM_TRY(const bool raw, by_token ? Result<bool>(true) : Can("raw RSA", [](Call& call) {
           return DecryptsOaep(call, OaepBy::kProcess);
         }));
  KM_TRY(const bool signs, Can("RSASSA", SignsRsa));
  for (const auto& [usage, works] :
       {std::pair(KeyUsage::kEncryptDecrypt, raw), std::pair(KeyUsage::kSignVerify, signs)}) {
    if (!works) continue;
    KM_TRY(const bool wraps,
           Can("wrapping RSA keys", [usage = usage](Call& call) { return WrapsRsa(call, usage); }));
    SetRsa(usage, {wraps, true});
  }
  if (raw) Prove({by_token ? CKM_RSA_PKCS_OAEP : CKM_RSA_X_509});
  if (signs) Prove({CKM_RSA_PKCS, CKM_RSA_PKCS_PSS});
  return {};
}

Result<void> Learner::LearnPlaces(const KeyPlan& plan, Capabilities::Places& places) {
  KM_TRY(places.wrapped, Can(ToText(plan.spec), [&](Call& call) { return Wraps(call, plan); }));
  places.resident = places.wrapped;
  if (!places.wrapped) {
    KM_TRY(places.resident, Can(ToText(plan.spec), [&](Call& call) { return Uses(call, plan); }));
  }
  if (plan.is_edwards() && places.resident) {
    KM_TRY(learned_.ed25519_prehash, Can("Ed25519ph", HonoursPrehash));
  }
  if (places.resident) Prove(plan.uses);
  return {};
}

void Learner::Say() const {
  for (const KeyPlan& plan : AllPlans()) {
    const auto custody = CustodyFor(learned_, plan.spec, plan.usage, domain::Custody::kWrapped);
    if (custody && *custody == domain::Custody::kWrapped) continue;
    log::Info("hsm_cannot_wrap", {{"spec", ToText(plan.spec)},
                                  {"usage", ToText(plan.usage)},
                                  {"custody", custody ? ToText(*custody) : "none"}});
  }
}

Error NoPlace(domain::KeySpec spec) {
  return {ErrorCode::kUnsupportedOperation,
          "The HSM cannot hold keys of the spec " + std::string(ToText(spec)) + ".",
          "no custody for the kind of key"};
}

}  // namespace

Result<void> Learn(Generation& generation, const Session& session, Capabilities& learned) {
  return Learner(generation, session, learned).LearnAll();
}

Result<void> LearnKeyStore(Generation& generation, const Session& session, Capabilities& learned) {
  return Learner(generation, session, learned).LearnBackingKeys();
}

Result<domain::Custody> CustodyFor(const Capabilities& capabilities, domain::KeySpec spec,
                                   domain::KeyUsage usage, domain::Custody wished) {
  const KeyPlan* plan = FindPlan(spec, usage);
  if (plan == nullptr) return NoPlace(spec);
  const auto index = static_cast<std::size_t>(plan - AllPlans().data());
  const Capabilities::Places places = capabilities.places[index];
  if (wished == domain::Custody::kResident) {
    if (places.resident) return wished;
    return NoPlace(spec);
  }
  // A wrapped Ed25519 key has to do both forms.
  const bool whole = places.wrapped && (!plan->is_edwards() || capabilities.ed25519_prehash);
  if (whole && wished == domain::Custody::kWrapped) return wished;
  if (whole || domain::IsSymmetricEncryption(spec)) return NoPlace(spec);
  return domain::Custody::kProcess;
}

}  // namespace kmaas::hsm
