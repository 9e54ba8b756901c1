// DeleteImportKey: destroys the wrapping key of an import when it has expired.
#include "operations/lifecycle_handlers.h"
#include "records/due_work.h"

namespace kmaas::operations {

Result<lifecycle::DeleteImportKeyResponse> DeleteImportKey(
    const lifecycle::DeleteImportKeyRequest& request, KeyCall& call) {
  const auto id = domain::ImportKeyId::Parse(request.import_key_id());
  if (!id) return Error{ErrorCode::kValidation, "ImportKeyId is no id of an import key."};
  const domain::Key& key = call.key();
  const std::string row = records::ImportKeyRow(key.region, key.id, *id);
  KM_TRY(const auto import_key, call.services().catalog.Find<domain::ImportKey>(row));
  if (import_key == nullptr)
    return Error{ErrorCode::kNotFound, "Import key '" + id->ToText() + "' does not exist"};
  if (import_key->valid_to > call.now())
    return Error{ErrorCode::kKmsInvalidState, "Import key '" + id->ToText() + "' has not expired."};
  // First the object, then the row: a row without an object is tried again, and an object without a
  // row would stay for ever.
  KM_TRY(const auto engine, call.services().EngineFor(key));
  KM_CHECK(engine->DestroyImportKey(*id, call.deadline()));
  // Its date never changes, so it is due in the transaction as well.
  KM_CHECK(call.Write([&](records::Changes& changes) -> Result<void> {
    KM_CHECK(records::Reschedule(changes, records::DueOf(*import_key), {}));
    return changes.Delete<domain::ImportKey>(row);
  }));
  return lifecycle::DeleteImportKeyResponse();
}

}  // namespace kmaas::operations
