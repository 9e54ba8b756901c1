// Rules for client certificates: any YAML list gives findings, or rules that each name one name and
// one principal, and of which an authenticator is made or a contradiction is told.
#include <cstdlib>

#include "app/principal_rules.h"
#include "domain/ids.h"
#include "identity/certificate_rules.h"
#include "tests/fakes/manual_clock.h"

namespace {

using kmaas::identity::CertificateRule;

class Nobody final : public kmaas::ports::CredentialSource {
 public:
  kmaas::Result<std::shared_ptr<const kmaas::ports::AccessKey>> FindAccessKey(
      std::string_view /*id*/) override {
    return std::shared_ptr<const kmaas::ports::AccessKey>();
  }
  kmaas::Result<std::optional<kmaas::domain::Principal>> FindPrincipal(
      std::string_view /*arn*/) override {
    return std::optional<kmaas::domain::Principal>();
  }
};

CertificateRule Checked(const kmaas::app::PrincipalRule& rule) {
  using Name = kmaas::app::PrincipalRule::Name;
  if (rule.value.empty() || !kmaas::domain::Arn::Parse(rule.principal)) std::abort();
  const auto name = rule.name == Name::kUri   ? CertificateRule::Name::kUri
                    : rule.name == Name::kDns ? CertificateRule::Name::kDns
                                              : CertificateRule::Name::kSubject;
  return {name, rule.value, rule.principal};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Nobody nobody;
  static const kmaas::fakes::ManualClock clock;
  kmaas::app::Findings findings("rules.yaml");
  std::vector<CertificateRule> rules;
  try {
    const YAML::Node list = YAML::Load(std::string(reinterpret_cast<const char*>(data), size));
    const auto read = kmaas::app::ReadPrincipalRules(list, "principals", findings);
    if (!findings.empty()) return 0;
    for (const auto& rule : read) rules.push_back(Checked(rule));
  } catch (const YAML::Exception&) {
    return 0;
  }
  const auto made = kmaas::identity::CertificateAuthenticator::Create(rules, nobody, clock);
  if (!made && made.error().code != kmaas::ErrorCode::kValidation) std::abort();
  return 0;
}
