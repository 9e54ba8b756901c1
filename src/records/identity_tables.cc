// The rows of accounts, access keys, outbox and installation.
#include "kmaas/records/v1/records.pb.h"
#include "records/row_parse.h"
#include "records/tables.h"

namespace kmaas::records {
namespace {

namespace pb = ::kmaas::records::v1;

constexpr std::string_view kInstallationRow = "this";

}  // namespace

std::string Table<Account>::RowKey(const Account& account) { return account.id; }
std::string Table<Account>::Encode(const Account& account) {
  pb::Account row;
  row.set_id(account.id);
  row.set_name(account.name);
  row.set_created_ms(ToEpochMillis(account.created));
  row.set_alias(account.alias);
  return row.SerializeAsString();
}
Result<Account> Table<Account>::Decode(std::string_view bytes) {
  KM_TRY(const pb::Account row, Parse<pb::Account>(kName, bytes));
  return Account{row.id(), row.name(), FromEpochMillis(row.created_ms()), row.alias()};
}

std::string Table<StoredAccessKey>::RowKey(const StoredAccessKey& key) { return key.id; }
std::string Table<StoredAccessKey>::Encode(const StoredAccessKey& key) {
  pb::AccessKey row;
  row.set_id(key.id);
  row.set_account(key.account);
  row.set_user_name(key.user_name);
  row.set_active(key.active);
  row.set_sealed_secret(ToString(key.sealed_secret));
  row.set_created_ms(ToEpochMillis(key.created));
  return row.SerializeAsString();
}
Result<StoredAccessKey> Table<StoredAccessKey>::Decode(std::string_view bytes) {
  KM_TRY(const pb::AccessKey row, Parse<pb::AccessKey>(kName, bytes));
  return StoredAccessKey{row.id(),
                         row.account(),
                         row.user_name(),
                         row.active(),
                         ToBytes(AsBytes(row.sealed_secret())),
                         FromEpochMillis(row.created_ms())};
}

std::string Table<OutboxEntry>::RowKey(const OutboxEntry& entry) { return entry.event_id; }
std::string Table<OutboxEntry>::Encode(const OutboxEntry& entry) {
  pb::OutboxEntry row;
  row.set_event_id(entry.event_id);
  row.set_rendered(entry.rendered);
  return row.SerializeAsString();
}
Result<OutboxEntry> Table<OutboxEntry>::Decode(std::string_view bytes) {
  KM_TRY(const pb::OutboxEntry row, Parse<pb::OutboxEntry>(kName, bytes));
  return OutboxEntry{row.event_id(), row.rendered()};
}

std::string Table<Installation>::RowKey(const Installation& /*row*/) {
  return std::string(kInstallationRow);
}
std::string Table<Installation>::Encode(const Installation& installation) {
  pb::Installation row;
  row.set_token_serial(installation.token_serial);
  row.set_token_label(installation.token_label);
  row.set_created_ms(ToEpochMillis(installation.created));
  return row.SerializeAsString();
}
Result<Installation> Table<Installation>::Decode(std::string_view bytes) {
  KM_TRY(const pb::Installation row, Parse<pb::Installation>(kName, bytes));
  return Installation{row.token_serial(), row.token_label(), FromEpochMillis(row.created_ms())};
}

}  // namespace kmaas::records
