// The life of backing keys.
#include "hsm/backing_keys.h"

#include <array>
#include <vector>

#include "base/log.h"
#include "crypto/digest.h"
#include "hsm/key_templates.h"
#include "hsm/known_answers.h"
#include "hsm/scoped_object.h"
#include "hsm/token_files.h"

namespace kmaas::hsm {
namespace {

constexpr std::string_view kTrialInput = "kmaas new key";
// RFC 5649: eight bytes more than the key, which is a multiple of eight.
constexpr std::size_t kWrapOverheadBytes = 8;

using Tag = std::array<std::uint8_t, kMacBytes>;

Error NotLoadable(std::string detail) {
  return {ErrorCode::kKmsInternal, "The key's material cannot be loaded.", std::move(detail)};
}

Error NotThere() {
  return {ErrorCode::kKeyUnavailable, "The key is not available: its material is not in the HSM.",
          "no resident key of this material id"};
}

Result<Tag> TrialMac(Call& call, ObjectHandle key) {
  Tag tag{};
  const Rv rv = Mac(call.session(), key, AsBytes(kTrialInput), tag);
  if (!rv.ok()) return call.Fail(rv);
  return tag;
}

// A blob that does not open is a lost key, and the row MAC cannot tell: so it is opened once.
Result<void> OpensAgain(Call& call, ObjectHandle root, const Bytes& blob, const Tag& expected) {
  ScopedObject loaded(call.session());
  const Rv rv = call.session().Unwrap(call.generation().wrap().mechanism, root, blob,
                                      Template(BackingKeyLoading(BackingKeyPlan())), loaded.handle);
  if (!rv.ok()) return call.Fail(rv);
  KM_TRY(const Tag tag, TrialMac(call, loaded.handle));
  if (!crypto::ConstantTimeEqual(tag, expected))
    return NotLoadable("the new blob opens as another key");
  return {};
}

void DestroyDead(Call& call) {
  // A failure leaves a session object behind, which goes with the keeper session.
  for (const ObjectHandle dead : call.generation().cache().TakeDead())
    (void)call.session().Destroy(dead);
}

Result<MaterialCache::Reference> Load(Call& call, const domain::KeyMaterial& material) {
  const KeyPlan* plan = FindPlan(material.spec, material.usage);
  const WrapMethod* method = WrapMethodOf(material.dialect);
  Generation& generation = call.generation();
  if (plan == nullptr || method == nullptr || material.length_bytes != plan->length_bytes)
    return NotLoadable("spec, dialect or length is not one that this engine makes");
  if (method->mechanism != generation.wrap().mechanism)
    return NotLoadable("the token does not have the wrap dialect of this material");
  const ObjectHandle* root = generation.keys().FindRoot(plan->root, material.root_generation);
  if (root == nullptr)
    return NotLoadable("no root of generation " + std::to_string(material.root_generation));
  ObjectHandle handle;
  const Rv rv =
      generation.UnwrapIntoKeeper(*root, material.blob, Template(BackingKeyLoading(*plan)), handle);
  if (!rv.ok()) return call.Fail(rv);
  auto key = generation.cache().Insert(material.id, {handle, KeyHome::kSession});
  DestroyDead(call);
  return key;
}

Result<SecretBytes> MacUnder(Call& call, const LoadedKey& key, ByteView input) {
  SecretBytes tag(kMacBytes);
  const Rv rv = Mac(call.session(), key.handle, input, tag.span());
  if (!rv.ok()) return call.Fail(rv);
  return tag;
}

Result<std::vector<ObjectHandle>> FindResident(Call& call, const domain::MaterialId& id) {
  std::vector<ObjectHandle> found;
  const Rv rv = call.session().FindAll(Template(ResidentKeyFinding(id)), found);
  if (!rv.ok()) return call.Fail(rv);
  return found;
}

AttributeList AsThisTokenHasIt(Call& call, AttributeList list) {
  const auto& refused = call.generation().profile().not_on_token_objects;
  return Without(std::move(list), {refused.begin(), refused.end()});
}

// A session holder could have destroyed the key and put one that it knows in its place.
Result<void> CheckResident(Call& call, ObjectHandle key, const domain::MaterialId& id) {
  const AttributeList made = Joined(ResidentKeyMaking(BackingKeyPlan(), id), BornInToken());
  const auto wrong = Differences(call.session(), key, AsThisTokenHasIt(call, made));
  if (wrong.empty()) return {};
  // A token that went away shows nothing of anything.
  if (const Rv rv = call.generation().CheckAlive(call.session()); !rv.ok())
    return call.FailAs(rv, Verdict::kLost);
  log::Warning("hsm_key_not_as_made",
               {{"label", kResidentLabel}, {"attributes", JoinNames(wrong)}});
  return NotLoadable("the resident key is not as it was made: " + JoinNames(wrong));
}

// A creation that failed may have been one whose answer was lost.
void DiscardResident(Call& call, const domain::MaterialId& id) {
  std::vector<ObjectHandle> found;
  if (!call.session().FindAll(Template(ResidentKeyFinding(id)), found).ok()) return;
  for (const ObjectHandle object : found) (void)call.session().Destroy(object);
}

// What failed names files of the operator's, and callers read messages.
Result<void> Flush(Call& call) {
  auto flushed = FlushFiles(call.generation().FilesToFlush(), FlushScope::kRecent);
  if (flushed) return {};
  return Error{ErrorCode::kKmsInternal, "The HSM could not do the operation.",
               std::move(flushed.error().message)};
}

// The parts of making a resident key that may fail once it exists.
Result<void> ProveResident(Call& call, ObjectHandle key, const domain::MaterialId& id) {
  KM_CHECK(CheckResident(call, key, id));
  KM_CHECK(TrialMac(call, key));
  return Flush(call);
}

}  // namespace

Result<ports::GeneratedMaterial> GenerateWrapped(Call& call) {
  const KeyPlan& plan = BackingKeyPlan();
  const ServiceKeys& keys = call.generation().keys();
  const std::uint32_t generation = keys.newest(plan.root);
  const ObjectHandle root = *keys.FindRoot(plan.root, generation);
  ScopedObject key(call.session());
  Rv rv = call.session().GenerateKey(plan.generate, Template(BackingKeyMaking(plan)), key.handle);
  if (!rv.ok()) return call.Fail(rv);
  KM_TRY(const Tag tag, TrialMac(call, key.handle));
  ports::GeneratedMaterial made{call.generation().wrap().dialect,
                                generation,
                                static_cast<std::uint32_t>(plan.length_bytes),
                                {}};
  rv = call.session().Wrap(call.generation().wrap().mechanism, root, key.handle, made.blob);
  if (!rv.ok()) return call.Fail(rv);
  if (made.blob.size() != plan.length_bytes + kWrapOverheadBytes)
    return NotLoadable("the new blob has another length than RFC 5649 gives");
  KM_CHECK(OpensAgain(call, root, made.blob, tag));
  return made;
}

Result<ports::GeneratedMaterial> GenerateResident(Call& call, const domain::MaterialId& id) {
  const KeyPlan& plan = BackingKeyPlan();
  const auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto existing, FindResident(call, id));
  if (!existing.empty()) return NotLoadable("a resident key of this material id exists");
  const Template making(AsThisTokenHasIt(call, ResidentKeyMaking(plan, id)));
  ObjectHandle handle;
  const Rv rv = call.session().GenerateKey(plan.generate, making, handle);
  if (!rv.ok()) {
    DiscardResident(call, id);
    return call.Fail(rv);
  }
  if (auto proved = ProveResident(call, handle, id); !proved) {
    (void)call.session().Destroy(handle);
    return std::move(proved).error();
  }
  call.generation().cache().Insert(id, {handle, KeyHome::kToken});
  DestroyDead(call);
  return ports::GeneratedMaterial{
      domain::WrapDialect::kNone, 0, static_cast<std::uint32_t>(plan.length_bytes), {}};
}

Result<std::optional<SecretBytes>> MacUnderLoaded(Call& call, const domain::KeyMaterial& material,
                                                  ByteView input) {
  MaterialCache::Reference key = call.generation().cache().Find(material.id);
  if (key == nullptr) {
    if (material.custody == domain::Custody::kResident) return std::optional<SecretBytes>();
    KM_TRY(key, Load(call, material));
  }
  KM_TRY(SecretBytes tag, MacUnder(call, *key, input));
  return std::optional<SecretBytes>(std::move(tag));
}

Result<SecretBytes> MacUnderResident(Call& call, const domain::KeyMaterial& material,
                                     ByteView input) {
  auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto found, FindResident(call, material.id));
  if (found.empty()) return NotThere();
  if (found.size() > 1) return NotLoadable("two resident keys of one material id");
  KM_CHECK(CheckResident(call, found[0], material.id));
  lock.unlock();
  const auto key = call.generation().cache().Insert(material.id, {found[0], KeyHome::kToken});
  DestroyDead(call);
  return MacUnder(call, *key, input);
}

Result<void> ForgetLoaded(Call& call, const domain::MaterialId& id) {
  call.generation().cache().Erase(id);
  DestroyDead(call);
  return {};
}

Result<void> DestroyResident(Call& call, const domain::MaterialId& id) {
  call.generation().cache().Erase(id);
  const auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto found, FindResident(call, id));
  for (const ObjectHandle object : found) {
    const Rv rv = call.session().Destroy(object);
    if (!rv.ok()) return call.Fail(rv);
  }
  // Though there was none: an earlier try may have failed between destroying it and this.
  return Flush(call);
}

}  // namespace kmaas::hsm
