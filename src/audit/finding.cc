#include "audit/finding.h"

namespace kmaas::audit {

std::string_view FindingName(FindingKind kind) {
  switch (kind) {
    case FindingKind::kChanged:
      return "changed";
    case FindingKind::kGap:
      return "gap";
    case FindingKind::kReordered:
      return "reordered";
    case FindingKind::kFork:
      return "fork";
    case FindingKind::kCutOff:
      return "cut-off";
    case FindingKind::kMisnamed:
      return "misnamed";
    case FindingKind::kUnreadable:
      return "unreadable";
    case FindingKind::kTorn:
      return "torn";
    case FindingKind::kRewritten:
      return "rewritten";
    case FindingKind::kBadSignature:
      return "bad-signature";
    case FindingKind::kUnknownKey:
      return "unknown-key";
  }
  return "unknown";
}

std::string Numbers(std::string_view noun, std::uint64_t first, std::uint64_t last) {
  const std::string name(noun);
  if (first == last) return name + " " + std::to_string(first);
  return name + "s " + std::to_string(first) + " to " + std::to_string(last);
}

}  // namespace kmaas::audit
