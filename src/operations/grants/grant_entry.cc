#include "operations/grants/grant_entry.h"

#include "core/lasting_names.h"

namespace kmaas::operations {

Result<void> FillEntry(const domain::Grant& grant, records::Catalog& catalog,
                       ::kmaas::kms::v1::GrantListEntry& entry) {
  entry.set_key_id(domain::KeyArn(grant.region, grant.account, grant.key_id));
  entry.set_grant_id(grant.id);
  entry.set_name(grant.name);
  entry.set_creation_date(ToEpochSeconds(grant.created));
  if (grant.grantee_is_service) {
    entry.set_grantee_service_principal(grant.grantee);
  } else {
    KM_TRY(std::string shown, core::ShownName(catalog, grant.grantee));
    entry.set_grantee_principal(std::move(shown));
  }
  if (grant.retiring_is_service) {
    entry.set_retiring_service_principal(grant.retiring);
  } else if (!grant.retiring.empty()) {
    KM_TRY(std::string shown, core::ShownName(catalog, grant.retiring));
    entry.set_retiring_principal(std::move(shown));
  }
  entry.set_issuing_account(domain::RootArn(grant.issuing_account));
  for (const std::string& operation : grant.operations) entry.add_operations(operation);
  const domain::GrantConstraints& constraints = grant.constraints;
  if (constraints == domain::GrantConstraints()) return {};
  ::kmaas::kms::v1::GrantConstraints& shown = *entry.mutable_constraints();
  shown.mutable_encryption_context_equals()->insert(constraints.context_equals.begin(),
                                                    constraints.context_equals.end());
  shown.mutable_encryption_context_subset()->insert(constraints.context_subset.begin(),
                                                    constraints.context_subset.end());
  if (!constraints.source_arn.empty()) shown.set_source_arn(constraints.source_arn);
  return {};
}

}  // namespace kmaas::operations
