#include "core/recorded_decision.h"

namespace kmaas::core {

Result<Verdict> DecideAndRecord(Authoriser& authoriser, const AccessQuestion& question,
                                ports::AuditRecord& record) {
  Result<Verdict> verdict = authoriser.Decide(question);
  if (!record.deciding_statement.empty()) record.deciding_statement += "; ";
  record.deciding_statement += verdict ? verdict->deciding_statement : verdict.error().detail;
  return verdict;
}

}  // namespace kmaas::core
