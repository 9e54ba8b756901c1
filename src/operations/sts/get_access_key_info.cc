#include "operations/sts_handlers.h"

namespace kmaas::operations {

// Says whose account a long-term access key is of, active or not. Temporary ones are remembered
// nowhere.
Result<sts::GetAccessKeyInfoResponse> GetAccessKeyInfo(const sts::GetAccessKeyInfoRequest& request,
                                                       AccountCall& call) {
  KM_TRY(const auto row,
         call.services().catalog.Find<records::StoredAccessKey>(request.access_key_id()));
  if (row == nullptr) return Error{ErrorCode::kValidation, "The access key ID is not valid."};
  sts::GetAccessKeyInfoResponse response;
  response.set_account(row->account);
  return response;
}

}  // namespace kmaas::operations
