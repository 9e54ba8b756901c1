// ReplicateKey: makes a replica of a multi-Region primary key in another Region of this server. It
// is ready when the call returns; the answer says Creating, as AWS's does.
#include "operations/handlers.h"
#include "operations/imports/pending_material.h"
#include "operations/keys/key_metadata.h"
#include "operations/policies/policy_rules.h"
#include "operations/regions/related_keys.h"
#include "operations/regions/replica.h"
#include "operations/tags/tag_rules.h"
#include "policy/default_key_policy.h"

namespace kmaas::operations {
namespace {

Error AlreadyThere(const domain::Key& key, const std::string& region) {
  return {ErrorCode::kAlreadyExists,
          domain::KeyArn(region, key.account, key.id) + " already exists."};
}

// In the Region of the replica the call makes a key, and tags it.
Result<void> CheckMayCreate(const kms::ReplicateKeyRequest& request, const domain::Key& replica,
                            KeyCall& call) {
  const ReplicaConditions conditions(replica, request.bypass_policy_lockout_safety_check());
  core::AccessQuestion question = call.question();
  question.more = &conditions;
  question.action = "kms:CreateKey";
  KM_CHECK(call.Decide(question));
  if (request.tags().empty()) return {};
  question.action = "kms:TagResource";
  return call.Decide(question);
}

// The primary has been read again: whatever was added to it since belongs to the replica, too.
Result<void> PutReplica(records::Changes& changes, const domain::Key& primary, domain::Key replica,
                        const KeptPolicy& policy) {
  replica.current_material = primary.current_material;
  replica.rotation = primary.rotation;
  replica.multi_region = primary.multi_region;
  KM_CHECK(CopyMaterials(changes, primary, replica.region));
  KM_CHECK(SettlePending(changes, primary));
  KM_CHECK(PutKeptPolicy(changes, replica, policy));
  KM_CHECK(changes.Put(records::AccountKey{replica.account, replica.region, replica.id}));
  KM_CHECK(records::Reschedule(changes, {}, records::DueOf(replica)));
  return changes.Put(replica);
}

Result<void> Store(const domain::Key& replica, const KeptPolicy& policy, KeyCall& call) {
  call.AddResource(replica.account, replica.arn());
  call.SetResponseElements(R"({"replicaKeyMetadata":{"keyId":")" + replica.id.ToText() +
                           R"(","arn":")" + replica.arn() + R"("}})");
  return call.WriteKey([&](domain::Key& primary, records::Changes& changes) -> Result<void> {
    KM_TRY(const auto there, changes.Get<domain::Key>(records::KeyRow(replica.region, replica.id)));
    if (there) return AlreadyThere(replica, replica.region);
    const domain::Key before = primary;
    AddReplica(*primary.multi_region, replica.region);
    KM_CHECK(ChangeRelatedKeys(changes, before, [&](domain::Key& relative) -> Result<void> {
      relative.multi_region = primary.multi_region;
      return {};
    }));
    return PutReplica(changes, primary, replica, policy);
  });
}

}  // namespace

Result<kms::ReplicateKeyResponse> ReplicateKey(const kms::ReplicateKeyRequest& request,
                                               KeyCall& call) {
  KM_CHECK(CheckServed(call.services(), request.replica_region()));
  domain::Key replica = PlanReplica(request, call.key(), call.now());
  KM_TRY(replica.tags, ReadTags(request.tags()));
  KM_CHECK(CheckMayCreate(request, replica, call));
  if (replica.region == call.region()) return AlreadyThere(replica, replica.region);
  const std::string policy =
      request.has_policy() ? request.policy() : policy::DefaultKeyPolicy(replica.account);
  KM_TRY(const KeptPolicy kept, ReadKeyPolicy(policy, call.services().catalog));
  if (request.has_policy() && !request.bypass_policy_lockout_safety_check())
    KM_CHECK(call.CheckNoLockout(replica, *kept.compiled));
  KM_CHECK(Store(replica, kept, call));
  kms::ReplicateKeyResponse reply;
  replica.state = domain::KeyState::kCreating;
  KM_TRY(*reply.mutable_replica_key_metadata(), MetadataOf(replica, call.services()));
  reply.set_replica_policy(policy);
  *reply.mutable_replica_tags() = request.tags();
  return reply;
}

}  // namespace kmaas::operations
