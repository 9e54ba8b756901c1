// What the operations of rotation share with the scheduler's RotateKey: what is due, where it may
// be asked for, and the change of every row that a rotation touches.
#pragma once

#include <optional>

#include "domain/key.h"
#include "records/catalog.h"

namespace kmaas::operations {

// The rotation that is to be done now: of two the one that was due first. Nothing while the key is
// not enabled, and for a replica.
std::optional<domain::RotationType> DueRotation(const domain::Key& key, WallTime now);

// kUnsupportedOperation for a replica: rotation is set, and asked for, on the primary key.
Result<void> CheckLeads(const domain::Key& key);

// Lets every Region of the key rotate as `key` does.
Result<void> ShareRotation(records::Changes& changes, const domain::Key& key);

// The imported material that waits for a rotation, is there in every Region of the key and has
// expired in none; nothing when there is none.
Result<std::optional<domain::KeyMaterial>> FindPendingMaterial(records::Changes& changes,
                                                               const domain::Key& key,
                                                               WallTime now);

// Ends a rotation: in every Region of the key `next` encrypts from now on, and what did before only
// decrypts. Stores all rows but that of `key`, which is the caller's.
Result<void> RotateTo(records::Changes& changes, domain::Key& key, const domain::KeyMaterial& next,
                      domain::RotationType type, WallTime now);

// Takes the rotation that ended, or cannot be done, from what is to come.
void SettleRotation(domain::Key& key, domain::RotationType type, WallTime now);

}  // namespace kmaas::operations
