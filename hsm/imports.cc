// Imports: opened, checked, and kept as new material would be.
#include "hsm/imports.h"

#include <algorithm>
#include <cstring>

#include "crypto/der.h"
#include "crypto/ecdsa_recovery.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "crypto/public_key_info.h"
#include "hsm/import_envelope.h"
#include "hsm/key_marks.h"
#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "hsm/materials.h"
#include "hsm/private_operations.h"
#include "hsm/process_keys.h"
#include "hsm/public_halves.h"
#include "hsm/scoped_object.h"
#include "hsm/token_keys.h"
#include "hsm/token_objects.h"

namespace kmaas::hsm {
namespace {

constexpr std::size_t kWrapBlockBytes = 8;

Error CannotKeepLength() {
  return {ErrorCode::kUnsupportedOperation,
          "The HSM cannot keep an HMAC key of this length: use one that is not longer than a block "
          "of its hash, or whose length is a multiple of 8.",
          "the dialect of key wrapping pads keys"};
}

// What a token says of material that is of another form is as good as any; only that it is away or
// busy is something else.
template <class Value>
Result<Value> OrIncorrect(Call& call, Result<Value> tried) {
  if (tried || call.verdict() == Verdict::kLost || call.verdict() == Verdict::kBusy) return tried;
  return IncorrectMaterial(std::move(tried.error().detail));
}

class Arrival {
 public:
  Arrival(Call& call, const ports::ImportPlan& plan)
      : call_(call),
        plan_(plan.material),
        kind_(FindPlan(plan_.spec, plan_.usage)),
        envelope_(call),
        key_(call.session()) {}

  Result<ports::ImportedMaterial> Take(const ports::ImportPlan& plan, ByteView wrapped);

 private:
  Result<ports::ImportedMaterial> KeepInProcess();
  Result<void> Identify();
  Result<void> TakeSecret();
  Result<void> TakeRsa();
  Result<void> TakeEc();
  Result<Bytes> PublicKeyOf(ObjectHandle signer);
  Result<Bytes> Signature(ObjectHandle signer, ByteView digest);
  Result<ports::GeneratedMaterial> KeepWrapped();
  Result<ports::ImportedMaterial> KeepResident();
  Result<void> MakeResident(const AttributeList& made);
  // Of a secret; where the token tells none, what its blob holds at most is all that is known.
  Result<std::uint32_t> LengthOf(std::size_t bytes_max) const;

  Call& call_;
  ports::MaterialPlan plan_;
  const KeyPlan* kind_;
  ImportEnvelope envelope_;
  ScopedObject key_;  // in the token; only its trusted root can wrap it
  Bytes mark_;        // of key_
};

Result<ports::ImportedMaterial> Arrival::Take(const ports::ImportPlan& plan, ByteView wrapped) {
  if (kind_ == nullptr) return NotLoadable("no such kind of key");
  KM_CHECK(envelope_.Open(plan, wrapped));
  if (plan_.custody == domain::Custody::kProcess) return KeepInProcess();
  KM_CHECK(Identify());
  KM_TRY(plan_.id, ImportedId(call_, plan_.key_id, mark_));
  if (plan_.custody == domain::Custody::kResident) return KeepResident();
  KM_TRY(ports::GeneratedMaterial made, KeepWrapped());
  return ports::ImportedMaterial{plan_.id, std::move(made), true};
}

// A dialect that pads leaves up to seven zeros behind what DER says is all.
ByteView WithoutPadding(ByteView pkcs8) {
  crypto::DerReader reader(pkcs8);
  if (!reader.Take(crypto::DerTag::kSequence)) return pkcs8;
  const ByteView rest = reader.rest();
  const bool is_padding =
      rest.size() < kWrapBlockBytes &&
      std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0; });
  return is_padding ? pkcs8.first(pkcs8.size() - rest.size()) : pkcs8;
}

Result<ports::ImportedMaterial> Arrival::KeepInProcess() {
  KM_CHECK(envelope_.Ferry());
  KM_TRY(const SecretBytes material, envelope_.Read());
  KM_TRY(const Brought brought,
         TakeApart(plan_, kind_->is_secret() ? material.view() : WithoutPadding(material.view())));
  KM_TRY(plan_.id, ImportedId(call_, plan_.key_id, brought.mark));
  KM_TRY(ports::GeneratedMaterial made, SealForProcess(call_, plan_, brought));
  return ports::ImportedMaterial{plan_.id, std::move(made), true};
}

// Takes the key in and finds its mark.
Result<void> Arrival::Identify() {
  if (kind_->is_secret()) return TakeSecret();
  KM_CHECK(envelope_.Ferry());
  if (kind_->type == CKK_RSA) return TakeRsa();
  if (kind_->is_ec()) return TakeEc();
  return NotLoadable("no kind of key that a token takes in");
}

Result<void> Arrival::TakeSecret() {
  KM_CHECK(OrIncorrect(call_, envelope_.UnwrapAs(Arriving(*kind_), key_.handle)));
  // SoftHSM refuses keys that are shorter than the hash, and tells no lengths.
  auto mark = MarkOfSecret(call_, key_.handle, *kind_);
  if (!mark && call_.failure().code == CKR_KEY_SIZE_RANGE)
    return IncorrectMaterial("the secret is too short");
  KM_TRY(mark_, std::move(mark));
  return {};
}

Result<void> Arrival::TakeRsa() {
  KM_CHECK(OrIncorrect(call_, envelope_.UnwrapAs(Arriving(*kind_), key_.handle)));
  std::optional<Bytes> info;
  const Rv rv = ReadPublicHalf(call_.session(), key_.handle, *kind_, info);
  if (!rv.ok()) return call_.Fail(rv);
  if (!info) return IncorrectMaterial("another size, or an exponent that no good key has");
  mark_ = *std::move(info);
  return OrIncorrect(call_, CheckMark(call_, key_.handle, *kind_, mark_));
}

// The token shows no point of a private key that came without one, so signatures have to tell. A
// token that wants the point beside the key makes them whatever it is told.
Result<void> Arrival::TakeEc() {
  const KeyPlan& signs = *FindPlan(plan_.spec, domain::KeyUsage::kSignVerify);
  const Bytes any = crypto::PrivateKey::Generate(plan_.spec).PublicKeyInfo();
  ScopedObject signer(call_.session());
  KM_CHECK(OrIncorrect(
      call_,
      envelope_.UnwrapAs(BesidePublicKey(call_, signs, any, Arriving(signs)), signer.handle)));
  Attribute curve;
  const Rv rv = call_.session().Read(signer.handle, CKA_EC_PARAMS, curve);
  if (!rv.ok()) return OrIncorrect(call_, Result<void>(call_.Fail(rv)));
  if (curve.value != ToBytes(crypto::CurveOid(plan_.spec)))
    return IncorrectMaterial("another curve");
  KM_TRY(mark_, OrIncorrect(call_, PublicKeyOf(signer.handle)));
  KM_CHECK(OrIncorrect(
      call_,
      envelope_.UnwrapAs(BesidePublicKey(call_, *kind_, mark_, Arriving(*kind_)), key_.handle)));
  return OrIncorrect(call_, CheckMark(call_, key_.handle, *kind_, mark_));
}

Result<Bytes> Arrival::Signature(ObjectHandle signer, ByteView digest) {
  Bytes r_then_s(2 * crypto::CoordinateBytes(plan_.spec));
  std::size_t written = 0;
  const Rv rv = call_.session().Sign(CKM_ECDSA, signer, digest, r_then_s, written);
  if (!rv.ok()) return call_.Fail(rv);
  if (written != r_then_s.size()) return IncorrectMaterial("no signature");
  return r_then_s;
}

Result<Bytes> Arrival::PublicKeyOf(ObjectHandle signer) {
  const domain::SigningAlgorithm algorithm = domain::FactsOf(plan_.spec).signing[0];
  const domain::Digest hash = FactsOf(algorithm).digest;
  const Bytes first = crypto::Hash(hash, AsBytes("kmaas imported key, first"));
  const Bytes second = crypto::Hash(hash, AsBytes("kmaas imported key, second"));
  KM_TRY(const Bytes telling, Signature(signer, first));
  KM_TRY(const Bytes deciding, Signature(signer, second));
  for (Bytes& candidate : crypto::PublicKeysOf(plan_.spec, first, telling)) {
    const auto key = crypto::PublicKey::Parse(plan_.spec, candidate);
    if (key && key->Verify(algorithm, second, crypto::EcdsaSignatureToDer(deciding)))
      return std::move(candidate);
  }
  return IncorrectMaterial("its signatures have no public key in common");
}

Result<ports::GeneratedMaterial> Arrival::KeepWrapped() {
  auto made = WrapAndProve(call_, *kind_, key_.handle, mark_, call_.generation().wrapping_root());
  if (made) {
    KM_TRY(made->length_bytes, LengthOf(made->length_bytes));
    return made;
  }
  // The token did all that it was asked for, and the key is another one afterwards.
  if (!kind_->is_secret() || !call_.failure().ok()) return made;
  Bytes blob;
  const Generation& generation = call_.generation();
  const auto root = generation.roots()->Find(kind_->root, generation.wrapping_root());
  if (!root) return made;
  const Rv rv = call_.session().Wrap(generation.wrap().mechanism, *root, key_.handle, blob);
  if (!rv.ok()) return call_.Fail(rv);
  KM_CHECK(LengthOf(blob.size() - kWrapBlockBytes));
  return CannotKeepLength();
}

Result<std::uint32_t> Arrival::LengthOf(std::size_t bytes_max) const {
  if (!kind_->is_secret()) return 0U;
  Attribute told;
  CK_ULONG length = 0;
  if (call_.session().Read(key_.handle, CKA_VALUE_LEN, told).ok() &&
      told.value.size() == sizeof length)
    std::memcpy(&length, told.value.data(), sizeof length);
  if (length == 0) length = bytes_max;
  const auto [least, most] = domain::ImportedSecretBytes(plan_.spec);
  if (length < least || length > most) return IncorrectMaterial("the secret has another length");
  return static_cast<std::uint32_t>(length);
}

Result<void> Arrival::MakeResident(const AttributeList& made) {
  ObjectHandle kept;
  KM_CHECK(envelope_.UnwrapAs(BesidePublicKey(call_, *kind_, mark_, AsThisTokenHasIt(call_, made)),
                              kept));
  KM_CHECK(CheckAsMade(call_, kept, made, kResidentLabel));
  KM_CHECK(CheckMark(call_, kept, *kind_, mark_));
  return FlushToken(call_);
}

Result<ports::ImportedMaterial> Arrival::KeepResident() {
  KM_CHECK(envelope_.Ferry());
  ports::ImportedMaterial imported{plan_.id, {}, true};
  KM_TRY(imported.made.length_bytes, LengthOf(envelope_.bytes_max() - kWrapBlockBytes));
  if (!kind_->is_secret()) imported.made.public_key = mark_;
  const AttributeList finding = ResidentFinding(kind_->object_class(), plan_.id);
  const AttributeList made = ResidentArriving(*kind_, plan_.id);
  const auto lock = call_.generation().LockTokenObjects();
  SpareImported(plan_.id);
  KM_TRY(const auto found, FindObjects(call_, finding));
  if (found.size() > 1) return NotLoadable("two resident keys of one material id");
  if (!found.empty()) {
    imported.is_new = false;
    KM_CHECK(CheckAsMade(call_, found[0], made, kResidentLabel));
    KM_CHECK(CheckMark(call_, found[0], *kind_, mark_));
    return imported;
  }
  if (auto kept = MakeResident(made); !kept) {
    DiscardObjects(call_, finding);
    if (kind_->is_secret() && call_.failure().ok()) return CannotKeepLength();
    return std::move(kept).error();
  }
  return imported;
}

bool SaysThatItIsWrong(ErrorCode code) {
  return code == ErrorCode::kIncorrectKeyMaterial || code == ErrorCode::kInvalidCiphertext ||
         code == ErrorCode::kInvalidImportToken || code == ErrorCode::kUnsupportedOperation;
}

}  // namespace

Result<ports::ImportedMaterial> Import(Call& call, const ports::ImportPlan& plan,
                                       ByteView wrapped) {
  auto imported = Arrival(call, plan).Take(plan, wrapped);
  if (imported || !SaysThatItIsWrong(imported.error().code)) return imported;
  // Of a token that erred, the customer should not hear that the material is wrong.
  return Arrival(call, plan).Take(plan, wrapped);
}

}  // namespace kmaas::hsm
