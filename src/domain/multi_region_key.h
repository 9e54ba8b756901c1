// Who leads and who follows among the keys of one multi-Region key.
#pragma once

#include "base/result.h"
#include "domain/key.h"

namespace kmaas::domain {

// Whether others follow the key: it is the primary one, or the only one.
inline bool Leads(const Key& key) {
  return !key.multi_region || key.multi_region->primary_region == key.region;
}

// Whether others do follow it.
inline bool HasReplicas(const Key& key) {
  return key.multi_region && Leads(key) && !key.multi_region->replica_regions.empty();
}

// What is answered where only a primary key will do.
inline Error NotAPrimaryKey(const Key& key) {
  return {ErrorCode::kUnsupportedOperation, key.arn() + " is not a multi-region primary key."};
}

}  // namespace kmaas::domain
