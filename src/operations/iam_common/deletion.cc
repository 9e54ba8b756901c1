#include "operations/iam_common/deletion.h"

namespace kmaas::operations {

Error DeleteConflict(std::string message) {
  return {ErrorCode::kDeleteConflict, std::move(message)};
}

Result<void> RequireNoPolicies(const records::EntityPolicies& policies) {
  if (!policies.attached.empty())
    return DeleteConflict("Cannot delete entity, must detach all policies first.");
  if (!policies.inline_policies.empty())
    return DeleteConflict("Cannot delete entity, must delete policies first.");
  return {};
}

}  // namespace kmaas::operations
