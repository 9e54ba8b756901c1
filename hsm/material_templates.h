// The attributes of customers' keys in a token, and of what carries them in. Every right is said
// each time. CKA_MODIFIABLE is last.
#pragma once

#include "base/bytes.h"
#include "domain/ids.h"
#include "hsm/attributes.h"
#include "hsm/mechanisms.h"

namespace kmaas::hsm {

// A key while it is made: a session object that only a trusted root can wrap. The public half of a
// pair is a session object that nobody keeps.
AttributeList Making(const KeyPlan& plan);
AttributeList PublicMaking(const KeyPlan& plan);
// The same key in use: cannot be extracted at all.
AttributeList Loading(const KeyPlan& plan);
// What has come into the token by an import, until it is wrapped by its root.
AttributeList Arriving(const KeyPlan& plan);
// A key that stays: a token object, generated there or unwrapped.
AttributeList ResidentMaking(const KeyPlan& plan, const domain::MaterialId& id);
AttributeList ResidentArriving(const KeyPlan& plan, const domain::MaterialId& id);
AttributeList ResidentFinding(CK_OBJECT_CLASS object_class, const domain::MaterialId& id);

// How the private half of an import pair opens what comes: one of the two, never both.
enum class ImportRight { kUnwraps, kDecrypts };
AttributeList ImportPrivateMaking(const domain::ImportKeyId& id, ImportRight right,
                                  CK_MECHANISM_TYPE mechanism);
AttributeList ImportPublicMaking(CK_ULONG bits, ImportRight right);
AttributeList ImportFinding(const domain::ImportKeyId& id);

// What imports need for the time of one call. The AES key that a customer wrapped its material
// with, as unwrapped by the import pair or made from a value.
AttributeList EphemeralKey();
// An AES key of the token's own that takes a key from one class of object to another.
AttributeList FerryKey();
// Material whose kind is not settled yet.
AttributeList FerriedSecret();
// Material on its way to the process: it can be read.
AttributeList ReadableSecret();

// The result of a key agreement, which goes to the caller.
AttributeList SharedSecret(CK_ULONG length_bytes);

}  // namespace kmaas::hsm
