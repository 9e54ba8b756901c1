#include "core/stored_identity_sides.h"

#include "domain/assumed_role.h"
#include "policy/aws_managed_policies.h"
#include "records/find_by_arn.h"

namespace kmaas::core {
namespace {

using policy::IdentitySide;
using policy::NamedPolicy;

constexpr std::size_t kSidesKeptMax = 20'000;

// Gathers the policies of one principal, failing at the first that is not to be had.
class Gathering {
 public:
  explicit Gathering(records::Catalog& catalog) : catalog_(catalog) {}

  Result<void> Add(std::vector<NamedPolicy>& to, std::string name, std::string_view document,
                   std::string source_id = {}) {
    auto compiled = policy::Policy::Compile(document, policy::PolicyKind::kIdentity);
    if (!compiled) {
      return Error{ErrorCode::kKmsInternal, "",
                   name + " cannot be read: " + compiled.error().message};
    }
    to.push_back({std::move(name), *std::move(compiled), std::move(source_id)});
    return {};
  }

  Result<void> AddManaged(std::vector<NamedPolicy>& to, const std::string& arn) {
    const std::string name = domain::NameInArn(arn);
    if (const policy::AwsManagedPolicy* known = policy::FindAwsManagedPolicy(arn))
      return Add(to, arn, known->document, name);
    KM_TRY(const auto row, records::FindByArn<records::ManagedPolicy>(catalog_, arn));
    if (row == nullptr)
      return Error{ErrorCode::kKmsInternal, "", "managed policy " + arn + " is attached and gone"};
    for (const records::PolicyVersion& version : row->versions) {
      if (version.id == row->default_version) return Add(to, arn, version.document, name);
    }
    return Error{ErrorCode::kKmsInternal, "", "managed policy " + arn + " has no default version"};
  }

  // `kind` is "user", "group" or "role".
  template <class Entity>
  Result<void> AddEntity(std::vector<NamedPolicy>& to, const std::string& kind,
                         const Entity& entity) {
    const records::EntityPolicies& policies = entity.policies;
    for (const records::InlinePolicy& one : policies.inline_policies) {
      KM_CHECK(Add(to, "inline policy " + one.name + " of " + kind + " " + entity.name,
                   one.document, kind + "_" + entity.name + "_" + one.name));
    }
    for (const std::string& arn : policies.attached) KM_CHECK(AddManaged(to, arn));
    return {};
  }

  Result<void> SetBoundary(IdentitySide& side, const std::string& arn) {
    if (arn.empty()) return {};
    std::vector<NamedPolicy> found;
    KM_CHECK(AddManaged(found, arn));
    side.boundary = std::move(found.front());
    return {};
  }

 private:
  records::Catalog& catalog_;
};

// Who was deleted, or moved, since he proved who he is: his policies, which might deny, are gone
// with him, and so is the credential that he showed.
Error CallerIsGone() {
  return {ErrorCode::kUnrecognizedClient, "The security token included in the request is invalid.",
          "the caller is not there any more"};
}

void SetTags(IdentitySide& side, const std::vector<domain::Tag>& tags) {
  for (const domain::Tag& tag : tags) side.tags.emplace_back(tag.key, tag.value);
}

Result<void> LoadUser(records::Catalog& catalog, const domain::Principal& principal,
                      IdentitySide& side) {
  KM_TRY(const auto user,
         catalog.Find<records::User>(records::UserRow(principal.account, principal.user_name)));
  if (user == nullptr || user->user_id != principal.user_id) return CallerIsGone();
  Gathering gathering(catalog);
  KM_CHECK(gathering.AddEntity(side.policies, "user", *user));
  for (const std::string& name : user->groups) {
    KM_TRY(const auto group,
           catalog.Find<records::Group>(records::GroupRow(principal.account, name)));
    if (group == nullptr)
      return Error{ErrorCode::kKmsInternal, "", "group " + name + " has a member and is gone"};
    KM_CHECK(gathering.AddEntity(side.policies, "group", *group));
  }
  SetTags(side, user->tags);
  return gathering.SetBoundary(side, user->permissions_boundary);
}

Result<void> LoadRole(records::Catalog& catalog, const domain::Principal& principal,
                      IdentitySide& side) {
  if (principal.session == nullptr) return CallerIsGone();
  KM_TRY(const auto role, catalog.Find<records::Role>(
                              records::RoleRow(principal.account, principal.session->role_name)));
  if (role == nullptr || role->role_id != principal.session->role_id) return CallerIsGone();
  Gathering gathering(catalog);
  KM_CHECK(gathering.AddEntity(side.policies, "role", *role));
  SetTags(side, role->tags);
  return gathering.SetBoundary(side, role->permissions_boundary);
}

Result<void> LoadSession(records::Catalog& catalog, const domain::Session& session,
                         IdentitySide& side) {
  Gathering gathering(catalog);
  if (!session.policy.empty())
    KM_CHECK(gathering.Add(side.session, "session policy", session.policy));
  for (const std::string& arn : session.policy_arns)
    KM_CHECK(gathering.AddManaged(side.session, arn));
  // Session tags go before the role's: the first of a name counts.
  side.tags.insert(side.tags.begin(), session.tags.begin(), session.tags.end());
  return {};
}

// Nothing when the side of this principal cannot be told from another's by a name.
std::string KeptUnder(const domain::Principal& principal) {
  if (principal.arn.empty()) return {};
  if (principal.session == nullptr) return principal.arn + '\n' + principal.user_id;
  const domain::Session& session = *principal.session;
  // Without anything of its own, a session has the side of its user or role, whose id says which.
  if (session.policy.empty() && session.policy_arns.empty() && session.tags.empty())
    return principal.arn + '\n' + principal.user_id;
  if (principal.access_key_id.empty()) return {};
  return principal.arn + '\n' + principal.access_key_id;
}

}  // namespace

StoredIdentitySides::StoredIdentitySides(records::Catalog& catalog)
    : catalog_(catalog), kept_(kSidesKeptMax) {}

Result<std::shared_ptr<const IdentitySide>> StoredIdentitySides::Of(
    const domain::Principal& principal) {
  const std::uint64_t version = catalog_.identity_version();
  const std::string name = KeptUnder(principal);
  if (!name.empty()) {
    const auto kept = kept_.Find(name);
    if (kept != nullptr && kept->version == version) return kept->side;
    if (kept != nullptr) kept_.Invalidate(name);
  }
  KM_TRY(IdentitySide loaded, Load(principal));
  auto side = std::make_shared<const IdentitySide>(std::move(loaded));
  if (!name.empty())
    kept_.Insert(name, std::make_shared<const Kept>(Kept{version, side}), kept_.Ticket(name));
  return side;
}

Result<IdentitySide> StoredIdentitySides::Load(const domain::Principal& principal) {
  IdentitySide side;
  if (principal.type == domain::PrincipalType::kIamUser) {
    KM_CHECK(LoadUser(catalog_, principal, side));
  } else if (principal.type == domain::PrincipalType::kAssumedRole &&
             !domain::IsWebIdentity(principal)) {
    KM_CHECK(LoadRole(catalog_, principal, side));
  }
  if (principal.session != nullptr) KM_CHECK(LoadSession(catalog_, *principal.session, side));
  return side;
}

Result<IdentitySide> StoredIdentitySides::OfGroup(const records::Group& group) {
  IdentitySide side;
  KM_CHECK(Gathering(catalog_).AddEntity(side.policies, "group", group));
  return side;
}

}  // namespace kmaas::core
