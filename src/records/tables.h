// The tables of the store: name, row key and form of each record.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/key.h"
#include "records/identity_records.h"

namespace kmaas::records {

// Row keys. Every part but the last has no '/', so a part can be a prefix of a range and two rows
// never share a key.
std::string KeyRow(std::string_view region, const domain::KeyId& id);
std::string MaterialRow(std::string_view region, const domain::KeyId& id,
                        const domain::MaterialId& material);
std::string AliasRow(std::string_view account, std::string_view region,
                     std::string_view alias_name);
std::string UserRow(std::string_view account, std::string_view user_name);
// Prefixes, ending in '/'.
std::string AccountKeysPrefix(std::string_view account, std::string_view region);
std::string AccountAliasesPrefix(std::string_view account, std::string_view region);
std::string KeyAliasesPrefix(std::string_view region, const domain::KeyId& id);

// Table<T> says where T's rows are: kName, RowKey(T), Encode(T), Decode(bytes). Decode fails with
// kKmsInternal for bytes that are not a T: with an intact MAC that is a defect or a newer version,
// never a caller's fault.
template <class T>
struct Table;

#define KM_DECLARE_TABLE(Type, table_name)                \
  template <>                                             \
  struct Table<Type> {                                    \
    static constexpr std::string_view kName = table_name; \
    static std::string RowKey(const Type& record);        \
    static std::string Encode(const Type& record);        \
    static Result<Type> Decode(std::string_view bytes);   \
  }

KM_DECLARE_TABLE(domain::Key, "keys");
KM_DECLARE_TABLE(domain::KeyMaterial, "key_materials");
KM_DECLARE_TABLE(KeyPolicy, "key_policies");
KM_DECLARE_TABLE(domain::Alias, "aliases");
KM_DECLARE_TABLE(AccountKey, "account_keys");
KM_DECLARE_TABLE(KeyAlias, "key_aliases");
KM_DECLARE_TABLE(Account, "accounts");
KM_DECLARE_TABLE(User, "users");
KM_DECLARE_TABLE(StoredAccessKey, "access_keys");
KM_DECLARE_TABLE(OutboxEntry, "audit_outbox");
KM_DECLARE_TABLE(Installation, "installation");

#undef KM_DECLARE_TABLE

}  // namespace kmaas::records
