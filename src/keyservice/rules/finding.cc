#include "keyservice/rules/finding.h"

#include <algorithm>

#include "keyservice/rules/messages.h"

namespace kmaas::keyservice {

std::string_view RuleName(Rule rule) {
  switch (rule) {
    case Rule::kForm:
      return "FORM";
    case Rule::kV1:
      return "V1";
    case Rule::kV2:
      return "V2";
    case Rule::kV3:
      return "V3";
    case Rule::kV4:
      return "V4";
    case Rule::kV5:
      return "V5";
    case Rule::kV6:
      return "V6";
    case Rule::kV7:
      return "V7";
    case Rule::kV8:
      return "V8";
    case Rule::kV9:
      return "V9";
    case Rule::kV10:
      return "V10";
    case Rule::kV11:
      return "V11";
    case Rule::kV12:
      return "V12";
    case Rule::kV13:
      return "V13";
    case Rule::kV14:
      return "V14";
  }
  return {};
}

std::string Finding::In(Language language) const {
  return Fill(TextOf(message), language, arguments);
}

bool HasErrors(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& f) { return f.severity == Severity::kError; });
}

bool HasErrors(const Findings& findings, int row) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.severity == Severity::kError && f.row == row;
  });
}

}  // namespace kmaas::keyservice
