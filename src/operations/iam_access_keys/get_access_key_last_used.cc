// GetAccessKeyLastUsed: whose an access key is, and when it last signed a call.
#include "operations/iam_common/entities.h"
#include "operations/iam_handlers.h"

namespace kmaas::operations {

Result<iam::GetAccessKeyLastUsedResponse> GetAccessKeyLastUsed(
    const iam::GetAccessKeyLastUsedRequest& request, AccountCall& call) {
  constexpr char kNever[] = "N/A";
  records::Catalog& catalog = call.services().catalog;
  KM_TRY(const auto key, catalog.Find<records::StoredAccessKey>(request.access_key_id()));
  if (key == nullptr || key->account != call.principal().account) {
    return NoSuchEntity("The Access Key with id " + request.access_key_id() + " cannot be found.");
  }
  KM_TRY(const auto use, catalog.Find<records::AccessKeyUse>(key->id));
  iam::GetAccessKeyLastUsedResponse reply;
  reply.set_user_name(key->user_name);
  iam::AccessKeyLastUsed& last = *reply.mutable_access_key_last_used();
  if (use != nullptr) last.set_last_used_date(ToEpochSeconds(use->used));
  last.set_service_name(use == nullptr ? kNever : use->service);
  last.set_region(use == nullptr ? kNever : use->region);
  return reply;
}

}  // namespace kmaas::operations
