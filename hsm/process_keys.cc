// Making, sealing and opening keys of custody process.
#include "hsm/process_keys.h"

#include <array>

#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "crypto/public_key_info.h"
#include "hsm/key_marks.h"
#include "hsm/mechanisms.h"
#include "hsm/service_keys.h"

namespace kmaas::hsm {
namespace {

constexpr std::string_view kSealLabel = "kmaas process material v1";
constexpr std::uint8_t kFormat = 1;

// Who a material is, in what is authenticated with it.
struct Identity {
  domain::KeySpec spec;
  domain::KeyUsage usage;
  const std::string& account;
  domain::KeyId key_id;
  domain::MaterialId id;

  Bytes KeyContext() const {
    Bytes context;
    AppendField(context, account);
    AppendField(context, key_id.ToText());
    AppendField(context, id.bits);
    return context;
  }
  Bytes AssociatedData() const {
    Bytes data;
    AppendU8(data, kFormat);
    AppendField(data, kSealLabel);
    AppendField(data, KeyContext());
    AppendField(data, ToText(spec));
    AppendField(data, ToText(usage));
    return data;
  }
};

Result<SecretBytes> SealingKey(Call& call, const Identity& identity) {
  SecretBytes key(crypto::kAesKeyBytes);
  const Rv rv = DeriveUnder(call.session(), call.generation().keys().seal, kSealLabel,
                            identity.KeyContext(), key.span());
  if (!rv.ok()) return call.Fail(rv);
  return key;
}

// format ‖ nonce ‖ ciphertext ‖ tag.
Bytes Seal(const SecretBytes& key, const Identity& identity, ByteView secret) {
  std::array<std::uint8_t, crypto::kGcmNonceBytes> nonce{};
  crypto::ProcessRandom(nonce);
  Bytes blob = {kFormat};
  Append(blob, nonce);
  crypto::GcmSeal({key.view(), nonce, identity.AssociatedData()}, secret, blob);
  return blob;
}

bool Unseal(const SecretBytes& key, const Identity& identity, ByteView blob, SecretBytes& secret) {
  ByteReader reader(blob);
  if (reader.U8() != kFormat) return false;
  const ByteView nonce = reader.Take(crypto::kGcmNonceBytes);
  return reader.ok() &&
         crypto::GcmOpen({key.view(), nonce, identity.AssociatedData()}, reader.rest(), secret);
}

bool IsEdwards(domain::KeySpec spec) {
  return domain::FactsOf(spec).family == domain::KeyFamily::kEdwards;
}

Result<Brought> TakeSecret(domain::KeySpec spec, ByteView material) {
  const auto [least, most] = domain::ImportedSecretBytes(spec);
  if (material.size() < least || material.size() > most)
    return IncorrectMaterial("the secret has another length");
  const domain::Digest digest = domain::DigestOf(domain::FactsOf(spec).mac[0]);
  return Brought{SecretBytes(material), crypto::Hmac(digest, material, AsBytes(kMarkQuestion))};
}

Brought OfSeed(ByteView seed) {
  const SecretBytes key = crypto::Ed25519KeyFromSeed(seed);
  return {SecretBytes(seed), crypto::Ed25519PublicKeyInfo(crypto::Ed25519PublicKey(key.view()))};
}

Brought OfKey(const crypto::PrivateKey& key) {
  if (IsEdwards(key.spec())) return OfSeed(key.Seed().view());
  return {key.Pkcs8(), key.PublicKeyInfo()};
}

// From two generators, so that one that is weak or watched is not enough.
Result<SecretBytes> RandomSecret(Call& call, std::size_t bytes) {
  SecretBytes secret(bytes);
  SecretBytes more(bytes);
  const Rv rv = call.session().Random(secret.span());
  if (!rv.ok()) return call.Fail(rv);
  crypto::ProcessRandom(more.span());
  for (std::size_t i = 0; i < bytes; ++i) secret.span()[i] ^= more.view()[i];
  return secret;
}

Result<Brought> NewMaterial(Call& call, const KeyPlan& plan) {
  if (plan.is_secret()) {
    KM_TRY(const SecretBytes secret, RandomSecret(call, plan.length_bytes()));
    return TakeSecret(plan.spec, secret.view());
  }
  if (!plan.is_edwards()) return OfKey(crypto::PrivateKey::Generate(plan.spec));
  KM_TRY(const SecretBytes seed, RandomSecret(call, crypto::kEd25519SeedBytes));
  return OfSeed(seed.view());
}

}  // namespace

Error IncorrectMaterial(std::string detail) {
  return {ErrorCode::kIncorrectKeyMaterial, "", std::move(detail)};
}

Result<Brought> TakeApart(const ports::MaterialPlan& plan, ByteView material) {
  const KeyPlan* kind = FindPlan(plan.spec, plan.usage);
  if (kind == nullptr || domain::IsSymmetricEncryption(plan.spec))
    return IncorrectMaterial("no kind of key that the process keeps");
  if (kind->is_secret()) return TakeSecret(plan.spec, material);
  const auto key = crypto::PrivateKey::Parse(plan.spec, material);
  if (!key) return IncorrectMaterial("no good private key of this kind");
  return OfKey(*key);
}

Result<ports::GeneratedMaterial> SealForProcess(Call& call, const ports::MaterialPlan& plan,
                                                const Brought& brought) {
  const Identity identity{plan.spec, plan.usage, plan.account, plan.key_id, plan.id};
  KM_TRY(const SecretBytes key, SealingKey(call, identity));
  ports::GeneratedMaterial made;
  made.dialect = domain::WrapDialect::kProcessSeal;
  made.blob = Seal(key, identity, brought.secret.view());
  if (domain::IsAsymmetric(plan.spec)) {
    made.public_key = brought.mark;
  } else {
    made.length_bytes = static_cast<std::uint32_t>(brought.secret.size());
  }
  return made;
}

Result<ports::GeneratedMaterial> GenerateInProcess(Call& call, const ports::MaterialPlan& plan) {
  const KeyPlan* kind = FindPlan(plan.spec, plan.usage);
  if (kind == nullptr || domain::IsSymmetricEncryption(plan.spec))
    return NotLoadable("no kind of key that the process keeps");
  KM_TRY(const Brought made, NewMaterial(call, *kind));
  return SealForProcess(call, plan, made);
}

Result<std::shared_ptr<const SecretBytes>> OpenedInProcess(Call& call,
                                                           const domain::KeyMaterial& material) {
  MaterialCache& cache = call.generation().process_cache();
  if (const auto key = cache.Find(material.id)) return key->secret;
  if (material.dialect != domain::WrapDialect::kProcessSeal)
    return NotLoadable("dialect is not one that the process makes");
  const Identity identity{material.spec, material.usage, material.account, material.key_id,
                          material.id};
  KM_TRY(const SecretBytes key, SealingKey(call, identity));
  SecretBytes secret;
  if (!Unseal(key, identity, material.blob, secret))
    return NotLoadable("the sealed material does not open");
  if (IsEdwards(material.spec)) {
    if (secret.size() != crypto::kEd25519SeedBytes)
      return NotLoadable("the sealed seed has another length");
    secret = crypto::Ed25519KeyFromSeed(secret.view());
  }
  auto opened = std::make_shared<const SecretBytes>(std::move(secret));
  return cache.Insert(material.id, {{}, KeyHome::kProcess, std::move(opened)})->secret;
}

}  // namespace kmaas::hsm
