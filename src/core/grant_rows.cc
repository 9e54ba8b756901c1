#include "core/grant_rows.h"

#include "base/limits.h"
#include "crypto/digest.h"

namespace kmaas::core {
namespace {

records::GrantPointer PointerTo(const domain::Grant& grant) {
  return {grant.region, grant.key_id, grant.id, grant.grantee, grant.retiring};
}

std::string RowOf(const records::GrantPointer& pointer) {
  return records::GranteePrefix(pointer.region, pointer.key_id, pointer.grantee) + pointer.grant_id;
}

void AppendPairs(Bytes& out, const domain::EncryptionContext& pairs) {
  AppendU32(out, static_cast<std::uint32_t>(pairs.size()));
  for (const auto& [key, value] : pairs) {
    AppendField(out, key);
    AppendField(out, value);
  }
}

// Everything that a request says of a grant: two requests with the same digest ask for the same.
std::string DigestOf(const domain::Grant& grant) {
  Bytes input;
  AppendField(input, grant.name);
  AppendField(input, grant.grantee);
  AppendU8(input, grant.grantee_is_service ? 1 : 0);
  AppendField(input, grant.retiring);
  AppendU8(input, grant.retiring_is_service ? 1 : 0);
  AppendU32(input, static_cast<std::uint32_t>(grant.operations.size()));
  for (const std::string& operation : grant.operations) AppendField(input, operation);
  AppendPairs(input, grant.constraints.context_equals);
  AppendPairs(input, grant.constraints.context_subset);
  AppendField(input, grant.constraints.source_arn);
  return ToString(crypto::Sha256(input));
}

}  // namespace

Result<std::optional<domain::Grant>> FindGrant(records::Catalog& catalog, std::string_view region,
                                               const domain::KeyId& key_id,
                                               std::string_view grant_id) {
  KM_TRY(const auto pointer,
         catalog.Find<records::GrantId>(records::GrantIdRow(region, key_id, grant_id)));
  if (pointer == nullptr) return std::optional<domain::Grant>();
  return FollowGrant(catalog, *pointer);
}

// A range of one row: ids have one length, so no other row begins with this one's key.
Result<std::optional<domain::Grant>> FollowGrant(records::Catalog& catalog,
                                                 const records::GrantPointer& pointer) {
  KM_TRY(const records::Page page, catalog.List<domain::Grant>(RowOf(pointer), "", 1));
  if (page.rows.empty()) return std::optional<domain::Grant>();
  KM_TRY(domain::Grant grant, records::Table<domain::Grant>::Decode(page.rows.front().value));
  return std::optional<domain::Grant>(std::move(grant));
}

Result<std::optional<std::string>> FindSameGrant(records::Changes& changes,
                                                 const domain::Grant& asked) {
  if (asked.name.empty()) return std::optional<std::string>();
  KM_TRY(std::optional<records::GrantName> row,
         changes.Get<records::GrantName>(
             records::GrantNameRow(asked.region, asked.key_id, DigestOf(asked))));
  return row ? std::optional<std::string>(std::move(row->grant_id)) : std::nullopt;
}

Result<void> PutGrant(records::Changes& changes, domain::Key& key, const domain::Grant& grant) {
  if (key.grants >= limits::kGrantsPerKeyMax) {
    return Error{ErrorCode::kLimitExceeded,
                 key.arn() + " has " + std::to_string(key.grants) + " grants, which is the limit."};
  }
  ++key.grants;
  KM_CHECK(changes.Put(grant));
  KM_CHECK(changes.Put(records::GrantId{PointerTo(grant)}));
  if (!grant.retiring.empty()) KM_CHECK(changes.Put(records::RetirableGrant{PointerTo(grant)}));
  if (grant.name.empty()) return {};
  return changes.Put(records::GrantName{PointerTo(grant), DigestOf(grant)});
}

Result<bool> DeleteGrant(records::Changes& changes, domain::Key& key, std::string_view grant_id) {
  KM_TRY(const auto pointer,
         changes.Get<records::GrantId>(records::GrantIdRow(key.region, key.id, grant_id)));
  if (!pointer) return false;
  KM_TRY(const auto grant, changes.Get<domain::Grant>(RowOf(*pointer)));
  if (!grant) {
    return Error{ErrorCode::kKmsInternal, "",
                 "grant " + pointer->grant_id + " has an index row and no row"};
  }
  if (key.grants > 0) --key.grants;
  KM_CHECK(changes.Delete<domain::Grant>(RowOf(*pointer)));
  KM_CHECK(changes.Delete<records::GrantId>(records::Table<records::GrantId>::RowKey(*pointer)));
  KM_CHECK(changes.Delete<records::RetirableGrant>(
      records::Table<records::RetirableGrant>::RowKey({*pointer})));
  if (!grant->name.empty()) {
    KM_CHECK(changes.Delete<records::GrantName>(
        records::GrantNameRow(key.region, key.id, DigestOf(*grant))));
  }
  return true;
}

}  // namespace kmaas::core
