// The keys of one multi-Region key, each with its row in its own Region: what they share changes in
// all rows in one transaction. Independent are policy, grants, aliases, tags, description, state
// and whether an import has brought the material. Source: AWS KMS Developer Guide, "Multi-Region
// keys".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/call.h"
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// The Regions of a key's relatives: none for a key of one Region.
std::vector<std::string> OtherRegionsOf(const domain::Key& key);
// Those and its own.
std::vector<std::string> RegionsOf(const domain::Key& key);

// One replica more, in its place.
void AddReplica(domain::MultiRegion& regions, const std::string& region);

// Changes the rows of the relatives, and their schedules with them; that of `key` is its caller's.
// kKmsInternal when one of them is not there, and whatever `change` fails with.
Result<void> ChangeRelatedKeys(records::Changes& changes, const domain::Key& key,
                               const std::function<Result<void>(domain::Key&)>& change);

// Gives a replica that is new the rows of all material of `primary`. Of imported material only that
// it belongs to the key: each Region imports it again, and nothing else in its place.
Result<void> CopyMaterials(records::Changes& changes, const domain::Key& primary,
                           const std::string& region);

// Names the relatives in the call's audit record: for every call that changes their rows.
void NameRelatedKeys(core::Call& call, const domain::Key& key);

// Whether another Region still has the material, in whose rows custody `resident` names the same
// token object: then it must not be destroyed with this Region's row.
Result<bool> IsHeldInAnotherRegion(records::Changes& changes, const domain::Key& key,
                                   const domain::MaterialId& material);
Result<bool> IsHeldInAnotherRegion(records::Catalog& catalog, const domain::Key& key,
                                   const domain::MaterialId& material);

// Takes a key that is deleted out of the configuration of its relatives. With the last replica the
// waiting period of a primary begins that waited for it (PendingReplicaDeletion).
Result<void> LeaveRelatedKeys(records::Changes& changes, const domain::Key& gone, WallTime now);

}  // namespace kmaas::operations
