#include "app/issuer_settings.h"

#include <algorithm>
#include <set>

#include "domain/ids.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kUrlBytesMax = 255;

// An origin and a path: it stands in ARNs and condition keys.
bool IsIssuerUrl(const std::string& url) {
  static constexpr std::string_view kScheme = "https://";
  return url.starts_with(kScheme) && url.size() > kScheme.size() && url.size() <= kUrlBytesMax &&
         std::all_of(url.begin(), url.end(), [](char c) {
           return c > ' ' && c < '\x7f' &&
                  std::string_view("?#*\"\\@").find(c) == std::string_view::npos;
         });
}

bool IsPrincipal(const std::string& text) {
  const auto arn = domain::Arn::Parse(text);
  return arn && arn->service == "iam" && domain::IsAccountId(arn->account) &&
         (arn->resource == "root" || arn->resource.starts_with("user/") ||
          arn->resource.starts_with("role/"));
}

void ReadTexts(SettingsReader& reader, const std::string& name, std::vector<std::string>& texts) {
  const YAML::Node list = reader.Raw(name);
  if (!list.IsDefined() || list.IsNull()) return;
  if (!list.IsSequence()) return reader.Refuse(name, "must be a list of texts");
  for (const YAML::Node& one : list) {
    if (!one.IsScalar() || one.Scalar().empty())
      return reader.Refuse(name, "must be a list of texts");
    texts.push_back(one.Scalar());
  }
}

void ReadSubjects(SettingsReader& reader, Findings& findings, std::vector<SubjectRule>& rules) {
  const YAML::Node list = reader.Raw("subjects");
  if (!list.IsDefined() || list.IsNull()) return;
  if (!list.IsSequence()) return reader.Refuse("subjects", "must be a list of rules");
  std::set<std::string> seen;
  for (const YAML::Node& node : list) {
    if (!node.IsMap())
      return reader.Refuse("subjects", "a rule is a mapping of subject and principal");
    SettingsReader one(node, reader.path() + ".subjects", findings);
    SubjectRule rule;
    one.Text("subject", rule.subject);
    one.Text("principal", rule.principal);
    if (rule.subject.empty()) one.Refuse("subject", "is missing");
    if (!seen.insert(rule.subject).second) one.Refuse("subject", "stands twice");
    if (!IsPrincipal(rule.principal)) {
      one.Refuse("principal",
                 "must be the ARN of a user, a role, or a root, as "
                 "arn:aws:iam::111122223333:role/name");
    }
    one.Finish();
    rules.push_back(std::move(rule));
  }
}

IssuerConfig ReadIssuer(const YAML::Node& node, Findings& findings) {
  SettingsReader reader(node, "issuers", findings);
  IssuerConfig issuer;
  reader.Text("url", issuer.url);
  if (!IsIssuerUrl(issuer.url))
    reader.Refuse("url", "must be a https URL without query, as https://idp.example.org/realm");
  ReadTexts(reader, "audiences", issuer.audiences);
  if (issuer.audiences.empty()) reader.Refuse("audiences", "must name at least one audience");
  reader.Path("keys_file", issuer.keys_file);
  reader.Text("keys_url", issuer.keys_url);
  reader.Path("keys_ca", issuer.keys_ca);
  reader.Span("keys_refresh_seconds", issuer.keys_refresh, 30, 86'400);
  if (issuer.keys_file.empty() == issuer.keys_url.empty())
    reader.Refuse("keys_file", "the keys come from one place: keys_file or keys_url");
  if (issuer.keys_url.empty() != issuer.keys_ca.empty())
    reader.Refuse("keys_ca", "keys_url and keys_ca belong together: set both or neither");
  if (!issuer.keys_url.empty() && !IsIssuerUrl(issuer.keys_url))
    reader.Refuse("keys_url", "must be a https URL without query");
  ReadTexts(reader, "mfa_amr", issuer.mfa_amr);
  ReadTexts(reader, "mfa_acr", issuer.mfa_acr);
  ReadSubjects(reader, findings, issuer.subjects);
  reader.Finish();
  return issuer;
}

}  // namespace

std::vector<IssuerConfig> ReadIssuers(const YAML::Node& list, Findings& findings) {
  std::vector<IssuerConfig> issuers;
  if (!list.IsDefined() || list.IsNull()) return issuers;
  if (!list.IsSequence()) {
    findings.Add(list.Mark(), "issuers: must be a list of issuers");
    return issuers;
  }
  for (const YAML::Node& node : list) {
    if (!node.IsMap()) {
      findings.Add(node.Mark(), "issuers: an issuer is a mapping with url, audiences and keys");
      continue;
    }
    IssuerConfig issuer = ReadIssuer(node, findings);
    const bool twice = std::any_of(issuers.begin(), issuers.end(),
                                   [&](const IssuerConfig& one) { return one.url == issuer.url; });
    if (twice) findings.Add(node.Mark(), "issuers.url: stands twice");
    issuers.push_back(std::move(issuer));
  }
  return issuers;
}

}  // namespace kmaas::app
