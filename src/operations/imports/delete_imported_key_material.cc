// DeleteImportedKeyMaterial: destroys imported material; the key cannot be used until it is
// imported again.
#include "operations/handlers.h"
#include "operations/imports/material_destruction.h"

namespace kmaas::operations {
namespace {

// Nothing: the key has never had any.
Result<std::optional<domain::MaterialId>> Named(
    const kms::DeleteImportedKeyMaterialRequest& request, const domain::Key& key) {
  if (!request.has_key_material_id()) return key.current_material;
  const auto id = domain::MaterialId::Parse(request.key_material_id());
  if (!id) return Error{ErrorCode::kValidation, "KeyMaterialId is no id of key material."};
  return id;
}

}  // namespace

Result<kms::DeleteImportedKeyMaterialResponse> DeleteImportedKeyMaterial(
    const kms::DeleteImportedKeyMaterialRequest& request, KeyCall& call) {
  const domain::Key& key = call.key();
  KM_TRY(const std::optional<domain::MaterialId> id, Named(request, key));
  kms::DeleteImportedKeyMaterialResponse reply;
  reply.set_key_id(key.arn());
  if (!id) return reply;
  call.SetResponseElements(R"({"keyId":")" + key.arn() + R"(","keyMaterialId":")" + id->ToText() +
                           R"("})");
  KM_CHECK(DestroyImportedMaterial(
      call, *id, [](const domain::KeyMaterial& /*material*/) { return Result<void>(); }));
  if (IsSymmetricEncryption(key.spec)) reply.set_key_material_id(id->ToText());
  return reply;
}

}  // namespace kmaas::operations
