#include "policy/principal_element.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "domain/assumed_role.h"
#include "domain/iam_names.h"
#include "domain/ids.h"
#include "policy/malformed.h"

namespace kmaas::policy {
namespace {

using Type = PrincipalElement::Type;

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), domain::IsNameCharacter);
}

// "name" or "path/of/name": visible ASCII without wildcards.
bool IsPathAndName(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  const std::string_view path = slash == std::string_view::npos ? "" : text.substr(0, slash);
  const bool clean = std::all_of(path.begin(), path.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != '*' && c != '?';
  });
  return clean && IsName(text.substr(slash == std::string_view::npos ? 0 : slash + 1));
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<Type> TypeOfIamResource(std::string_view resource) {
  if (resource == "root") return Type::kAccount;
  if (TakePrefix(resource, "user/") && IsPathAndName(resource)) return Type::kUser;
  if (TakePrefix(resource, "role/") && IsPathAndName(resource)) return Type::kRole;
  return std::nullopt;
}

// "assumed-role/NAME/SESSION"
std::optional<Type> TypeOfStsResource(std::string_view resource) {
  if (!TakePrefix(resource, "assumed-role/")) return std::nullopt;
  const std::size_t slash = resource.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  if (!IsName(resource.substr(0, slash)) || !IsName(resource.substr(slash + 1)))
    return std::nullopt;
  return Type::kSession;
}

// The unique id of a user or a role, or of a role's session ("AROA...:name"): what a stored policy
// has in place of an ARN.
std::optional<Type> TypeOfUniqueId(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view id = text.substr(0, colon);
  if (id.size() <= domain::kUserIdPrefix.size() ||
      !std::all_of(id.begin(), id.end(), domain::IsAlphanumeric))
    return std::nullopt;
  if (id.starts_with(domain::kUserIdPrefix) && colon == std::string_view::npos) return Type::kUser;
  if (!id.starts_with(domain::kRoleIdPrefix)) return std::nullopt;
  if (colon == std::string_view::npos) return Type::kRole;
  return IsName(text.substr(colon + 1)) ? std::optional(Type::kSession) : std::nullopt;
}

std::optional<PrincipalElement::Entry> ParseAws(const std::string& text) {
  if (text == "*") return PrincipalElement::Entry{Type::kAnyone, text};
  if (const auto type = TypeOfUniqueId(text)) return PrincipalElement::Entry{*type, text};
  if (domain::IsAccountId(text)) return PrincipalElement::Entry{Type::kAccount, text};
  const auto arn = domain::Arn::Parse(text);
  if (!arn || arn->partition != domain::kPartition || !arn->region.empty() ||
      !domain::IsAccountId(arn->account)) {
    return std::nullopt;
  }
  std::optional<Type> type;
  if (arn->service == "iam") type = TypeOfIamResource(arn->resource);
  if (arn->service == "sts") type = TypeOfStsResource(arn->resource);
  if (!type) return std::nullopt;
  return PrincipalElement::Entry{*type, *type == Type::kAccount ? arn->account : text};
}

// The name of a service or a provider: visible ASCII without wildcards.
std::optional<PrincipalElement::Entry> ParsePlain(Type type, const std::string& text) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != '*' && c != '?';
  });
  if (text.empty() || !clean) return std::nullopt;
  return PrincipalElement::Entry{type, text};
}

std::optional<PrincipalElement::Entry> ParseEntry(const PrincipalElement::Text& text) {
  if (text.type == "AWS") return ParseAws(text.value);
  if (text.type == "Service") return ParsePlain(Type::kService, text.value);
  if (text.type == "Federated") return ParsePlain(Type::kFederated, text.value);
  return std::nullopt;
}

bool Contains(const std::vector<std::string>& sorted, const std::string& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

const domain::Session* RoleOf(const domain::Principal& caller) {
  const bool in_role = caller.type == domain::PrincipalType::kAssumedRole && caller.session &&
                       !caller.session->role_arn.empty();
  return in_role ? caller.session.get() : nullptr;
}

}  // namespace

Result<PrincipalElement> PrincipalElement::Compile(const std::vector<Text>& texts, bool negated) {
  PrincipalElement element;
  element.negated_ = negated;
  for (const Text& text : texts) {
    auto entry = ParseEntry(text);
    if (!entry)
      return Malformed("Invalid principal in policy: \"" + text.type + "\":\"" + text.value + "\"");
    element.entries_.push_back(*std::move(entry));
  }
  if (element.entries_.empty())
    return Malformed("Missing required field Principal cannot be empty!");
  element.Index();
  return element;
}

void PrincipalElement::Index() {
  for (const Entry& entry : entries_) {
    switch (entry.type) {
      case Type::kAnyone:
        anyone_ = true;
        break;
      case Type::kAccount:
        accounts_.push_back(entry.value);
        break;
      case Type::kUser:
      case Type::kRole:
      case Type::kSession:
        names_.push_back(entry.value);
        break;
      case Type::kFederated:
        providers_.push_back(entry.value);
        break;
      case Type::kService:
        services_.push_back(entry.value);
        break;
    }
  }
  for (auto* values : {&accounts_, &names_, &services_, &providers_})
    std::sort(values->begin(), values->end());
}

// By the issuer as the token has it, by that without its scheme, or by the ARN of the provider in
// the caller's account: "arn:aws:iam::111122223333:oidc-provider/issuer.example/path".
bool PrincipalElement::NamesProvider(const domain::Principal& caller) const {
  std::string_view issuer = caller.session->federated_provider;
  if (Contains(providers_, std::string(issuer))) return true;
  (void)TakePrefix(issuer, "https://");
  const std::string bare(issuer);
  return Contains(providers_, bare) ||
         Contains(providers_, "arn:" + std::string(domain::kPartition) + ":iam::" + caller.account +
                                  ":oidc-provider/" + bare);
}

// By the unique id, as policies are stored, or by the ARN, as they are written.
bool PrincipalElement::NamesSelf(const domain::Principal& caller) const {
  return Contains(names_, caller.user_id) || Contains(names_, caller.arn);
}

bool PrincipalElement::NamesRole(const domain::Principal& caller) const {
  const domain::Session* role = RoleOf(caller);
  return role != nullptr && (Contains(names_, role->role_id) || Contains(names_, role->role_arn));
}

// The strongest way in which an entry means the caller.
PrincipalMatch PrincipalElement::Named(const domain::Principal& caller) const {
  const PrincipalMatch otherwise = anyone_ ? PrincipalMatch::kAnyone : PrincipalMatch::kNone;
  if (caller.type == domain::PrincipalType::kService)
    return Contains(services_, caller.arn) ? PrincipalMatch::kExact : otherwise;
  if (domain::IsWebIdentity(caller))
    return NamesProvider(caller) ? PrincipalMatch::kExact : otherwise;
  const bool account = Contains(accounts_, caller.account);
  if (caller.type == domain::PrincipalType::kRoot)
    return account ? PrincipalMatch::kExact : otherwise;
  if (NamesSelf(caller)) return PrincipalMatch::kExact;
  if (NamesRole(caller)) return PrincipalMatch::kRole;
  if (anyone_) return PrincipalMatch::kAnyone;
  return account ? PrincipalMatch::kAccount : PrincipalMatch::kNone;
}

// Whether everything that the caller is - itself, its role, its account - has an entry.
bool PrincipalElement::NamesAllOf(const domain::Principal& caller) const {
  if (anyone_) return true;
  if (caller.type == domain::PrincipalType::kService || domain::IsWebIdentity(caller) ||
      caller.type == domain::PrincipalType::kRoot) {
    return Named(caller) == PrincipalMatch::kExact;
  }
  return NamesSelf(caller) && Contains(accounts_, caller.account) &&
         (RoleOf(caller) == nullptr || NamesRole(caller));
}

// NotPrincipal. With Deny, AWS documents that a principal is excepted only if its account, and for
// a session also the role, are listed with it. With Allow AWS says only that everybody else is
// meant: there, whoever any entry names is excepted, by the account, too. Both err towards
// refusal.
PrincipalMatch PrincipalElement::Match(const domain::Principal& caller, bool allows) const {
  if (!negated_) return Named(caller);
  const bool excepted = allows ? Named(caller) != PrincipalMatch::kNone : NamesAllOf(caller);
  return excepted ? PrincipalMatch::kNone : PrincipalMatch::kAnyone;
}

}  // namespace kmaas::policy
