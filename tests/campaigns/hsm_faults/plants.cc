#include "tests/campaigns/hsm_faults/plants.h"

#include <atomic>

#include "crypto/public_key.h"
#include "hsm/errors.h"
#include "hsm/session.h"

namespace kmaas::campaigns {
namespace {

std::string_view planted;
std::atomic<int> whole = 0;

bool IsPlanted(std::string_view fault) { return whole == 0 && planted == fault; }

}  // namespace

NothingLeftOut::NothingLeftOut() { ++whole; }
NothingLeftOut::~NothingLeftOut() { --whole; }

bool Plant(std::string_view name) {
  for (const std::string_view known : {"unverified-mac", "unverified-signature", "second-login"})
    if (name == known) planted = known;
  return !planted.empty();
}

// CMakeLists.txt wraps these names. When one changes with its signature, its plant has no effect,
// and the test of the plants fails.
using crypto::PublicKey;
using hsm::Mechanism;
using hsm::ObjectHandle;
using hsm::Role;
using hsm::Rv;
using hsm::Session;

Rv VerifyMac(const Session* session, const Mechanism& mechanism, ObjectHandle key, ByteView data, ByteView tag) asm(
    "__wrap__ZNK5kmaas3hsm7Session6VerifyERKNS0_9MechanismENS0_"
    "12ObjectHandleESt4spanIKhLm1844674407"
    "3709551615EES8_");
Rv RealVerifyMac(const Session* session, const Mechanism& mechanism, ObjectHandle key, ByteView data, ByteView tag) asm(
    "__real__ZNK5kmaas3hsm7Session6VerifyERKNS0_9MechanismENS0_"
    "12ObjectHandleESt4spanIKhLm1844674407"
    "3709551615EES8_");
Rv Login(const Session* session, Role role, ByteView pin) asm(
    "__wrap__ZNK5kmaas3hsm7Session5LoginENS0_4RoleESt4spanIKhLm18446744073709551615EE");
Rv RealLogin(const Session* session, Role role, ByteView pin) asm(
    "__real__ZNK5kmaas3hsm7Session5LoginENS0_4RoleESt4spanIKhLm18446744073709551615EE");
bool VerifySignature(const PublicKey* key, domain::SigningAlgorithm algorithm, ByteView input, ByteView signature) asm(
    "__wrap__ZNK5kmaas6crypto9PublicKey6VerifyENS_"
    "6domain16SigningAlgorithmESt4spanIKhLm184467440737"
    "09551615EES6_");
bool RealVerifySignature(const PublicKey* key, domain::SigningAlgorithm algorithm, ByteView input, ByteView signature) asm(
    "__real__ZNK5kmaas6crypto9PublicKey6VerifyENS_"
    "6domain16SigningAlgorithmESt4spanIKhLm184467440737"
    "09551615EES6_");

Rv VerifyMac(const Session* session, const Mechanism& mechanism, ObjectHandle key, ByteView data,
             ByteView tag) {
  if (IsPlanted("unverified-mac")) return {};
  return RealVerifyMac(session, mechanism, key, data, tag);
}

Rv Login(const Session* session, Role role, ByteView pin) {
  const Rv rv = RealLogin(session, role, pin);
  if (!hsm::IsPinRefusal(rv.code) || !IsPlanted("second-login")) return rv;
  return RealLogin(session, role, pin);
}

bool VerifySignature(const PublicKey* key, domain::SigningAlgorithm algorithm, ByteView input,
                     ByteView signature) {
  if (IsPlanted("unverified-signature")) return true;
  return RealVerifySignature(key, algorithm, input, signature);
}

}  // namespace kmaas::campaigns
