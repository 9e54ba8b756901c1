#include "records/row_keys.h"

#include "base/ascii_case.h"
#include "base/encoding.h"
#include "records/tables.h"

namespace kmaas::records {

std::string Join(std::initializer_list<std::string_view> parts) {
  std::size_t length = 0;
  for (const std::string_view part : parts) length += part.size() + 1;
  std::string joined;
  joined.reserve(length);
  for (const std::string_view part : parts) {
    joined += part;
    joined.push_back('/');
  }
  joined.pop_back();
  return joined;
}

std::optional<std::vector<std::string>> Split(std::string_view row_key, std::size_t count) {
  std::vector<std::string> parts;
  while (parts.size() < count) {
    const std::size_t slash = row_key.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    parts.emplace_back(row_key.substr(0, slash));
    row_key.remove_prefix(slash + 1);
  }
  parts.emplace_back(row_key);
  return parts;
}

// An ARN of IAM has a slash or two.
constexpr std::size_t kEscapesUsual = 4;

std::string AsPart(std::string_view text) {
  std::string part;
  part.reserve(text.size() + 2 * kEscapesUsual);
  for (const char c : text) {
    if (c == '%') {
      part += "%25";
    } else if (c == '/') {
      part += "%2F";
    } else {
      part.push_back(c);
    }
  }
  return part;
}

std::string_view LeadingParts(std::string_view row_key, int count) {
  std::size_t end = 0;
  for (; count > 0; --count) {
    end = row_key.find('/', end);
    if (end == std::string_view::npos) return row_key;
    ++end;
  }
  return row_key.substr(0, end);
}

std::string FoldedName(std::string_view name) { return LowerAscii(name); }

std::string KeyRow(std::string_view region, const domain::KeyId& id) {
  return Join({region, id.ToText()});
}
std::string MaterialRow(std::string_view region, const domain::KeyId& id,
                        const domain::MaterialId& material) {
  return Join({region, id.ToText(), material.ToText()});
}
std::string ImportKeyRow(std::string_view region, const domain::KeyId& id,
                         const domain::ImportKeyId& import_key) {
  return Join({region, id.ToText(), import_key.ToText()});
}
std::string CustomKeyStoreRow(std::string_view account, std::string_view region,
                              std::string_view store_id) {
  return Join({account, region, store_id});
}
std::string AliasRow(std::string_view account, std::string_view region,
                     std::string_view alias_name) {
  return Join({account, region, alias_name});
}
std::string UserRow(std::string_view account, std::string_view user_name) {
  return Join({account, FoldedName(user_name)});
}
std::string GroupRow(std::string_view account, std::string_view group_name) {
  return Join({account, FoldedName(group_name)});
}
std::string RoleRow(std::string_view account, std::string_view role_name) {
  return Join({account, FoldedName(role_name)});
}
std::string ManagedPolicyRow(std::string_view account, std::string_view policy_name) {
  return Join({account, FoldedName(policy_name)});
}
std::string MfaDeviceRow(std::string_view account, std::string_view device_name) {
  return Join({account, FoldedName(device_name)});
}
std::string AccountKeysPrefix(std::string_view account, std::string_view region) {
  return Join({account, region, ""});
}
std::string AccountAliasesPrefix(std::string_view account, std::string_view region) {
  return Join({account, region, ""});
}
std::string KeyMaterialsPrefix(std::string_view region, const domain::KeyId& id) {
  return Join({region, id.ToText(), ""});
}
std::string KeyImportKeysPrefix(std::string_view region, const domain::KeyId& id) {
  return Join({region, id.ToText(), ""});
}
std::string CustomKeyStoresPrefix(std::string_view account, std::string_view region) {
  return Join({account, region, ""});
}
std::string StoreKeysPrefix(std::string_view store_id) { return Join({store_id, ""}); }
std::string KeyAliasesPrefix(std::string_view region, const domain::KeyId& id) {
  return Join({region, id.ToText(), ""});
}
std::string KeyGrantsPrefix(std::string_view region, const domain::KeyId& id) {
  return Join({region, id.ToText(), ""});
}
std::string GranteePrefix(std::string_view region, const domain::KeyId& id,
                          std::string_view grantee) {
  return Join({region, id.ToText(), AsPart(grantee), ""});
}
std::string GrantIdRow(std::string_view region, const domain::KeyId& id,
                       std::string_view grant_id) {
  return Join({region, id.ToText(), grant_id});
}
std::string GrantNameRow(std::string_view region, const domain::KeyId& id,
                         std::string_view digest) {
  return Join({region, id.ToText(), HexEncode(AsBytes(digest))});
}
std::string RetirablePrefix(std::string_view retiring) { return Join({AsPart(retiring), ""}); }
std::string AccountPrefix(std::string_view account) { return Join({account, ""}); }
std::string GroupMembersPrefix(std::string_view account, std::string_view group_name) {
  return Join({account, FoldedName(group_name), ""});
}
std::string PolicyUsesPrefix(std::string_view policy_arn) { return Join({AsPart(policy_arn), ""}); }
std::string UserAccessKeysPrefix(std::string_view account, std::string_view user_name) {
  return Join({account, FoldedName(user_name), ""});
}

}  // namespace kmaas::records
