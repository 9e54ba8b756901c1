// RotateKey: gives a key the material that it encrypts with from now on. The scheduler asks for it
// when a rotation is due; whether it still is stands in the key, in the transaction that rotates.
#include "operations/imports/material_turn.h"
#include "operations/keys/new_material.h"
#include "operations/keys/uncommitted_material.h"
#include "operations/lifecycle_handlers.h"
#include "operations/regions/related_keys.h"
#include "operations/rotation/rotation_rules.h"

namespace kmaas::operations {
namespace {

using domain::RotationType;
using Material = std::optional<domain::KeyMaterial>;
// What the key rotates to; nothing when that is not there.
using FindNext = std::function<Result<Material>(records::Changes&, const domain::Key&)>;

Error NothingDue(const domain::Key& key) {
  return {ErrorCode::kKmsInvalidState, "No rotation of " + key.arn() + " is due."};
}

// Names as CloudTrail has them in the event RotateKey.
std::string DetailsOf(const domain::Key& before, const domain::Key& after, RotationType type) {
  std::string json = R"({"keyId":")" + after.id.ToText() + R"(","rotationType":")";
  json += ToText(type);
  json += R"(","keyOrigin":")";
  json += ToText(after.origin);
  if (before.current_material)
    json += R"(","previousKeyMaterialId":")" + before.current_material->ToText();
  json += R"(","currentKeyMaterialId":")" + after.current_material->ToText() + R"("})";
  return json;
}

// A rotation on demand whose imported material went in the meantime ends without one, and with a
// record that says so.
Result<std::optional<Error>> EndInVain(domain::Key& key, records::Changes& changes,
                                       RotationType type, WallTime now) {
  SettleRotation(key, type, now);
  KM_CHECK(ShareRotation(changes, key));
  return std::optional<Error>(
      Error{ErrorCode::kKmsInvalidState,
            "No available key material pending rotation for the key: " + key.arn()});
}

Result<std::optional<Error>> Rotate(KeyCall& call, RotationType type, const FindNext& find,
                                    records::Changes& changes) {
  KM_TRY(std::optional<domain::Key> key,
         changes.Get<domain::Key>(records::KeyRow(call.key().region, call.key().id)));
  const WallTime now = call.now();
  if (!key || DueRotation(*key, now) != type ||
      key->current_material != call.key().current_material)
    return NothingDue(call.key());
  const domain::Key before = *key;
  KM_TRY(const Material next, find(changes, *key));
  std::optional<Error> refusal;
  if (next) {
    KM_CHECK(RotateTo(changes, *key, *next, type, now));
    call.SetResponseElements(DetailsOf(before, *key, type));
  } else {
    KM_TRY(refusal, EndInVain(*key, changes, type, now));
  }
  KM_CHECK(records::Reschedule(changes, records::DueOf(before), records::DueOf(*key)));
  KM_CHECK(changes.Put(*key));
  return refusal;
}

Result<void> Write(KeyCall& call, RotationType type, const FindNext& find) {
  return call.WriteJudged(
      [&](records::Changes& changes) { return Rotate(call, type, find, changes); });
}

Result<void> RotateToMade(KeyCall& call, RotationType type) {
  KM_TRY(const auto engine, call.services().EngineFor(call.key()));
  KM_TRY(const domain::KeyMaterial made, MakeMaterial(call.key(), *engine, call));
  UncommittedMaterial uncommitted(engine, call.services().clock, made);
  const Result<void> written = Write(
      call, type,
      [&](records::Changes&, const domain::Key&) -> Result<Material> { return Material(made); });
  if (call.committed()) uncommitted.Keep();
  return written;
}

// In turn with those who import and destroy: what it rotates to is not about to go.
Result<void> RotateToImported(KeyCall& call, RotationType type) {
  KM_TRY(const auto turn, TakeTurn(call.key(), call.services().clock, call.deadline()));
  return Write(call, type, [&](records::Changes& changes, const domain::Key& key) {
    return FindPendingMaterial(changes, key, call.now());
  });
}

}  // namespace

Result<lifecycle::RotateKeyResponse> RotateKey(const lifecycle::RotateKeyRequest& /*request*/,
                                               KeyCall& call) {
  const auto type = DueRotation(call.key(), call.now());
  if (!type) return NothingDue(call.key());
  NameRelatedKeys(call, call.key());
  if (call.key().origin == domain::KeyOrigin::kExternal) {
    KM_CHECK(RotateToImported(call, *type));
  } else {
    KM_CHECK(RotateToMade(call, *type));
  }
  return lifecycle::RotateKeyResponse();
}

}  // namespace kmaas::operations
