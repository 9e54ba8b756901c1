// The roots and service keys of a token: found once per engine generation, and verified.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "hsm/attributes.h"
#include "hsm/mechanisms.h"
#include "hsm/session.h"
#include "hsm/token_profiles.h"

namespace kmaas::hsm {

// Handles, good for the engine generation in which they were found.
struct ServiceKeys {
  ObjectHandle integrity;
  ObjectHandle seal;
  ObjectHandle audit;
  Bytes audit_public_key;  // DER SubjectPublicKeyInfo
};

// Likewise. Generations of roots live side by side: kmaas root (docs/operations/root-rotation.md).
struct Roots {
  std::map<RootClass, std::map<std::uint32_t, ObjectHandle>> by_class;

  std::optional<ObjectHandle> Find(RootClass root, std::uint32_t generation) const;
  // Those that every class has, ascending: one that a ceremony left half made is none of them.
  std::vector<std::uint32_t> generations() const;
};

// What the search may live with.
struct Expectation {
  const TokenProfile& profile;
  CK_MECHANISM_TYPE wrap;
  bool accept_weak = false;  // differences become log lines
};

// HMAC-SHA-256 under a service key over label and context, length-prefixed; `out` is 32 bytes.
Rv DeriveUnder(const Session& session, ObjectHandle service_key, std::string_view label,
               ByteView context, MutableByteView out);

// kNotFound when the token has none (run `kmaas init`). An object of the right name with other
// attributes than the ceremony gave it does not count as found: a session holder could have made
// it.
Result<ServiceKeys> FindServiceKeys(const Session& session, const Expectation& expected);
// Likewise, of the roots: at least one generation is whole.
Result<Roots> FindRoots(const Session& session, const Expectation& expected);

// The key by which the token of a custom key store is known again; made when there is none yet.
// kAlreadyExists for a token that has keys of the service: it is no key store.
struct KeyStoreKey {
  ObjectHandle handle;
  bool is_new = false;  // its files are not flushed yet
};
Result<KeyStoreKey> FindOrMakeKeyStoreKey(const Session& session, const Expectation& expected);

// The names of the attributes in `list` that `object` does not show, as "CKA_TRUSTED".
std::vector<std::string> Differences(const Session& session, ObjectHandle object,
                                     const AttributeList& list);

// The names joined for a message.
std::string JoinNames(const std::vector<std::string>& names);

}  // namespace kmaas::hsm
