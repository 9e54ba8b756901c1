#include "identity/certificate_rules.h"

#include <mutex>
#include <set>
#include <utility>

namespace kmaas::identity {
namespace {

// Far above the number of clients of one server, and the size of a certificate; beyond them,
// certificates are read again.
constexpr std::size_t kVerdictsMax = 4096;
constexpr std::size_t kRememberedBytesMax = 8192;

Error Refuse(std::string detail) {
  return {ErrorCode::kUnrecognizedClient, "The security token included in the request is invalid.",
          std::move(detail)};
}

void Collect(const std::unordered_map<std::string, std::string>& rules,
             const std::vector<std::string>& names, std::set<std::string>& principals) {
  for (const std::string& name : names) {
    if (const auto found = rules.find(name); found != rules.end()) principals.insert(found->second);
  }
}

}  // namespace

Result<SortedRules> SortedRules::Sort(const std::vector<CertificateRule>& rules) {
  SortedRules sorted;
  for (const CertificateRule& rule : rules) {
    if (rule.value.empty() || rule.principal_arn.empty())
      return Error{ErrorCode::kValidation, "A rule for client certificates has an empty part."};
    const bool is_dns = rule.name == CertificateRule::Name::kDns;
    RuleMap& map = rule.name == CertificateRule::Name::kUri ? sorted.by_uri_
                   : is_dns                                 ? sorted.by_dns_
                                                            : sorted.by_subject_;
    const std::string value = is_dns ? LowerCaseDns(rule.value) : rule.value;
    if (const auto [at, added] = map.emplace(value, rule.principal_arn);
        !added && at->second != rule.principal_arn)
      return Error{ErrorCode::kValidation,
                   "Two rules for client certificates give '" + value + "' to two principals."};
  }
  return sorted;
}

Result<std::unique_ptr<CertificateAuthenticator>> CertificateAuthenticator::Create(
    const std::vector<CertificateRule>& rules, ports::CredentialSource& credentials,
    const Clock& clock) {
  std::unique_ptr<CertificateAuthenticator> made(new CertificateAuthenticator(credentials, clock));
  KM_TRY(SortedRules sorted, SortedRules::Sort(rules));
  made->Take(std::move(sorted));
  return made;
}

// The old ones go after the lock.
void CertificateAuthenticator::Take(SortedRules rules) noexcept {
  const std::unique_lock lock(mutex_);
  rules_.by_uri_.swap(rules.by_uri_);
  rules_.by_dns_.swap(rules.by_dns_);
  rules_.by_subject_.swap(rules.by_subject_);
  verdicts_.clear();
  ++replaced_;
}

CertificateAuthenticator::Verdict CertificateAuthenticator::Judge(
    const CertificateNames& names) const {
  std::set<std::string> principals;
  Collect(rules_.by_uri_, names.uris, principals);
  Collect(rules_.by_dns_, names.dns, principals);
  Collect(rules_.by_subject_, {names.subject}, principals);
  Verdict verdict{"", "", names.not_before, names.not_after};
  if (principals.size() == 1) {
    verdict.principal_arn = *principals.begin();
  } else {
    verdict.why = principals.empty()
                      ? "no rule fits the client certificate of "
                      : "rules give several principals to the client certificate of ";
    verdict.why += names.subject;
  }
  return verdict;
}

std::shared_ptr<const CertificateAuthenticator::Verdict> CertificateAuthenticator::VerdictOn(
    std::string_view pem) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = verdicts_.find(pem); found != verdicts_.end()) return found->second;
  }
  const Result<CertificateNames> names = ReadCertificateNames(pem);
  if (!names) return std::make_shared<const Verdict>(Verdict{"", names.error().detail, {}, {}});
  std::uint64_t under = 0;
  std::shared_ptr<const Verdict> verdict;
  {
    const std::shared_lock lock(mutex_);
    verdict = std::make_shared<const Verdict>(Judge(*names));
    under = replaced_;
  }
  // Whoever is refused cannot drive the others out.
  if (verdict->principal_arn.empty() || pem.size() > kRememberedBytesMax) return verdict;
  const std::unique_lock lock(mutex_);
  if (under != replaced_)
    return verdict;  // of rules that are gone by now: good for this call alone
  if (verdicts_.size() >= kVerdictsMax) verdicts_.clear();
  verdicts_.insert_or_assign(std::string(pem), verdict);
  return verdict;
}

Result<domain::Principal> CertificateAuthenticator::Authenticate(std::string_view pem) {
  if (pem.empty())
    return Error{ErrorCode::kMissingAuthenticationToken, "Missing Authentication Token"};
  const std::shared_ptr<const Verdict> verdict = VerdictOn(pem);
  if (verdict->principal_arn.empty()) return Refuse(verdict->why);
  const WallTime now = clock_.Now();
  if (now < verdict->not_before || now > verdict->not_after)
    return Refuse("the client certificate is not valid at this time");
  KM_TRY(std::optional<domain::Principal> principal,
         credentials_.FindPrincipal(verdict->principal_arn));
  if (!principal) return Refuse("no such principal: " + verdict->principal_arn);
  return *std::move(principal);
}

}  // namespace kmaas::identity
