// Who else is told of a call: as CloudTrail, each account whose resource was used by another one.
#pragma once

#include <string>
#include <vector>

#include "ports/audit_sink.h"
#include "ports/random_source.h"

namespace kmaas::core {

// The records of a call beside that of its caller, one for each other account that owns one of its
// resources; none of a call that failed, which its caller alone is told. They share the request id
// and, with `record`, a sharedEventID, and have event ids of their own. Sets in `record` what it
// shares with them, or takes it back; it may be asked again when the record has changed.
// Source: AWS CloudTrail User Guide, "CloudTrail record contents": recipientAccountId,
// sharedEventID; AWS KMS Developer Guide, "Logging AWS KMS API calls".
std::vector<ports::AuditRecord> OthersTold(ports::AuditRecord& record, ports::RandomSource& random);

// The id of the event that `account` is told, of those of a call.
const std::string& EventIdFor(const std::string& account, const ports::AuditRecord& callers,
                              const std::vector<ports::AuditRecord>& others);

}  // namespace kmaas::core
