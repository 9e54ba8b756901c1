#include "identity/certificate_rules.h"

#include <mutex>
#include <set>

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

Result<std::unique_ptr<CertificateAuthenticator>> CertificateAuthenticator::Create(
    const std::vector<CertificateRule>& rules, ports::CredentialSource& credentials,
    const Clock& clock) {
  std::unique_ptr<CertificateAuthenticator> made(new CertificateAuthenticator(credentials, clock));
  for (const CertificateRule& rule : rules) {
    if (rule.value.empty() || rule.principal_arn.empty())
      return Error{ErrorCode::kValidation, "A rule for client certificates has an empty part."};
    const bool is_dns = rule.name == CertificateRule::Name::kDns;
    RuleMap& map = rule.name == CertificateRule::Name::kUri ? made->by_uri_
                   : is_dns                                 ? made->by_dns_
                                                            : made->by_subject_;
    const std::string value = is_dns ? LowerCaseDns(rule.value) : rule.value;
    if (const auto [at, added] = map.emplace(value, rule.principal_arn);
        !added && at->second != rule.principal_arn)
      return Error{ErrorCode::kValidation,
                   "Two rules for client certificates give '" + value + "' to two principals."};
  }
  return made;
}

CertificateAuthenticator::Verdict CertificateAuthenticator::Judge(std::string_view pem) const {
  Result<CertificateNames> names = ReadCertificateNames(pem);
  if (!names) return {"", names.error().detail, {}, {}};
  std::set<std::string> principals;
  Collect(by_uri_, names->uris, principals);
  Collect(by_dns_, names->dns, principals);
  Collect(by_subject_, {names->subject}, principals);
  Verdict verdict{"", "", names->not_before, names->not_after};
  if (principals.size() == 1) {
    verdict.principal_arn = *principals.begin();
  } else {
    verdict.why = principals.empty()
                      ? "no rule fits the client certificate of "
                      : "rules give several principals to the client certificate of ";
    verdict.why += names->subject;
  }
  return verdict;
}

std::shared_ptr<const CertificateAuthenticator::Verdict> CertificateAuthenticator::VerdictOn(
    std::string_view pem) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = verdicts_.find(pem); found != verdicts_.end()) return found->second;
  }
  auto verdict = std::make_shared<const Verdict>(Judge(pem));
  // Whoever is refused cannot drive the others out.
  if (verdict->principal_arn.empty() || pem.size() > kRememberedBytesMax) return verdict;
  const std::unique_lock lock(mutex_);
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
