// DeleteKey: at the end of its waiting period destroys a key, first in the token, then in the
// store. Whatever breaks off in between leaves a key that waits for its deletion, and is repeated.
#include "domain/multi_region_key.h"
#include "operations/imports/material_turn.h"
#include "operations/imports/pending_material.h"
#include "operations/keys/key_deletion.h"
#include "operations/keys/key_rows.h"
#include "operations/lifecycle_handlers.h"
#include "operations/regions/related_keys.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

Error NothingDue(const domain::Key& key) {
  return {ErrorCode::kKmsInvalidState, "The deletion of " + key.arn() + " is not due."};
}

Result<domain::Key> ReadDueKey(const KeyCall& call, records::Changes& changes) {
  KM_TRY(std::optional<domain::Key> key,
         changes.Get<domain::Key>(records::KeyRow(call.key().region, call.key().id)));
  if (!key || !HasWaited(*key, call.now())) return NothingDue(call.key());
  return *std::move(key);
}

// The materials of the key that no other Region uses.
Result<std::vector<domain::KeyMaterial>> MaterialsOfItsOwn(records::Changes& changes,
                                                           const domain::Key& key) {
  if (HasReplicas(key)) {
    return Error{ErrorCode::kKmsInternal, "",
                 "primary key " + key.id.ToText() + " is to be deleted and has replicas"};
  }
  KM_TRY(const auto materials, records::EveryRow<domain::KeyMaterial>(
                                   changes, records::KeyMaterialsPrefix(key.region, key.id)));
  std::vector<domain::KeyMaterial> own;
  for (const domain::KeyMaterial& material : materials) {
    KM_TRY(const bool held, IsHeldInAnotherRegion(changes, key, material.id));
    if (!held) own.push_back(material);
  }
  return own;
}

// Writes run one after another, and one that cancels looks at the time itself: none that runs after
// this one can take the key back, so its material may go before its row does. Answers what is to
// go.
Result<std::vector<domain::KeyMaterial>> BarTheWayBack(KeyCall& call) {
  std::vector<domain::KeyMaterial> doomed;
  KM_CHECK(call.services().catalog.Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_TRY(const domain::Key key, ReadDueKey(call, changes));
        KM_TRY(doomed, MaterialsOfItsOwn(changes, key));
        return {};
      },
      call.deadline()));
  return doomed;
}

// What waited for the Region that is gone does not wait any more.
Result<void> SettleRelatedKeys(records::Changes& changes, const domain::Key& gone) {
  if (Leads(gone)) return {};
  KM_TRY(const std::optional<domain::Key> primary,
         changes.Get<domain::Key>(records::KeyRow(gone.multi_region->primary_region, gone.id)));
  return primary ? SettlePending(changes, *primary) : Result<void>();
}

// Everything of the key that the token has, all of it repeatable.
Result<void> DestroyInToken(ports::CryptoEngine& engine,
                            const std::vector<domain::KeyMaterial>& materials, KeyCall& call) {
  const domain::Key& key = call.key();
  for (const domain::KeyMaterial& material : materials)
    KM_CHECK(engine.DestroyMaterial(material, call.deadline()));
  KM_TRY(const auto import_keys,
         records::EveryRow<domain::ImportKey>(call.services().catalog,
                                              records::KeyImportKeysPrefix(key.region, key.id)));
  for (const domain::ImportKey& import_key : import_keys)
    KM_CHECK(engine.DestroyImportKey(import_key.id, call.deadline()));
  return {};
}

domain::DeletedKey RecordOf(const domain::Key& key, const KeyCall& call, std::string token_serial) {
  return {.id = key.id,
          .account = key.account,
          .region = key.region,
          .spec = key.spec,
          .usage = key.usage,
          .origin = key.origin,
          .custom_key_store_id = key.custom_key_store_id,
          .token_serial = std::move(token_serial),
          .created = key.created,
          .request = *key.deletion,
          .deleted = call.now(),
          .event_id = call.event_id(),
          .materials = {},
          .aliases = {}};
}

Result<void> DeleteRows(KeyCall& call, const std::string& token_serial) {
  return call.Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(const domain::Key key, ReadDueKey(call, changes));
    domain::DeletedKey deleted = RecordOf(key, call, token_serial);
    KM_CHECK(DeleteKeyRows(changes, key, deleted));
    KM_CHECK(LeaveRelatedKeys(changes, key, call.now()));
    KM_CHECK(SettleRelatedKeys(changes, key));
    return changes.Put(deleted);
  });
}

}  // namespace

Result<lifecycle::DeleteKeyResponse> DeleteKey(const lifecycle::DeleteKeyRequest& /*request*/,
                                               KeyCall& call) {
  const domain::Key& key = call.key();
  if (!HasWaited(key, call.now())) return NothingDue(key);
  // Another Region may be about to import the same.
  KM_TRY(const auto turn, TakeTurn(key, call.services().clock, call.deadline()));
  KM_TRY(const std::vector<domain::KeyMaterial> doomed, BarTheWayBack(call));
  KM_TRY(const auto engine, call.services().EngineFor(key));
  KM_CHECK(DestroyInToken(*engine, doomed, call));
  NameRelatedKeys(call, key);
  call.SetResponseElements(R"({"keyId":")" + key.id.ToText() + R"("})");
  KM_CHECK(DeleteRows(call, engine->Status().token_serial));
  return lifecycle::DeleteKeyResponse();
}

}  // namespace kmaas::operations
