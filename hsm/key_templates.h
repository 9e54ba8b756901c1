// The attributes of the keys that kmaas has in a token for itself; those of customers' keys stand
// in material_templates.h. Every right is said each time, because the defaults of tokens are
// permissive.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "hsm/attributes.h"
#include "hsm/mechanisms.h"

namespace kmaas::hsm {

// CKA_LABEL of the objects. CKA_ID is the label and the generation (4 bytes, big endian), because
// some tokens want unique ids; for resident keys it is the material id (32 bytes), for the private
// keys of imports the id of the import key (16 bytes).
inline constexpr std::string_view kLabelPrefix = "kmaas-";
inline constexpr std::string_view kIntegrityLabel = "kmaas-integrity";
inline constexpr std::string_view kSealLabel = "kmaas-seal";
inline constexpr std::string_view kAuditLabel = "kmaas-audit";
inline constexpr std::string_view kAuditPublicLabel = "kmaas-audit-public";
inline constexpr std::string_view kKeyStoreLabel = "kmaas-key-store";
inline constexpr std::string_view kResidentLabel = "kmaas-resident";
inline constexpr std::string_view kImportLabel = "kmaas-import";
inline constexpr std::string_view kAnchorLabel = "kmaas-anchor";
std::string_view RootLabel(RootClass root);  // "kmaas-root-mac"

// Every right of a secret key, those in `granted` given; of a private key, where there is one.
AttributeList SecretKeyRights(std::initializer_list<CK_ATTRIBUTE_TYPE> granted);
AttributeList PrivateKeyRights(CK_ATTRIBUTE_TYPE granted);

Attribute GenerationId(std::string_view label, std::uint32_t generation);
std::optional<std::uint32_t> ParseGenerationId(std::string_view label, ByteView id);

// Finds objects of this class and label in the token.
AttributeList TokenObjects(CK_OBJECT_CLASS object_class, std::string_view label);

// CKA_UNWRAP_TEMPLATE of a root: what whatever it unwraps must ask for. Leaves EXTRACTABLE free, or
// roots could never be rotated; SENSITIVE and WRAP_WITH_TRUSTED keep the key in.
AttributeList UnwrapRule(RootClass root);

// Whether a root can be destroyed in the token when nothing uses it any more. Any session can then;
// one that lasts goes with its token only (docs/decisions/0034-roots-in-generations.md).
enum class RootLife { kRetirable, kLasting };
// A root as the security officer makes it: a session object, because the officer cannot make
// private ones and a public token object would lie in clear on disk.
AttributeList RootMaking(RootClass root, CK_MECHANISM_TYPE wrap,
                         RootLife life = RootLife::kRetirable);
// The copy of it that stays, made by the user. CKA_MODIFIABLE is last.
AttributeList RootKeeping(RootClass root, std::uint32_t generation);
// The copy that the rehearsal attacks: the same, but it goes with its session.
AttributeList RootRehearsing();
// A root made in one step, on tokens without trust.
AttributeList WeakRootMaking(RootClass root, CK_MECHANISM_TYPE wrap, std::uint32_t generation);
// What a root of either life must show when read back.
AttributeList RootAsMade(RootClass root, CK_MECHANISM_TYPE wrap, std::uint32_t generation);

// The integrity key, the seal key; the key by which the token of a custom key store is known again.
AttributeList ServiceKeyMaking(std::string_view label, std::uint32_t generation);
AttributeList AuditPrivateMaking(std::uint32_t generation);
AttributeList AuditPublicMaking(std::uint32_t generation);
// A data object that remembers the store's head. It can be destroyed and not changed.
AttributeList AnchorMaking(ByteView value);
// What a key that was generated in the token and never could leave it shows besides.
AttributeList BornInToken();

}  // namespace kmaas::hsm
