#include "core/lasting_names.h"

#include "core/role_trust.h"
#include "domain/ids.h"
#include "domain/principal_names.h"
#include "policy/written_principals.h"
#include "records/find_by_arn.h"

namespace kmaas::core {
namespace {

using Found = std::optional<LastingName>;

constexpr std::string_view kSession = "assumed-role/";
// AWS's own; kmaas is in its partition and has no services of others.
constexpr std::string_view kServiceDomain = ".amazonaws.com";

Result<Found> FindAccount(records::Catalog& catalog, const std::string& account) {
  KM_TRY(const auto row, catalog.Find<records::Account>(account));
  return row == nullptr ? Found() : Found(LastingName{domain::RootArn(account), {}});
}

Found NamedRole(const std::shared_ptr<const records::Role>& role, const std::string& session) {
  if (role == nullptr) return std::nullopt;
  return LastingName{role->role_id + session, {{role->role_id, role->arn()}}};
}

std::string SessionArn(std::string_view account, std::string_view role, std::string_view session) {
  return domain::Arn{std::string(domain::kPartition), "sts", "", std::string(account),
                     std::string(kSession) + std::string(role) + "/" + std::string(session)}
      .ToText();
}

// "assumed-role/NAME/SESSION": sessions are kept nowhere, so the role has to do.
Result<Found> FindSession(records::Catalog& catalog, const domain::Arn& arn) {
  const std::string_view resource = std::string_view(arn.resource).substr(kSession.size());
  const std::string_view name = resource.substr(0, resource.find('/'));
  KM_TRY(auto role, catalog.Find<records::Role>(records::RoleRow(arn.account, name)));
  if (role == nullptr) return Found();
  const std::string_view session = resource.substr(std::min(name.size() + 1, resource.size()));
  if (SessionArn(role->account, role->name, session) != arn.ToText()) return Found();
  return NamedRole(role, ":" + std::string(session));
}

// What a policy may name: an account by its number, too.
Result<Found> FindNamed(records::Catalog& catalog, const policy::PrincipalElement::Text& written) {
  const std::string& value = written.value;
  const auto as_written = [&value](bool known) {
    return known ? Found(LastingName{value, {}}) : Found();
  };
  if (written.type == "Service")
    return as_written(value.ends_with(kServiceDomain) && domain::IsServicePrincipal(value));
  if (written.type != "AWS" || value == "*") return as_written(true);
  if (!domain::IsAccountId(value)) return FindLastingName(catalog, value);
  KM_TRY(const Found account, FindAccount(catalog, value));
  return as_written(account.has_value());
}

// As AWS KMS says it, and as IAM does.
Error InvalidPrincipal(const policy::PrincipalElement::Text& written, policy::PolicyKind kind) {
  return {ErrorCode::kMalformedPolicyDocument,
          kind == policy::PolicyKind::kKey
              ? std::string(policy::kInvalidPrincipals)
              : "Invalid principal in policy: \"" + written.type + "\":\"" + written.value + "\""};
}

}  // namespace

Result<void> PutIndex(records::Changes& changes, const std::vector<records::PrincipalArn>& index) {
  for (const records::PrincipalArn& row : index) KM_CHECK(changes.Put(row));
  return {};
}

Result<Found> FindLastingName(records::Catalog& catalog, std::string_view arn) {
  const auto parsed = domain::Arn::Parse(arn);
  if (!parsed) return Found();
  if (arn == domain::RootArn(parsed->account)) return FindAccount(catalog, parsed->account);
  if (parsed->resource.starts_with(kSession)) return FindSession(catalog, *parsed);
  KM_TRY(const auto user, records::FindByArn<records::User>(catalog, arn));
  if (user != nullptr) return Found(LastingName{user->user_id, {{user->user_id, user->arn()}}});
  KM_TRY(const auto role, records::FindByArn<records::Role>(catalog, arn));
  return NamedRole(role, "");
}

Result<std::string> ShownName(records::Catalog& catalog, const std::string& name) {
  const std::size_t colon = name.find(':');
  const std::string id = name.substr(0, colon);
  KM_TRY(const auto indexed, catalog.Find<records::PrincipalArn>(id));
  if (indexed == nullptr) return name;
  KM_TRY(const Found today, FindLastingName(catalog, indexed->arn));
  if (!today || today->name != id) return name;
  if (colon == std::string::npos) return indexed->arn;
  const auto role = domain::Arn::Parse(indexed->arn);
  return SessionArn(role->account, domain::NameInArn(indexed->arn),
                    std::string_view(name).substr(colon + 1));
}

Result<LastingPolicy> NamePrincipals(records::Catalog& catalog, const std::string& document,
                                     policy::PolicyKind kind) {
  LastingPolicy lasting;
  KM_TRY(lasting.document,
         policy::RenamePrincipals(
             document, [&](const policy::PrincipalElement::Text& written) -> Result<std::string> {
               KM_TRY(Found found, FindNamed(catalog, written));
               if (!found) return InvalidPrincipal(written, kind);
               lasting.index.insert(lasting.index.end(), found->index.begin(), found->index.end());
               return std::move(found->name);
             }));
  return lasting;
}

Result<std::string> ShownPolicy(records::Catalog& catalog, const std::string& stored) {
  return policy::RenamePrincipals(
      stored, [&](const policy::PrincipalElement::Text& kept) -> Result<std::string> {
        return kept.type == "AWS" ? ShownName(catalog, kept.value) : kept.value;
      });
}

}  // namespace kmaas::core
