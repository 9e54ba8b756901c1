#include "operations/iam_common/access_keys.h"

#include "operations/iam_common/entities.h"

namespace kmaas::operations {

Result<records::StoredAccessKey> TakeAccessKey(records::Changes& changes,
                                               const std::string& account,
                                               const std::string& user_name,
                                               const std::string& id) {
  KM_TRY(std::optional<records::StoredAccessKey> key, changes.Get<records::StoredAccessKey>(id));
  if (!key || key->account != account || key->user_name != user_name)
    return NoSuchEntity("The Access Key with id " + id + " cannot be found.");
  return *std::move(key);
}

Result<std::vector<records::StoredAccessKey>> AccessKeysOf(const core::Call& call,
                                                           const std::string& user_name) {
  records::Catalog& catalog = call.services().catalog;
  KM_TRY(const records::Page page,
         catalog.List<records::UserAccessKey>(
             records::UserAccessKeysPrefix(call.principal().account, user_name), "",
             kAccessKeysPerUserMax + 1));
  std::vector<records::StoredAccessKey> keys;
  for (const ports::Row& row : page.rows) {
    KM_TRY(const auto index, records::Table<records::UserAccessKey>::Decode(row.value));
    KM_TRY(const auto key, catalog.Find<records::StoredAccessKey>(index.access_key_id));
    // Between two reads the key may have gone.
    if (key != nullptr) keys.push_back(*key);
  }
  return keys;
}

Result<std::size_t> CountAccessKeys(records::Changes& changes, const records::User& user) {
  KM_TRY(const records::Page page, changes.List<records::UserAccessKey>(
                                       records::UserAccessKeysPrefix(user.account, user.name), "",
                                       kAccessKeysPerUserMax + 1));
  return page.rows.size();
}

}  // namespace kmaas::operations
