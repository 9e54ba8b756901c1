// From the fields that name entities of IAM to the ARNs that authorisation is asked about.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "core/operation.h"
#include "core/services.h"
#include "domain/key.h"

namespace kmaas::core {

// What a call names, and what conditions ask about it. An entity that is made has only its ARN.
struct ResolvedEntity {
  std::string arn;
  std::vector<domain::Tag> tags = {};
  std::string permissions_boundary = {};  // ARN of a managed policy; empty: none
};

// In the order of the fields, none for a field that is absent. Names are the caller's account's:
// an entity that exists has its own path, one that does not "/", so the two are told apart by
// nobody who may not act on either. A name that differs from the entity's in case names no entity.
Result<std::vector<ResolvedEntity>> ResolveEntities(const Operation& operation,
                                                    const google::protobuf::Message& request,
                                                    const Services& services,
                                                    const domain::Principal& principal);

}  // namespace kmaas::core
