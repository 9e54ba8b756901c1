// The life of customers' keys in the token.
#include "hsm/materials.h"

#include "crypto/public_key.h"
#include "crypto/public_key_info.h"
#include "hsm/key_marks.h"
#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "hsm/public_halves.h"
#include "hsm/scoped_object.h"
#include "hsm/token_objects.h"

namespace kmaas::hsm {
namespace {

// RFC 5649: padding to a multiple of eight bytes, and eight more.
constexpr std::size_t kWrapBlockBytes = 8;
constexpr std::chrono::milliseconds kSearchPatience{250};

std::size_t BlobBytes(std::size_t secret_bytes) {
  const std::size_t blocks = (secret_bytes + kWrapBlockBytes - 1) / kWrapBlockBytes;
  return (blocks + 1) * kWrapBlockBytes;
}

Error NotThere() {
  return {ErrorCode::kKeyUnavailable, "The key is not available: its material is not in the HSM.",
          "no resident key of this material id"};
}

// Answers the mark. The caller destroys `key`, also after a failure that left one.
Result<Bytes> Generate(Call& call, const KeyPlan& plan, const AttributeList& making,
                       ObjectHandle& key) {
  if (plan.is_secret()) {
    const Rv rv = call.session().GenerateKey(plan.generate, Template(making), key);
    if (!rv.ok()) return call.Fail(rv);
    return MarkOfSecret(call, key, plan);
  }
  Session::KeyPair pair;
  Rv rv = call.session().GenerateKeyPair(plan.generate, Template(PublicMaking(plan)),
                                         Template(making), pair);
  if (!rv.ok()) return call.Fail(rv);
  key = pair.private_key;
  ScopedObject public_half(call.session());
  public_half.handle = pair.public_key;
  std::optional<Bytes> info;
  rv = ReadPublicHalf(call.session(), pair.public_key, plan, info);
  if (!rv.ok()) return call.Fail(rv);
  if (!info) return NotLoadable("the new key pair is not of the kind that was asked for");
  return *std::move(info);
}

// A blob that does not open is a lost key, and the row MAC cannot tell: so it is opened once.
Result<void> OpensAgain(Call& call, const KeyPlan& plan, ObjectHandle root, ByteView blob,
                        ByteView mark) {
  ScopedObject loaded(call.session());
  const Rv rv = call.session().Unwrap(call.generation().wrap().mechanism, root, blob,
                                      Template(BesidePublicKey(call, plan, mark, Loading(plan))),
                                      loaded.handle);
  if (!rv.ok()) return call.Fail(rv);
  return CheckMark(call, loaded.handle, plan, mark);
}

void DestroyDead(Call& call) {
  // A failure leaves a session object behind, which goes with the keeper session.
  for (const ObjectHandle dead : call.generation().cache().TakeDead())
    (void)call.session().Destroy(dead);
}

bool HasPossibleLength(const KeyPlan& plan, const domain::KeyMaterial& material) {
  if (!plan.is_secret()) return material.length_bytes == 0;
  const auto [least, most] = domain::ImportedSecretBytes(plan.spec);
  return material.length_bytes >= least && material.length_bytes <= most;
}

// None of a secret.
Result<std::optional<crypto::PublicKey>> PublicHalfOf(const KeyPlan& plan, ByteView info) {
  if (plan.is_secret()) return std::optional<crypto::PublicKey>();
  auto key = crypto::PublicKey::Parse(plan.spec, info);
  if (!key) return NotLoadable("the public key in the row is none of the kind");
  return key;
}

// The root that opens a blob, and everything about the row that the token's error would not tell.
Result<ObjectHandle> RootOf(Call& call, const KeyPlan& plan, const domain::KeyMaterial& material) {
  const WrapMethod* method = WrapMethodOf(material.dialect);
  const Generation& generation = call.generation();
  if (method == nullptr || !HasPossibleLength(plan, material))
    return NotLoadable("dialect or length is not one that this engine makes");
  if (method->mechanism != generation.wrap().mechanism)
    return NotLoadable("the token does not have the wrap dialect of this material");
  const auto root = generation.roots()->Find(plan.root, material.root_generation);
  if (!root)
    return NotLoadable("no root of generation " + std::to_string(material.root_generation));
  return *root;
}

Result<MaterialCache::Reference> Load(Call& call, const KeyPlan& plan,
                                      const domain::KeyMaterial& material) {
  KM_TRY(const ObjectHandle root, RootOf(call, plan, material));
  Generation& generation = call.generation();
  KM_TRY(auto public_key, PublicHalfOf(plan, material.public_key));
  ObjectHandle handle;
  const Rv rv = generation.UnwrapIntoKeeper(
      root, material.blob,
      Template(BesidePublicKey(call, plan, material.public_key, Loading(plan))), handle);
  if (!rv.ok()) return call.Fail(rv);
  auto key = generation.cache().Insert(material.id,
                                       {handle, KeyHome::kSession, nullptr, std::move(public_key)});
  DestroyDead(call);
  return key;
}

// An attribute says what a key may do, not which key it is.
Result<void> CheckIdentity(Call& call, ObjectHandle key, const KeyPlan& plan,
                           const domain::KeyMaterial& material) {
  if (!plan.is_secret()) return CheckMark(call, key, plan, material.public_key);
  if (material.origin != domain::KeyOrigin::kExternal) return {};
  KM_TRY(const Bytes mark, MarkOfSecret(call, key, plan));
  KM_TRY(const domain::MaterialId id, ImportedId(call, material.key_id, mark));
  if (id != material.id) return NotLoadable("the resident key is not the one that was imported");
  return {};
}

AttributeList ResidentAsMade(const KeyPlan& plan, const domain::KeyMaterial& material) {
  AttributeList made = material.origin == domain::KeyOrigin::kExternal
                           ? ResidentArriving(plan, material.id)
                           : Joined(ResidentMaking(plan, material.id), BornInToken());
  // Older ones have it not, and it gives nothing to whoever makes MACs anyway.
  return Without(std::move(made), {CKA_VERIFY});
}

// The parts of making a resident key that may fail once it exists.
Result<void> ProveResident(Call& call, ObjectHandle key, const KeyPlan& plan,
                           const domain::MaterialId& id, ByteView mark) {
  const AttributeList made = Joined(ResidentMaking(plan, id), BornInToken());
  KM_CHECK(CheckAsMade(call, key, made, kResidentLabel));
  KM_CHECK(CheckMark(call, key, plan, mark));
  return FlushToken(call);
}

Result<const KeyPlan*> PlanOf(const domain::KeyMaterial& material) {
  const KeyPlan* plan = FindPlan(material.spec, material.usage);
  if (plan == nullptr) return NotLoadable("spec and usage are not ones that this engine makes");
  return plan;
}

}  // namespace

// NSS opens an EC private key only when it is told the public one.
AttributeList BesidePublicKey(Call& call, const KeyPlan& plan, ByteView public_key,
                              AttributeList list) {
  const CK_ATTRIBUTE_TYPE type = call.generation().profile().point_of_private_keys;
  if (type == 0 || !plan.is_ec()) return list;
  if (const auto point = crypto::PointOf(plan.spec, public_key))
    list.insert(list.end() - 1, Raw(type, WrappedPoint(*point)));
  return list;
}

Result<ports::GeneratedMaterial> WrapAndProve(Call& call, const KeyPlan& plan, ObjectHandle key,
                                              ByteView mark, std::uint32_t generation) {
  const auto root = call.generation().roots()->Find(plan.root, generation);
  if (!root) return NotLoadable("no root of generation " + std::to_string(generation));
  ports::GeneratedMaterial made{call.generation().wrap().dialect, generation, 0, {}, {}};
  const Rv rv = call.session().Wrap(call.generation().wrap().mechanism, *root, key, made.blob);
  if (!rv.ok()) return call.Fail(rv);
  KM_CHECK(OpensAgain(call, plan, *root, made.blob, mark));
  if (plan.is_secret()) {
    made.length_bytes = static_cast<std::uint32_t>(made.blob.size() - kWrapBlockBytes);
  } else {
    made.public_key = ToBytes(mark);
  }
  return made;
}

Result<ports::GeneratedMaterial> GenerateWrapped(Call& call, const KeyPlan& plan,
                                                 std::uint32_t root_generation) {
  ScopedObject key(call.session());
  KM_TRY(const Bytes mark, Generate(call, plan, Making(plan), key.handle));
  KM_TRY(ports::GeneratedMaterial made,
         WrapAndProve(call, plan, key.handle, mark, root_generation));
  if (!plan.is_secret()) return made;
  if (made.blob.size() != BlobBytes(plan.length_bytes()))
    return NotLoadable("the new blob has another length than RFC 5649 gives");
  made.length_bytes = static_cast<std::uint32_t>(plan.length_bytes());
  return made;
}

Result<ports::GeneratedMaterial> RewrapMaterial(Call& call, const domain::KeyMaterial& material) {
  KM_TRY(const KeyPlan* plan, PlanOf(material));
  KM_TRY(const ObjectHandle root, RootOf(call, *plan, material));
  // As what an import brings: a trusted root may wrap it, and nothing else.
  ScopedObject key(call.session());
  const AttributeList list = BesidePublicKey(call, *plan, material.public_key, Arriving(*plan));
  const Rv rv = call.session().Unwrap(call.generation().wrap().mechanism, root, material.blob,
                                      Template(list), key.handle);
  if (!rv.ok()) return call.Fail(rv);
  Bytes mark = material.public_key;
  if (plan->is_secret()) {
    KM_TRY(mark, MarkOfSecret(call, key.handle, *plan));
  }
  KM_TRY(ports::GeneratedMaterial made,
         WrapAndProve(call, *plan, key.handle, mark, call.generation().wrapping_root()));
  if (plan->is_secret() && made.blob.size() != material.blob.size())
    return NotLoadable("the new blob has another length than the old one");
  return made;
}

Result<void> WithNewKey(Call& call, const KeyPlan& plan, const KeyTrial& use) {
  ScopedObject key(call.session());
  KM_TRY(const Bytes mark, Generate(call, plan, Making(plan), key.handle));
  return use(key.handle, mark);
}

Result<ports::GeneratedMaterial> GenerateResident(Call& call, const KeyPlan& plan,
                                                  const domain::MaterialId& id) {
  const AttributeList finding = ResidentFinding(plan.object_class(), id);
  const auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto existing, FindObjects(call, finding));
  if (!existing.empty()) return NotLoadable("a resident key of this material id exists");
  ObjectHandle handle;
  auto mark = Generate(call, plan, AsThisTokenHasIt(call, ResidentMaking(plan, id)), handle);
  if (!mark) {
    DiscardObjects(call, finding);
    return std::move(mark).error();
  }
  if (auto proved = ProveResident(call, handle, plan, id, *mark); !proved) {
    (void)call.session().Destroy(handle);
    return std::move(proved).error();
  }
  call.generation().cache().Insert(
      id, {handle, KeyHome::kToken, nullptr, crypto::PublicKey::Parse(plan.spec, *mark)});
  DestroyDead(call);
  return ports::GeneratedMaterial{domain::WrapDialect::kNone,
                                  0,
                                  static_cast<std::uint32_t>(plan.length_bytes()),
                                  {},
                                  plan.is_secret() ? Bytes() : *std::move(mark)};
}

Result<MaterialCache::Reference> Loaded(Call& call, const domain::KeyMaterial& material) {
  if (auto key = call.generation().cache().Find(material.id)) return key;
  if (material.custody == domain::Custody::kResident) return MaterialCache::Reference();
  KM_TRY(const KeyPlan* plan, PlanOf(material));
  return Load(call, *plan, material);
}

Result<MaterialCache::Reference> FoundResident(Call& call, const domain::KeyMaterial& material) {
  KM_TRY(const KeyPlan* plan, PlanOf(material));
  auto lock = call.generation().LockTokenObjects(kSearchPatience);
  // Somebody makes a key, which takes seconds: this is asked again, and is not in the way
  // meanwhile.
  if (!lock) return Error{ErrorCode::kThrottling, "", "a resident key is being made"};
  KM_TRY(const auto found, FindObjects(call, ResidentFinding(plan->object_class(), material.id)));
  if (found.empty()) return NotThere();
  if (found.size() > 1) return NotLoadable("two resident keys of one material id");
  KM_CHECK(CheckAsMade(call, found[0], ResidentAsMade(*plan, material), kResidentLabel));
  lock.unlock();
  KM_CHECK(CheckIdentity(call, found[0], *plan, material));
  KM_TRY(auto public_key, PublicHalfOf(*plan, material.public_key));
  auto key = call.generation().cache().Insert(
      material.id, {found[0], KeyHome::kToken, nullptr, std::move(public_key)});
  DestroyDead(call);
  return key;
}

Result<MaterialCache::Reference> Held(Call& call, const domain::KeyMaterial& material) {
  KM_TRY(MaterialCache::Reference key, Loaded(call, material));
  if (key != nullptr) return key;
  return FoundResident(call, material);
}

Result<void> ForgetLoaded(Call& call, const domain::MaterialId& id) {
  call.generation().process_cache().Erase(id);
  call.generation().cache().Erase(id);
  DestroyDead(call);
  return {};
}

Result<bool> IsResidentThere(Call& call, const domain::KeyMaterial& material) {
  KM_TRY(const KeyPlan* plan, PlanOf(material));
  const auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto found, FindObjects(call, ResidentFinding(plan->object_class(), material.id)));
  return !found.empty();
}

Result<void> DestroyResident(Call& call, const domain::KeyMaterial& material) {
  KM_TRY(const KeyPlan* plan, PlanOf(material));
  call.generation().cache().Erase(material.id);
  const auto lock = call.generation().LockTokenObjects();
  KM_CHECK(DestroyObjects(call, ResidentFinding(plan->object_class(), material.id)));
  // Though there was none: an earlier try may have failed between destroying it and this.
  return FlushToken(call);
}

}  // namespace kmaas::hsm
