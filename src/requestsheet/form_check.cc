#include "requestsheet/form_check.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "keyservice/rules/file_check.h"

namespace kmaas::requestsheet {
namespace {

using keyservice::Finding;
using keyservice::Findings;
using keyservice::Message;

class NoRegister final : public keyservice::KeyRegister {
 public:
  Result<std::optional<keyservice::LiveKey>> Find(const keyservice::Subject&) const override {
    return std::optional<keyservice::LiveKey>();
  }
  Result<std::optional<std::string>> RequestOfFile(const crypto::Sha256Digest&) const override {
    return std::optional<std::string>();
  }
};

// Each name is a person of that name.
class AnyDirectory final : public keyservice::Directory {
 public:
  Result<std::optional<keyservice::KnownPrincipal>> Find(std::string_view name) const override {
    return std::optional(keyservice::KnownPrincipal{std::string(name), LowerAscii(name)});
  }
  Result<bool> Belongs(std::string_view, std::string_view) const override { return true; }
  Result<bool> HasApprovers(std::string_view) const override { return true; }
};

bool NeedsRegister(const Finding& finding) {
  return finding.message == Message::kNoSuchKey ||
         finding.message == Message::kSequenceWithoutFirst;
}

// The cell itself said more of it.
bool IsTold(const Findings& told, const Finding& finding) {
  return finding.message == Message::kMissing &&
         std::any_of(told.begin(), told.end(), [&](const Finding& one) {
           return one.row == finding.row && one.column == finding.column;
         });
}

}  // namespace

Result<Findings> CheckForm(const RequestSheet& request, const keyservice::ClassTable& table,
                           keyservice::Date today) {
  const NoRegister keys;
  const AnyDirectory people;
  KM_TRY(keyservice::CheckedFile checked,
         keyservice::CheckFile(
             {request.rows, crypto::Sha256Digest(), "requester", keyservice::Mode::kPartial},
             {table, keys, people, today}));
  Findings findings = request.findings;
  for (Finding& finding : checked.findings) {
    if (!NeedsRegister(finding) && !IsTold(request.findings, finding))
      findings.push_back(std::move(finding));
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::pair(a.row, a.column) < std::pair(b.row, b.column);
  });
  return findings;
}

}  // namespace kmaas::requestsheet
