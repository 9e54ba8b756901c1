// CancelKeyDeletion: takes a key back from deletion; it is disabled afterwards.
#include "operations/handlers.h"
#include "operations/keys/state_in_store.h"

namespace kmaas::operations {

Result<kms::CancelKeyDeletionResponse> CancelKeyDeletion(
    const kms::CancelKeyDeletionRequest& /*request*/, KeyCall& call) {
  KM_CHECK(call.WriteKey([](domain::Key& key, records::Changes& changes) -> Result<void> {
    key.deletion.reset();
    return SetState(key, domain::KeyState::kDisabled, changes);
  }));
  kms::CancelKeyDeletionResponse reply;
  reply.set_key_id(call.key().arn());
  return reply;
}

}  // namespace kmaas::operations
