// From the fields that name entities of IAM to the ARNs that authorisation is asked about.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "core/operation.h"
#include "core/services.h"

namespace kmaas::core {

// In the order of the fields, none for a field that is absent. Names are the caller's account's:
// an entity that exists has its own path, one that does not "/", so the two are told apart by
// nobody who may not act on either. A name that differs from the entity's in case names no entity.
Result<std::vector<std::string>> ResolveEntities(const Operation& operation,
                                                 const google::protobuf::Message& request,
                                                 const Services& services,
                                                 const domain::Principal& principal);

}  // namespace kmaas::core
