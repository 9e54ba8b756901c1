// What conditions may ask of an entity of IAM that a call acts on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::core {

struct EntityFacts {
  std::string permissions_boundary;  // ARN; empty: none
  std::vector<domain::Tag> tags;
};

// Of the user, role, managed policy or MFA device with exactly this ARN; without anything when
// there is none.
Result<EntityFacts> FactsOfEntity(records::Catalog& catalog, std::string_view arn);

}  // namespace kmaas::core
