// DeleteExpiredKeyMaterial: destroys imported material when its time is over.
#include "operations/imports/material_destruction.h"
#include "operations/lifecycle_handlers.h"

namespace kmaas::operations {

Result<lifecycle::DeleteExpiredKeyMaterialResponse> DeleteExpiredKeyMaterial(
    const lifecycle::DeleteExpiredKeyMaterialRequest& request, KeyCall& call) {
  const auto id = domain::MaterialId::Parse(request.key_material_id());
  if (!id) return Error{ErrorCode::kValidation, "KeyMaterialId is no id of key material."};
  const WallTime now = call.now();
  // It may have been imported again since, to be kept for longer.
  const auto is_due = [&](const domain::KeyMaterial& material) -> Result<void> {
    if (material.import_state == domain::ImportState::kImported && material.valid_to &&
        *material.valid_to <= now)
      return {};
    return Error{ErrorCode::kKmsInvalidState, "Key material '" + id->ToText() + "' of key '" +
                                                  call.key().arn() + "' has not expired."};
  };
  KM_CHECK(DestroyImportedMaterial(call, *id, is_due));
  return lifecycle::DeleteExpiredKeyMaterialResponse();
}

}  // namespace kmaas::operations
