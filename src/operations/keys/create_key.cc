// CreateKey: makes a CMK, its material in the HSM unless it will be imported.
#include "operations/handlers.h"
#include "operations/keys/key_metadata.h"
#include "operations/keys/new_key.h"
#include "operations/keys/new_material.h"
#include "operations/keys/state_in_store.h"
#include "operations/keys/uncommitted_material.h"
#include "operations/policies/policy_rules.h"
#include "operations/tags/tag_rules.h"
#include "policy/default_key_policy.h"

namespace kmaas::operations {
namespace {

// Everything that there is of a new key. `material` is empty while it waits for its import.
struct NewRows {
  domain::Key key;
  std::optional<domain::KeyMaterial> material;
  KeptPolicy policy;

  Result<void> Put(records::Changes& changes) const {
    KM_CHECK(changes.Put(key));
    if (material) KM_CHECK(changes.Put(*material));
    KM_CHECK(PutKeptPolicy(changes, key, policy));
    if (!key.custom_key_store_id.empty()) {
      KM_CHECK(CheckStoreIsConnected(key, changes));
      KM_CHECK(CheckStoreHasRoom(key, changes));
      KM_CHECK(changes.Put(records::StoreKey{key.custom_key_store_id, key.region, key.id}));
    }
    return changes.Put(records::AccountKey{key.account, key.region, key.id});
  }
};

Result<void> Store(const NewRows& rows, AccountCall& call) {
  const domain::Key& key = rows.key;
  call.AddResource(key.account, key.arn());
  std::string elements =
      R"({"keyMetadata":{"keyId":")" + key.id.ToText() + R"(","arn":")" + key.arn() + R"("}})";
  call.SetResponseElements(std::move(elements));
  return call.Write([&](records::Changes& changes) { return rows.Put(changes); });
}

Result<void> MakeAndStore(NewRows& rows, AccountCall& call) {
  if (rows.key.origin == domain::KeyOrigin::kExternal) return Store(rows, call);
  KM_TRY(const auto engine, call.services().EngineFor(rows.key));
  auto material = MakeMaterial(rows.key, *engine, call);
  if (!material && !rows.key.custom_key_store_id.empty())
    return OfStore(std::move(material).error());
  KM_TRY(rows.material, std::move(material));
  rows.key.current_material = rows.material->id;
  UncommittedMaterial uncommitted(engine, call.services().clock, *rows.material);
  const Result<void> stored = Store(rows, call);
  if (call.committed()) uncommitted.Keep();
  return stored;
}

}  // namespace

Result<kms::CreateKeyResponse> CreateKey(const kms::CreateKeyRequest& request, AccountCall& call) {
  KM_TRY(domain::Key key, PlanKey(request, call));
  const std::string policy =
      request.has_policy() ? request.policy() : policy::DefaultKeyPolicy(key.account);
  KM_TRY(KeptPolicy kept, ReadKeyPolicy(policy, call.services().catalog));
  NewRows rows{std::move(key), std::nullopt, std::move(kept)};
  // The default policy lets the account decide, which locks nobody out.
  if (request.has_policy() && !request.bypass_policy_lockout_safety_check())
    KM_CHECK(call.CheckNoLockout(rows.key, *rows.policy.compiled));
  KM_TRY(rows.key.tags, ReadTags(request.tags()));
  KM_CHECK(MakeAndStore(rows, call));
  kms::CreateKeyResponse reply;
  KM_TRY(*reply.mutable_key_metadata(), MetadataOf(rows.key, call.services()));
  return reply;
}

}  // namespace kmaas::operations
