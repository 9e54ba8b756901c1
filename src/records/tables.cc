#include "records/tables.h"

#include "kmaas/records/v1/records.pb.h"
#include "records/row_keys.h"
#include "records/row_parse.h"

namespace kmaas::records {
namespace {

namespace pb = ::kmaas::records::v1;

}  // namespace

std::string Table<domain::Alias>::RowKey(const domain::Alias& alias) {
  return AliasRow(alias.account, alias.region, alias.name);
}

std::string Table<domain::Alias>::Encode(const domain::Alias& alias) {
  pb::Alias row;
  row.set_name(alias.name);
  row.set_account(alias.account);
  row.set_region(alias.region);
  row.set_target_key_id(alias.target.ToText());
  row.set_created_ms(ToEpochMillis(alias.created));
  row.set_updated_ms(ToEpochMillis(alias.updated));
  return row.SerializeAsString();
}

Result<domain::Alias> Table<domain::Alias>::Decode(std::string_view bytes) {
  KM_TRY(const pb::Alias row, Parse<pb::Alias>(kName, bytes));
  const auto target = domain::KeyId::Parse(row.target_key_id());
  if (!target) return NotARow(kName);
  return domain::Alias{.name = row.name(),
                       .account = row.account(),
                       .region = row.region(),
                       .target = *target,
                       .created = FromEpochMillis(row.created_ms()),
                       .updated = FromEpochMillis(row.updated_ms())};
}

// Index and policy rows name themselves in their value too, so that a row answers for its own key.

std::string Table<KeyPolicy>::RowKey(const KeyPolicy& policy) {
  return KeyRow(policy.region, policy.key_id);
}
std::string Table<KeyPolicy>::Encode(const KeyPolicy& policy) {
  pb::KeyPolicy row;
  row.set_region(policy.region);
  row.set_key_id(policy.key_id.ToText());
  row.set_document(policy.document);
  return row.SerializeAsString();
}
Result<KeyPolicy> Table<KeyPolicy>::Decode(std::string_view bytes) {
  KM_TRY(const pb::KeyPolicy row, Parse<pb::KeyPolicy>(kName, bytes));
  const auto key_id = domain::KeyId::Parse(row.key_id());
  if (!key_id) return NotARow(kName);
  return KeyPolicy{row.region(), *key_id, row.document()};
}

std::string Table<AccountKey>::RowKey(const AccountKey& row) {
  return Join({row.account, row.region, row.key_id.ToText()});
}
std::string Table<AccountKey>::Encode(const AccountKey& row) { return RowKey(row); }
Result<AccountKey> Table<AccountKey>::Decode(std::string_view bytes) {
  const auto parts = Split(bytes, 2);
  const auto key_id = parts ? domain::KeyId::Parse((*parts)[2]) : std::nullopt;
  if (!key_id) return NotARow(kName);
  return AccountKey{(*parts)[0], (*parts)[1], *key_id};
}

std::string Table<KeyAlias>::RowKey(const KeyAlias& row) {
  return Join({row.region, row.key_id.ToText(), row.alias_name});
}
std::string Table<KeyAlias>::Encode(const KeyAlias& row) { return RowKey(row); }
Result<KeyAlias> Table<KeyAlias>::Decode(std::string_view bytes) {
  const auto parts = Split(bytes, 2);
  const auto key_id = parts ? domain::KeyId::Parse((*parts)[1]) : std::nullopt;
  if (!key_id) return NotARow(kName);
  return KeyAlias{(*parts)[0], *key_id, (*parts)[2]};
}

}  // namespace kmaas::records
