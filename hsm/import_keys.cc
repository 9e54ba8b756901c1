// Making, finding and destroying import pairs.
#include "hsm/import_keys.h"

#include <algorithm>

#include "hsm/key_marks.h"
#include "hsm/key_templates.h"
#include "hsm/public_halves.h"
#include "hsm/scoped_object.h"
#include "hsm/token_objects.h"

namespace kmaas::hsm {
namespace {

// An import pair is an RSA pair of the same size.
const KeyPlan& PlanOf(domain::WrappingKeySpec spec) {
  return *FindPlan(domain::FromText<domain::KeySpec>(ToText(spec)).value(),
                   domain::KeyUsage::kEncryptDecrypt);
}

ImportRight RightFor(const Capabilities& capabilities, domain::WrappingAlgorithm algorithm) {
  const bool unwraps = domain::OaepDigestOf(algorithm) == domain::Digest::kSha1
                           ? capabilities.unwraps_oaep_sha1
                           : capabilities.unwraps_oaep_sha256;
  return unwraps ? ImportRight::kUnwraps : ImportRight::kDecrypts;
}

AttributeList PrivateHalf(Call& call, const domain::ImportKeyId& id,
                          domain::WrappingAlgorithm algorithm) {
  const ImportRight right = RightFor(call.capabilities(), algorithm);
  const bool raw = right == ImportRight::kDecrypts && call.capabilities().oaep == OaepBy::kProcess;
  return ImportPrivateMaking(id, right, raw ? CKM_RSA_X_509 : CKM_RSA_PKCS_OAEP);
}

Result<Bytes> Generate(Call& call, const KeyPlan& plan, ImportRight right,
                       const AttributeList& private_half) {
  Session::KeyPair pair;
  Rv rv = call.session().GenerateKeyPair(
      plan.generate, Template(ImportPublicMaking(plan.modulus_bytes() * 8, right)),
      Template(AsThisTokenHasIt(call, private_half)), pair);
  if (!rv.ok()) return call.Fail(rv);
  ScopedObject public_half(call.session());
  public_half.handle = pair.public_key;
  KM_CHECK(CheckAsMade(call, pair.private_key, Joined(private_half, BornInToken()), kImportLabel));
  std::optional<Bytes> info;
  rv = ReadPublicHalf(call.session(), pair.public_key, plan, info);
  if (!rv.ok()) return call.Fail(rv);
  if (!info) return NotLoadable("the new import pair has another size");
  KM_CHECK(FlushToken(call));
  return *std::move(info);
}

Error NoSuchPair(const char* why) { return {ErrorCode::kInvalidImportToken, "", why}; }

}  // namespace

Result<Bytes> MakeImportPair(Call& call, const domain::ImportKeyId& id,
                             domain::WrappingKeySpec spec, domain::WrappingAlgorithm algorithm) {
  const auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto existing, FindObjects(call, ImportFinding(id)));
  if (!existing.empty()) return NotLoadable("an import pair of this id exists");
  auto made = Generate(call, PlanOf(spec), RightFor(call.capabilities(), algorithm),
                       PrivateHalf(call, id, algorithm));
  if (!made) DiscardObjects(call, ImportFinding(id));
  return made;
}

Result<ImportPair> FindImportPair(Call& call, const domain::ImportKeyId& id,
                                  domain::WrappingAlgorithm algorithm) {
  ImportPair pair{{}, RightFor(call.capabilities(), algorithm), {}};
  const auto lock = call.generation().LockTokenObjects();
  KM_TRY(const auto found, FindObjects(call, ImportFinding(id)));
  if (found.size() != 1) return NoSuchPair("no import pair of this id in the HSM");
  pair.private_key = found[0];
  const AttributeList made = Joined(PrivateHalf(call, id, algorithm), BornInToken());
  if (auto checked = CheckAsMade(call, pair.private_key, made, kImportLabel); !checked) {
    if (call.verdict() == Verdict::kLost) return std::move(checked).error();
    return NoSuchPair("the import pair is not as it is made for the algorithm");
  }
  Attribute modulus;
  const Rv rv = call.session().Read(pair.private_key, CKA_MODULUS, modulus);
  if (!rv.ok()) return call.Fail(rv);
  const auto first = std::find_if(modulus.value.begin(), modulus.value.end(),
                                  [](std::uint8_t byte) { return byte != 0; });
  pair.modulus.assign(first, modulus.value.end());
  return pair;
}

Result<void> DestroyImportPair(Call& call, const domain::ImportKeyId& id) {
  const auto lock = call.generation().LockTokenObjects();
  KM_CHECK(DestroyObjects(call, ImportFinding(id)));
  return FlushToken(call);
}

}  // namespace kmaas::hsm
