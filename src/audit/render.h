// A record as CloudTrail writes it: one JSON object in one line, members in a fixed order.
#pragma once

#include <string>
#include <string_view>

#include "ports/audit_sink.h"

namespace kmaas::audit {

// Always one line of valid JSON, whatever the caller put into names, addresses or agents, as long
// as the two members that are JSON already are valid. Absent values are left out, as CloudTrail
// does. A key_material_id with a blank has that of ReEncrypt's source before, and that of its
// destination behind it; either may be empty. Names of members: AWS KMS Developer Guide, examples
// of CloudTrail entries.
std::string Render(const ports::AuditRecord& record);

// Read back from what Render wrote; empty when it is not there. The views are into `event`.
std::string_view EventId(std::string_view event);
std::string_view EventTime(std::string_view event);  // "2026-11-24T12:00:00Z"
std::string_view EventDay(std::string_view event);   // "2026-11-24"
bool IsWrite(std::string_view event);                // readOnly is false

}  // namespace kmaas::audit
