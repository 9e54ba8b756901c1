// The tags of a session: those of the request, and those that a chain hands down.
#pragma once

#include "base/result.h"
#include "domain/principal.h"
#include "kmaas/sts/v1/sts.pb.h"

namespace kmaas::operations {

namespace sts = ::kmaas::sts::v1;

// `caller` is null unless roles are chained. kValidation for characters and keys that AWS refuses,
// a key that stands twice (without regard to case), a transitive key without its tag, and a tag
// that would replace one that is handed down.
Result<void> SetSessionTags(const sts::AssumeRoleRequest& request, const domain::Session* caller,
                            domain::Session& session);

}  // namespace kmaas::operations
