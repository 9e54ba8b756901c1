// GetParametersForImport: a wrapping key that the HSM makes for one import, and the token that
// belongs to it.
#include "core/import_token.h"
#include "operations/handlers.h"
#include "operations/imports/uncommitted_import_key.h"
#include "operations/imports/wrapping_rules.h"
#include "records/due_work.h"

namespace kmaas::operations {
namespace {

// Each is an object of the token, which gets slower with each, until it expires.
constexpr std::size_t kImportKeysPerKeyMax = 50;

Result<void> CheckRoom(const KeyCall& call) {
  const domain::Key& key = call.key();
  KM_TRY(const records::Page page,
         call.services().catalog.List<domain::ImportKey>(
             records::KeyImportKeysPrefix(key.region, key.id), "", kImportKeysPerKeyMax));
  if (page.rows.size() < kImportKeysPerKeyMax) return {};
  return Error{
      ErrorCode::kThrottling,
      "This key has " + std::to_string(kImportKeysPerKeyMax) +
          " wrapping keys that have not expired: use one of them, or wait until one does."};
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
  KM_CHECK(CheckRoom(call));
  domain::ImportKey import_key = NewImportKey(wrapping, call);
  KM_TRY(const auto engine, call.services().EngineFor(call.key()));
  KM_TRY(import_key.public_key, engine->MakeImportKey(import_key.id, import_key.spec,
                                                      import_key.algorithm, call.deadline()));
  UncommittedImportKey uncommitted(engine, call.services().clock, import_key.id);
  const Result<void> written =
      call.WriteKey([&](domain::Key& /*key*/, records::Changes& changes) -> Result<void> {
        KM_CHECK(records::Reschedule(changes, {}, records::DueOf(import_key)));
        return changes.Put(import_key);
      });
  if (call.committed()) uncommitted.Keep();
  KM_CHECK(written);
  kms::GetParametersForImportResponse reply;
  reply.set_key_id(call.key().arn());
  reply.set_import_token(ToString(core::MakeImportToken(call.services(), import_key)));
  reply.set_public_key(ToString(import_key.public_key));
  reply.set_parameters_valid_to(ToEpochSeconds(import_key.valid_to));
  return reply;
}

}  // namespace kmaas::operations
