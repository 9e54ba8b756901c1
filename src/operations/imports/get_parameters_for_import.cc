// GetParametersForImport: a wrapping key that the HSM makes for one import, and the token that
// belongs to it.
#include <algorithm>

#include "base/limits.h"
#include "core/import_token.h"
#include "operations/handlers.h"
#include "operations/imports/uncommitted_import_key.h"
#include "operations/imports/wrapping_rules.h"
#include "records/due_work.h"
#include "records/every_row.h"

namespace kmaas::operations {
namespace {

// Each is an object of the token, which gets slower with each, until it expires: of too many the
// oldest make room, so that nobody who asks for many keeps the key's owner from importing. Answers
// those whose rows are gone.
Result<std::vector<domain::ImportKey>> MakeRoom(records::Changes& changes, const domain::Key& key) {
  KM_TRY(std::vector<domain::ImportKey> import_keys,
         records::EveryRow<domain::ImportKey>(changes,
                                              records::KeyImportKeysPrefix(key.region, key.id)));
  const std::size_t kept = std::min(import_keys.size(), limits::kImportKeysPerKeyMax - 1);
  std::sort(import_keys.begin(), import_keys.end(),
            [](const auto& a, const auto& b) { return a.created > b.created; });
  import_keys.erase(import_keys.begin(), import_keys.begin() + static_cast<std::ptrdiff_t>(kept));
  for (const domain::ImportKey& oldest : import_keys) {
    KM_CHECK(records::Reschedule(changes, records::DueOf(oldest), {}));
    KM_CHECK(
        changes.Delete<domain::ImportKey>(records::ImportKeyRow(key.region, key.id, oldest.id)));
  }
  return import_keys;
}

domain::ImportKey NewImportKey(const Wrapping& wrapping, const KeyCall& call) {
  domain::ImportKey key;
  call.services().random.Fill(key.id.bits);
  key.key_id = call.key().id;
  key.account = call.key().account;
  key.region = call.key().region;
  key.spec = wrapping.spec;
  key.algorithm = wrapping.algorithm;
  key.created = FromEpochMillis(ToEpochMillis(call.now()));
  key.valid_to = key.created + domain::kImportKeyLife;
  return key;
}

}  // namespace

Result<kms::GetParametersForImportResponse> GetParametersForImport(
    const kms::GetParametersForImportRequest& request, KeyCall& call) {
  KM_TRY(const Wrapping wrapping, ReadWrapping(request, call.key().spec));
  domain::ImportKey import_key = NewImportKey(wrapping, call);
  KM_TRY(const auto engine, call.services().EngineFor(call.key()));
  KM_TRY(import_key.public_key, engine->MakeImportKey(import_key.id, import_key.spec,
                                                      import_key.algorithm, call.deadline()));
  UncommittedImportKey uncommitted(engine, call.services().clock, import_key.id);
  std::vector<domain::ImportKey> displaced;
  const Result<void> written =
      call.WriteKey([&](domain::Key& key, records::Changes& changes) -> Result<void> {
        KM_TRY(displaced, MakeRoom(changes, key));
        KM_CHECK(records::Reschedule(changes, {}, records::DueOf(import_key)));
        return changes.Put(import_key);
      });
  if (call.committed()) {
    uncommitted.Keep();
    // No row names them any more: each goes at the end of its round, and a failure is logged.
    for (const domain::ImportKey& gone : displaced)
      const UncommittedImportKey destroyed(engine, call.services().clock, gone.id);
  }
  KM_CHECK(written);
  kms::GetParametersForImportResponse reply;
  reply.set_key_id(call.key().arn());
  reply.set_import_token(ToString(core::MakeImportToken(call.services(), import_key)));
  reply.set_public_key(ToString(import_key.public_key));
  reply.set_parameters_valid_to(ToEpochSeconds(import_key.valid_to));
  return reply;
}

}  // namespace kmaas::operations
