// CancelKeyDeletion: takes a key back from deletion; it is disabled afterwards, or waits for its
// import again.
#include "operations/handlers.h"
#include "operations/imports/key_settlement.h"
#include "operations/keys/key_deletion.h"
#include "operations/keys/state_in_store.h"

namespace kmaas::operations {

Result<kms::CancelKeyDeletionResponse> CancelKeyDeletion(
    const kms::CancelKeyDeletionRequest& /*request*/, KeyCall& call) {
  KM_CHECK(call.WriteKey([&](domain::Key& key, records::Changes& changes) -> Result<void> {
    // Here and not before: DeleteKey counts on it.
    if (HasWaited(key, call.now())) {
      return Error{ErrorCode::kKmsInvalidState,
                   key.arn() + " is pending deletion, and its waiting period has ended."};
    }
    key.deletion.reset();
    KM_CHECK(SetState(key, domain::KeyState::kDisabled, changes));
    // What was imported may have expired, or never have come.
    if (key.origin == domain::KeyOrigin::kExternal) return Settle(changes, key);
    return {};
  }));
  kms::CancelKeyDeletionResponse reply;
  reply.set_key_id(call.key().arn());
  return reply;
}

}  // namespace kmaas::operations
