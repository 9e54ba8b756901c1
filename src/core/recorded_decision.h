// A decision, and what the audit record says of it.
#pragma once

#include "base/result.h"
#include "core/authoriser.h"
#include "ports/audit_sink.h"

namespace kmaas::core {

// The authoriser's answer; what decided is added to the record, whichever way it went.
Result<Verdict> DecideAndRecord(Authoriser& authoriser, const AccessQuestion& question,
                                ports::AuditRecord& record);

}  // namespace kmaas::core
