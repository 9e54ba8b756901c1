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
#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// The Regions of a key's relatives: none for a key of one Region.
std::vector<std::string> OtherRegionsOf(const domain::Key& key);

// One replica more, in its place.
void AddReplica(domain::MultiRegion& regions, const std::string& region);

// Changes the rows of the relatives, and their schedules with them; that of `key` is its caller's.
// kKmsInternal when one of them is not there, and whatever `change` fails with.
Result<void> ChangeRelatedKeys(records::Changes& changes, const domain::Key& key,
                               const std::function<Result<void>(domain::Key&)>& change);

// Stores material that is shared in the rows of all Regions of its key, its own too: what the HSM
// made, once it is made, rotated or no longer current. Not for imported material, which each Region
// has or lacks by itself.
Result<void> PutSharedMaterial(records::Changes& changes, const domain::Key& key,
                               domain::KeyMaterial material);

// Gives a replica that is new the rows of all material of `primary`. Of imported material only that
// it belongs to the key: each Region imports it again, and nothing else in its place.
Result<void> CopyMaterials(records::Changes& changes, const domain::Key& primary,
                           const std::string& region);

// Whether another Region still has the material, in whose rows custody `resident` names the same
// token object: then it must not be destroyed with this Region's row. Ask it in the transaction
// that deletes the row, so that the last one to go knows that it is.
Result<bool> IsHeldInAnotherRegion(records::Changes& changes, const domain::Key& key,
                                   const domain::MaterialId& material);

// Takes a key that is deleted out of the configuration of its relatives. With the last replica the
// waiting period of a primary begins that waited for it (PendingReplicaDeletion).
Result<void> LeaveRelatedKeys(records::Changes& changes, const domain::Key& gone, WallTime now);

}  // namespace kmaas::operations
