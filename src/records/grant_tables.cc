// The rows of grants and of their indexes.
#include "kmaas/records/v1/records.pb.h"
#include "records/row_keys.h"
#include "records/row_parse.h"
#include "records/tables.h"

namespace kmaas::records {
namespace {

namespace pb = ::kmaas::records::v1;

pb::GrantPointer Encoded(const GrantPointer& pointer) {
  pb::GrantPointer row;
  row.set_region(pointer.region);
  row.set_key_id(pointer.key_id.ToText());
  row.set_grant_id(pointer.grant_id);
  row.set_grantee(pointer.grantee);
  row.set_retiring(pointer.retiring);
  return row;
}

Result<GrantPointer> Decoded(std::string_view table, const pb::GrantPointer& row) {
  const auto key_id = domain::KeyId::Parse(row.key_id());
  if (!key_id) return NotARow(table);
  return GrantPointer{row.region(), *key_id, row.grant_id(), row.grantee(), row.retiring()};
}

template <class T>
Result<T> DecodePointer(std::string_view bytes) {
  KM_TRY(const pb::GrantPointer row, Parse<pb::GrantPointer>(Table<T>::kName, bytes));
  KM_TRY(GrantPointer pointer, Decoded(Table<T>::kName, row));
  return T{std::move(pointer)};
}

}  // namespace

std::string Table<domain::Grant>::RowKey(const domain::Grant& grant) {
  return GranteePrefix(grant.region, grant.key_id, grant.grantee) + grant.id;
}
std::string Table<domain::Grant>::Encode(const domain::Grant& grant) {
  pb::Grant row;
  row.set_id(grant.id);
  row.set_key_id(grant.key_id.ToText());
  row.set_account(grant.account);
  row.set_region(grant.region);
  row.set_name(grant.name);
  row.set_grantee(grant.grantee);
  row.set_retiring(grant.retiring);
  row.set_grantee_is_service(grant.grantee_is_service);
  row.set_retiring_is_service(grant.retiring_is_service);
  row.set_issuing_account(grant.issuing_account);
  row.set_issuing_principal(grant.issuing_principal);
  for (const std::string& operation : grant.operations) row.add_operations(operation);
  row.mutable_context_equals()->insert(grant.constraints.context_equals.begin(),
                                       grant.constraints.context_equals.end());
  row.mutable_context_subset()->insert(grant.constraints.context_subset.begin(),
                                       grant.constraints.context_subset.end());
  row.set_source_arn(grant.constraints.source_arn);
  row.set_created_ms(ToEpochMillis(grant.created));
  return row.SerializeAsString();
}
Result<domain::Grant> Table<domain::Grant>::Decode(std::string_view bytes) {
  KM_TRY(const pb::Grant row, Parse<pb::Grant>(kName, bytes));
  const auto key_id = domain::KeyId::Parse(row.key_id());
  if (!key_id) return NotARow(kName);
  domain::Grant grant;
  grant.id = row.id();
  grant.key_id = *key_id;
  grant.account = row.account();
  grant.region = row.region();
  grant.name = row.name();
  grant.grantee = row.grantee();
  grant.retiring = row.retiring();
  grant.grantee_is_service = row.grantee_is_service();
  grant.retiring_is_service = row.retiring_is_service();
  grant.issuing_account = row.issuing_account();
  grant.issuing_principal = row.issuing_principal();
  grant.operations.assign(row.operations().begin(), row.operations().end());
  grant.constraints.context_equals.insert(row.context_equals().begin(), row.context_equals().end());
  grant.constraints.context_subset.insert(row.context_subset().begin(), row.context_subset().end());
  grant.constraints.source_arn = row.source_arn();
  grant.created = FromEpochMillis(row.created_ms());
  return grant;
}

std::string Table<GrantId>::RowKey(const GrantId& row) {
  return GrantIdRow(row.region, row.key_id, row.grant_id);
}
std::string Table<GrantId>::Encode(const GrantId& row) { return Encoded(row).SerializeAsString(); }
Result<GrantId> Table<GrantId>::Decode(std::string_view bytes) {
  return DecodePointer<GrantId>(bytes);
}

std::string Table<RetirableGrant>::RowKey(const RetirableGrant& row) {
  return RetirablePrefix(row.retiring) + Join({row.region, row.key_id.ToText(), row.grant_id});
}
std::string Table<RetirableGrant>::Encode(const RetirableGrant& row) {
  return Encoded(row).SerializeAsString();
}
Result<RetirableGrant> Table<RetirableGrant>::Decode(std::string_view bytes) {
  return DecodePointer<RetirableGrant>(bytes);
}

std::string Table<GrantName>::RowKey(const GrantName& row) {
  return GrantNameRow(row.region, row.key_id, row.digest);
}
std::string Table<GrantName>::Encode(const GrantName& row) {
  pb::GrantPointer encoded = Encoded(row);
  encoded.set_digest(row.digest);
  return encoded.SerializeAsString();
}
Result<GrantName> Table<GrantName>::Decode(std::string_view bytes) {
  KM_TRY(const pb::GrantPointer row, Parse<pb::GrantPointer>(kName, bytes));
  KM_TRY(GrantPointer pointer, Decoded(kName, row));
  return GrantName{std::move(pointer), row.digest()};
}

}  // namespace kmaas::records
