// What CreateKey's members come to: a key that can be made, or AWS's words about why not.
#pragma once

#include "core/call.h"
#include "kmaas/kms/v1/kms.pb.h"

namespace kmaas::operations {

// The key as it will be stored, without material, policy and tags: its kind, origin and key store
// go together, and its custody is one that the engine of its token can give.
Result<domain::Key> PlanKey(const ::kmaas::kms::v1::CreateKeyRequest& request,
                            const core::AccountCall& call);

}  // namespace kmaas::operations
