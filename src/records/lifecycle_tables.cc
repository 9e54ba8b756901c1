// The rows of what happens to keys: imports, custom key stores, deletion, use, the schedule.
#include <array>
#include <cstdio>

#include "kmaas/records/v1/records.pb.h"
#include "records/row_fields.h"
#include "records/row_keys.h"
#include "records/row_parse.h"
#include "records/tables.h"

namespace kmaas::records {
namespace {

namespace pb = ::kmaas::records::v1;

// Sorts as the time does.
std::string SortedTime(WallTime time) {
  std::array<char, 17> text{};
  const std::int64_t millis = std::max<std::int64_t>(0, ToEpochMillis(time));
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(millis));
  return text.data();
}

void Put(const domain::DestroyedMaterial& material, pb::DestroyedMaterial& row) {
  row.set_id(ToString(material.id.bits));
  row.set_custody(TextOf(material.custody));
  row.set_dialect(TextOf(material.dialect));
  row.set_root_generation(material.root_generation);
  row.set_blob_digest(ToString(material.blob_digest));
  row.set_public_key(ToString(material.public_key));
  row.set_created_ms(ToEpochMillis(material.created));
}

domain::DestroyedMaterial MaterialOf(const pb::DestroyedMaterial& row, RowFields& fields) {
  return {.id = fields.Material(row.id()),
          .custody = fields.Text<domain::Custody>(row.custody()),
          .dialect = fields.Text<domain::WrapDialect>(row.dialect()),
          .root_generation = row.root_generation(),
          .blob_digest = ToBytes(AsBytes(row.blob_digest())),
          .public_key = ToBytes(AsBytes(row.public_key())),
          .created = FromEpochMillis(row.created_ms())};
}

}  // namespace

std::string Table<domain::ImportKey>::RowKey(const domain::ImportKey& key) {
  return ImportKeyRow(key.region, key.key_id, key.id);
}
std::string Table<domain::ImportKey>::Encode(const domain::ImportKey& key) {
  pb::ImportKey row;
  row.set_id(key.id.ToText());
  row.set_key_id(key.key_id.ToText());
  row.set_account(key.account);
  row.set_region(key.region);
  row.set_spec(TextOf(key.spec));
  row.set_algorithm(TextOf(key.algorithm));
  row.set_public_key(ToString(key.public_key));
  row.set_created_ms(ToEpochMillis(key.created));
  row.set_valid_to_ms(ToEpochMillis(key.valid_to));
  return row.SerializeAsString();
}
Result<domain::ImportKey> Table<domain::ImportKey>::Decode(std::string_view bytes) {
  KM_TRY(const pb::ImportKey row, Parse<pb::ImportKey>(kName, bytes));
  RowFields fields;
  domain::ImportKey key{.id = fields.Checked(domain::ImportKeyId::Parse(row.id())),
                        .key_id = fields.Key(row.key_id()),
                        .account = row.account(),
                        .region = row.region(),
                        .spec = fields.Text<domain::WrappingKeySpec>(row.spec()),
                        .algorithm = fields.Text<domain::WrappingAlgorithm>(row.algorithm()),
                        .public_key = ToBytes(AsBytes(row.public_key())),
                        .created = FromEpochMillis(row.created_ms()),
                        .valid_to = FromEpochMillis(row.valid_to_ms())};
  if (!fields.ok()) return NotARow(kName);
  return key;
}

std::string Table<domain::CustomKeyStore>::RowKey(const domain::CustomKeyStore& store) {
  return CustomKeyStoreRow(store.account, store.region, store.id);
}
std::string Table<domain::CustomKeyStore>::Encode(const domain::CustomKeyStore& store) {
  pb::CustomKeyStore row;
  row.set_id(store.id);
  row.set_account(store.account);
  row.set_region(store.region);
  row.set_name(store.name);
  row.set_type(TextOf(store.type));
  row.set_cloud_hsm_cluster_id(store.cloud_hsm_cluster_id);
  row.set_trust_anchor_certificate(store.trust_anchor_certificate);
  row.set_token_label(store.token_label);
  row.set_token_serial(store.token_serial);
  row.set_sealed_password(ToString(store.sealed_password));
  row.set_connection_state(TextOf(store.connection_state));
  row.set_connection_error_code(TextOf(store.connection_error_code));
  row.set_created_ms(ToEpochMillis(store.created));
  return row.SerializeAsString();
}
Result<domain::CustomKeyStore> Table<domain::CustomKeyStore>::Decode(std::string_view bytes) {
  KM_TRY(const pb::CustomKeyStore row, Parse<pb::CustomKeyStore>(kName, bytes));
  RowFields fields;
  domain::CustomKeyStore store{
      .id = row.id(),
      .account = row.account(),
      .region = row.region(),
      .name = row.name(),
      .type = fields.Text<domain::CustomKeyStoreType>(row.type()),
      .cloud_hsm_cluster_id = row.cloud_hsm_cluster_id(),
      .trust_anchor_certificate = row.trust_anchor_certificate(),
      .token_label = row.token_label(),
      .token_serial = row.token_serial(),
      .sealed_password = ToBytes(AsBytes(row.sealed_password())),
      .connection_state = fields.Text<domain::ConnectionState>(row.connection_state()),
      .connection_error_code =
          fields.OptionalText<domain::ConnectionErrorCode>(row.connection_error_code()),
      .created = FromEpochMillis(row.created_ms())};
  if (!fields.ok()) return NotARow(kName);
  return store;
}

// A replica may be made and deleted again under the same id: each deletion keeps its proof.
std::string Table<domain::DeletedKey>::RowKey(const domain::DeletedKey& key) {
  return Join({key.region, key.id.ToText(), key.event_id});
}
std::string Table<domain::DeletedKey>::Encode(const domain::DeletedKey& key) {
  pb::DeletedKey row;
  row.set_id(key.id.ToText());
  row.set_account(key.account);
  row.set_region(key.region);
  row.set_spec(TextOf(key.spec));
  row.set_usage(TextOf(key.usage));
  row.set_origin(TextOf(key.origin));
  row.set_custom_key_store_id(key.custom_key_store_id);
  row.set_token_serial(key.token_serial);
  row.set_created_ms(ToEpochMillis(key.created));
  if (key.request.date) row.set_deletion_date_ms(ToEpochMillis(*key.request.date));
  row.set_deletion_window_days(key.request.window_days);
  row.set_deletion_requested_ms(ToEpochMillis(key.request.requested));
  row.set_deletion_requested_by(key.request.requested_by);
  row.set_deletion_event_id(key.request.event_id);
  row.set_deleted_ms(ToEpochMillis(key.deleted));
  row.set_event_id(key.event_id);
  for (const domain::DestroyedMaterial& material : key.materials)
    Put(material, *row.add_materials());
  for (const std::string& alias : key.aliases) row.add_aliases(alias);
  row.set_grants(key.grants);
  return row.SerializeAsString();
}
Result<domain::DeletedKey> Table<domain::DeletedKey>::Decode(std::string_view bytes) {
  KM_TRY(const pb::DeletedKey row, Parse<pb::DeletedKey>(kName, bytes));
  RowFields fields;
  domain::DeletedKey key;
  key.id = fields.Key(row.id());
  key.account = row.account();
  key.region = row.region();
  key.spec = fields.Text<domain::KeySpec>(row.spec());
  key.usage = fields.Text<domain::KeyUsage>(row.usage());
  key.origin = fields.Text<domain::KeyOrigin>(row.origin());
  key.custom_key_store_id = row.custom_key_store_id();
  key.token_serial = row.token_serial();
  key.created = FromEpochMillis(row.created_ms());
  key.request = {.date = OptionalTime(row.has_deletion_date_ms(), row.deletion_date_ms()),
                 .window_days = row.deletion_window_days(),
                 .requested = FromEpochMillis(row.deletion_requested_ms()),
                 .requested_by = row.deletion_requested_by(),
                 .event_id = row.deletion_event_id()};
  key.deleted = FromEpochMillis(row.deleted_ms());
  key.event_id = row.event_id();
  for (const pb::DestroyedMaterial& material : row.materials())
    key.materials.push_back(MaterialOf(material, fields));
  key.aliases.assign(row.aliases().begin(), row.aliases().end());
  key.grants = row.grants();
  if (!fields.ok()) return NotARow(kName);
  return key;
}

std::string Table<domain::KeyUse>::RowKey(const domain::KeyUse& use) {
  return KeyRow(use.region, use.key_id);
}
std::string Table<domain::KeyUse>::Encode(const domain::KeyUse& use) {
  pb::KeyUse row;
  row.set_region(use.region);
  row.set_key_id(use.key_id.ToText());
  row.set_operation(use.operation);
  row.set_time_ms(ToEpochMillis(use.time));
  row.set_event_id(use.event_id);
  row.set_request_id(use.request_id);
  return row.SerializeAsString();
}
Result<domain::KeyUse> Table<domain::KeyUse>::Decode(std::string_view bytes) {
  KM_TRY(const pb::KeyUse row, Parse<pb::KeyUse>(kName, bytes));
  RowFields fields;
  domain::KeyUse use{.region = row.region(),
                     .key_id = fields.Key(row.key_id()),
                     .operation = row.operation(),
                     .time = FromEpochMillis(row.time_ms()),
                     .event_id = row.event_id(),
                     .request_id = row.request_id()};
  if (!fields.ok()) return NotARow(kName);
  return use;
}

std::string DueUpTo(WallTime now) {
  // '~' sorts after '/': what is due at this very moment is below.
  return SortedTime(now) + "~";
}
std::string Table<DueWork>::RowKey(const DueWork& due) {
  return Join(
      {SortedTime(due.due), ToText(due.work), due.region, due.key_id.ToText(), due.subject});
}
std::string Table<DueWork>::Encode(const DueWork& due) {
  pb::DueWork row;
  row.set_due_ms(ToEpochMillis(due.due));
  row.set_work(TextOf(due.work));
  row.set_region(due.region);
  row.set_key_id(due.key_id.ToText());
  row.set_subject(due.subject);
  return row.SerializeAsString();
}
Result<DueWork> Table<DueWork>::Decode(std::string_view bytes) {
  KM_TRY(const pb::DueWork row, Parse<pb::DueWork>(kName, bytes));
  RowFields fields;
  DueWork due{.due = FromEpochMillis(row.due_ms()),
              .work = fields.Text<Work>(row.work()),
              .region = row.region(),
              .key_id = fields.Key(row.key_id()),
              .subject = row.subject()};
  if (!fields.ok()) return NotARow(kName);
  return due;
}

std::string Table<StoreKey>::RowKey(const StoreKey& row) {
  return StoreKeysPrefix(row.custom_key_store_id) + Join({row.region, row.key_id.ToText()});
}
std::string Table<StoreKey>::Encode(const StoreKey& key) {
  pb::StoreKey row;
  row.set_custom_key_store_id(key.custom_key_store_id);
  row.set_region(key.region);
  row.set_key_id(key.key_id.ToText());
  return row.SerializeAsString();
}
Result<StoreKey> Table<StoreKey>::Decode(std::string_view bytes) {
  KM_TRY(const pb::StoreKey row, Parse<pb::StoreKey>(kName, bytes));
  RowFields fields;
  StoreKey key{row.custom_key_store_id(), row.region(), fields.Key(row.key_id())};
  if (!fields.ok()) return NotARow(kName);
  return key;
}

}  // namespace kmaas::records
