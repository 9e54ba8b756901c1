#include "identity/named_principals.h"

#include "domain/assumed_role.h"
#include "records/find_by_arn.h"

namespace kmaas::identity {
namespace {

using Found = std::optional<domain::Principal>;

constexpr std::string_view kSessionResource = "assumed-role/";

Result<Found> FindRoleSession(records::Catalog& catalog, const domain::Arn& arn, WallTime now) {
  std::string_view resource = arn.resource;
  if (arn.service == "iam") {
    KM_TRY(const auto role, records::FindByArn<records::Role>(catalog, arn.ToText()));
    return role == nullptr ? Found() : Found(SessionOf(*role, kAnySession, now));
  }
  if (arn.service != "sts" || !resource.starts_with(kSessionResource)) return Found();
  resource.remove_prefix(kSessionResource.size());
  const std::size_t slash = resource.find('/');
  if (slash == std::string_view::npos) return Found();
  KM_TRY(const auto role,
         catalog.Find<records::Role>(records::RoleRow(arn.account, resource.substr(0, slash))));
  if (role == nullptr || role->name != resource.substr(0, slash)) return Found();
  return Found(SessionOf(*role, resource.substr(slash + 1), now));
}

}  // namespace

domain::Principal PrincipalOf(const records::User& user) {
  return {domain::PrincipalType::kIamUser, user.account, user.arn(), user.user_id, user.name, {}};
}

domain::Principal RootOf(const records::Account& account) {
  return {
      domain::PrincipalType::kRoot, account.id, domain::RootArn(account.id), account.id, {}, {}};
}

domain::Principal SessionOf(const records::Role& role, std::string_view session_name,
                            WallTime now) {
  auto session = std::make_shared<domain::Session>();
  session->role_arn = role.arn();
  session->role_name = role.name;
  session->role_id = role.role_id;
  session->session_name = session_name;
  session->issued = now;
  session->expires = now + std::chrono::seconds(role.session_seconds_max);
  domain::Principal principal;
  principal.account = role.account;
  domain::NameAssumedRole(principal, *session);
  principal.session = std::move(session);
  return principal;
}

Result<Found> FindPrincipal(records::Catalog& catalog, std::string_view arn) {
  const auto parsed = domain::Arn::Parse(arn);
  if (!parsed || parsed->service != "iam" || !domain::IsAccountId(parsed->account)) return Found();
  if (arn == domain::RootArn(parsed->account)) {
    KM_TRY(const auto account, catalog.Find<records::Account>(parsed->account));
    return account == nullptr ? Found() : Found(RootOf(*account));
  }
  KM_TRY(const auto user, records::FindByArn<records::User>(catalog, arn));
  return user == nullptr ? Found() : Found(PrincipalOf(*user));
}

Result<Found> FindAnyPrincipal(records::Catalog& catalog, std::string_view arn, WallTime now) {
  KM_TRY(Found found, FindPrincipal(catalog, arn));
  const auto parsed = domain::Arn::Parse(arn);
  if (found || !parsed || !domain::IsAccountId(parsed->account)) return found;
  return FindRoleSession(catalog, *parsed, now);
}

}  // namespace kmaas::identity
