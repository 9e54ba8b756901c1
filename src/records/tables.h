// The tables of the store: name, row key and form of each record.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/custom_key_store.h"
#include "domain/deleted_key.h"
#include "domain/grant.h"
#include "domain/import_key.h"
#include "domain/key.h"
#include "domain/key_use.h"
#include "records/due_work.h"
#include "records/identity_records.h"

namespace kmaas::records {

// Row keys. Every part but the last has no '/', so a part can be a prefix of a range and two rows
// never share a key.
std::string KeyRow(std::string_view region, const domain::KeyId& id);
std::string MaterialRow(std::string_view region, const domain::KeyId& id,
                        const domain::MaterialId& material);
std::string ImportKeyRow(std::string_view region, const domain::KeyId& id,
                         const domain::ImportKeyId& import_key);
std::string CustomKeyStoreRow(std::string_view account, std::string_view region,
                              std::string_view store_id);
std::string AliasRow(std::string_view account, std::string_view region,
                     std::string_view alias_name);
// Names of users, groups, roles, policies and devices are unique without regard to case, as IAM's
// are: the row key has the name in lower case, the record as it was written.
std::string UserRow(std::string_view account, std::string_view user_name);
std::string GroupRow(std::string_view account, std::string_view group_name);
std::string RoleRow(std::string_view account, std::string_view role_name);
std::string ManagedPolicyRow(std::string_view account, std::string_view policy_name);
std::string MfaDeviceRow(std::string_view account, std::string_view device_name);
// Prefixes, ending in '/'.
std::string AccountKeysPrefix(std::string_view account, std::string_view region);
std::string AccountAliasesPrefix(std::string_view account, std::string_view region);
std::string KeyMaterialsPrefix(std::string_view region, const domain::KeyId& id);
std::string KeyImportKeysPrefix(std::string_view region, const domain::KeyId& id);
std::string CustomKeyStoresPrefix(std::string_view account, std::string_view region);
std::string StoreKeysPrefix(std::string_view store_id);
std::string KeyAliasesPrefix(std::string_view region, const domain::KeyId& id);
std::string KeyGrantsPrefix(std::string_view region, const domain::KeyId& id);
// The grants of one key to one grantee: what a decision reads, however many others there are.
std::string GranteePrefix(std::string_view region, const domain::KeyId& id,
                          std::string_view grantee);
std::string GrantIdRow(std::string_view region, const domain::KeyId& id, std::string_view grant_id);
std::string GrantNameRow(std::string_view region, const domain::KeyId& id, std::string_view digest);
std::string RetirablePrefix(std::string_view retiring);
std::string AccountPrefix(std::string_view account);  // of users, groups, roles, policies, devices
std::string GroupMembersPrefix(std::string_view account, std::string_view group_name);
std::string PolicyUsesPrefix(std::string_view policy_arn);
std::string UserAccessKeysPrefix(std::string_view account, std::string_view user_name);

// Rows of due work sort by time: all below this one are due at `now`.
std::string DueUpTo(WallTime now);

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
KM_DECLARE_TABLE(domain::ImportKey, "import_keys");
KM_DECLARE_TABLE(domain::CustomKeyStore, "custom_key_stores");
KM_DECLARE_TABLE(domain::DeletedKey, "deleted_keys");
KM_DECLARE_TABLE(domain::KeyUse, "key_uses");
KM_DECLARE_TABLE(DueWork, "due_work");
KM_DECLARE_TABLE(StoreKey, "store_keys");
KM_DECLARE_TABLE(KeyPolicy, "key_policies");
KM_DECLARE_TABLE(domain::Alias, "aliases");
KM_DECLARE_TABLE(AccountKey, "account_keys");
KM_DECLARE_TABLE(KeyAlias, "key_aliases");
KM_DECLARE_TABLE(Account, "accounts");
KM_DECLARE_TABLE(User, "users");
KM_DECLARE_TABLE(StoredAccessKey, "access_keys");
KM_DECLARE_TABLE(Group, "groups");
KM_DECLARE_TABLE(Role, "roles");
KM_DECLARE_TABLE(ManagedPolicy, "managed_policies");
KM_DECLARE_TABLE(MfaDevice, "mfa_devices");
KM_DECLARE_TABLE(AccessKeyUse, "access_key_uses");
KM_DECLARE_TABLE(GroupMember, "group_members");
KM_DECLARE_TABLE(PolicyUse, "policy_uses");
KM_DECLARE_TABLE(UserAccessKey, "user_access_keys");
KM_DECLARE_TABLE(PrincipalArn, "principal_arns");
KM_DECLARE_TABLE(domain::Grant, "grants");
KM_DECLARE_TABLE(GrantId, "grant_ids");
KM_DECLARE_TABLE(RetirableGrant, "retirable_grants");
KM_DECLARE_TABLE(GrantName, "grant_names");
KM_DECLARE_TABLE(OutboxEntry, "audit_outbox");
KM_DECLARE_TABLE(Installation, "installation");

#undef KM_DECLARE_TABLE

}  // namespace kmaas::records
