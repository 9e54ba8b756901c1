#include "app/principal_rules.h"

#include <sys/stat.h>

#include "domain/ids.h"

namespace kmaas::app {
namespace {

using NameKind = PrincipalRule::Name;

bool IsPrincipalArn(const std::string& text) {
  const auto arn = domain::Arn::Parse(text);
  return arn && arn->service == "iam" && domain::IsAccountId(arn->account) &&
         (arn->resource == "root" || arn->resource.rfind("user/", 0) == 0);
}

PrincipalRule ReadRule(const YAML::Node& node, const std::string& path, Findings& findings) {
  PrincipalRule rule;
  SettingsReader reader(node, path, findings);
  int names = 0;
  for (const auto& [kind, name] :
       {std::pair(NameKind::kUri, "uri"), std::pair(NameKind::kDns, "dns"),
        std::pair(NameKind::kSubject, "subject")}) {
    reader.Text(name, rule.value);
    if (!reader.Has(name)) continue;
    rule.name = kind;
    ++names;
  }
  reader.Text("principal", rule.principal);
  if (names != 1) reader.Refuse("", "needs exactly one of uri, dns and subject");
  if (!IsPrincipalArn(rule.principal)) {
    reader.Refuse("principal", "must be an ARN as arn:aws:iam::111122223333:user/name or ...:root");
  }
  reader.Finish();
  return rule;
}

}  // namespace

std::vector<PrincipalRule> ReadPrincipalRules(const YAML::Node& list, const std::string& path,
                                              Findings& findings) {
  std::vector<PrincipalRule> rules;
  if (!list.IsDefined() || list.IsNull()) return rules;
  if (!list.IsSequence()) {
    findings.Add(list.Mark(), path + ": must be a list of rules");
    return rules;
  }
  for (const YAML::Node& node : list) {
    if (node.IsMap()) {
      rules.push_back(ReadRule(node, path, findings));
    } else {
      findings.Add(node.Mark(), path + ": a rule is a mapping of uri, dns or subject to principal");
    }
  }
  return rules;
}

Result<std::vector<PrincipalRule>> LoadPrincipalRules(const GrpcConfig& grpc) {
  std::vector<PrincipalRule> rules = grpc.principals;
  struct stat status {};
  if (::stat(grpc.principals_file.c_str(), &status) != 0 && errno == ENOENT) return rules;
  KM_TRY(const std::string text, ReadSettingsFile(grpc.principals_file));
  Findings findings(grpc.principals_file);
  try {
    SettingsReader top(LoadOneDocument(text, findings), "", findings);
    const auto more = ReadPrincipalRules(top.Raw("principals"), "principals", findings);
    top.Finish();
    rules.insert(rules.end(), more.begin(), more.end());
  } catch (const YAML::Exception& failure) {
    findings.Add(failure.mark, "is not YAML: " + failure.msg);
  }
  if (!findings.empty()) return findings.ToError();
  return rules;
}

}  // namespace kmaas::app
