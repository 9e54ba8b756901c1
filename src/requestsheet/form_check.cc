#include "requestsheet/form_check.h"

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

}  // namespace

Result<Findings> CheckForm(const RequestSheet& request, const FormQuestion& question) {
  const NoRegister keys;
  const AnyDirectory anybody;
  const keyservice::Directory& people = question.people != nullptr ? *question.people : anybody;
  KM_TRY(keyservice::CheckedFile checked,
         keyservice::CheckFile({.rows = request.rows,
                                .digest = {},
                                .requester = question.requester,
                                .mode = keyservice::Mode::kPartial,
                                .of_cells = request.findings},
                               {question.table, keys, people, question.today}));
  std::erase_if(checked.findings, NeedsRegister);
  return std::move(checked.findings);
}

}  // namespace kmaas::requestsheet
