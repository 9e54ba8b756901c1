// CreatePolicy: a managed policy of the account, with its first version.
#include "domain/iam_names.h"
#include "identity/enrolment.h"
#include "operations/iam_common/documents.h"
#include "operations/iam_common/entities.h"
#include "operations/iam_common/managed_policies.h"
#include "operations/iam_common/quotas.h"
#include "operations/iam_common/tags.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::CreatePolicyResponse> CreatePolicy(const iam::CreatePolicyRequest& request,
                                               AccountCall& call) {
  records::ManagedPolicy policy;
  policy.account = call.principal().account;
  policy.name = request.policy_name();
  policy.path = request.has_path() ? request.path() : "/";
  KM_CHECK(CheckPath(policy.path));
  KM_CHECK(CheckManagedDocument(request.policy_document()));
  KM_TRY(policy.tags, ReadIamTags(request.tags()));
  policy.policy_id = identity::MakeEntityId(domain::kManagedPolicyIdPrefix, call.services().random);
  policy.description = request.description();
  policy.created = call.now();
  AddVersion(request.policy_document(), call.now(), policy);
  policy.default_version = policy.versions.front().id;
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const auto present, changes.Get<records::ManagedPolicy>(
                                   records::ManagedPolicyRow(policy.account, policy.name)));
    if (present) {
      return Error{
          ErrorCode::kAlreadyExists,
          "A policy called " + policy.name + " already exists. Duplicate names are not allowed."};
    }
    KM_CHECK(RequireRoom<records::ManagedPolicy>(changes, policy.account));
    return changes.Put(policy);
  }));
  iam::CreatePolicyResponse reply;
  KM_CHECK(FillPolicy(call, policy, PolicyDetail::kWhole, *reply.mutable_policy()));
  return reply;
}

}  // namespace kmaas::operations
