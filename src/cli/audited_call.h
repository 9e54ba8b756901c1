// A call as the audit trail has it: what is needed to ask again why it was decided so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace kmaas::cli {

struct AuditedCall {
  std::string time;
  std::string principal;                   // ARN; empty: nobody was authenticated
  std::optional<WallTime> session_issued;  // of temporary credentials
  bool second_factor = false;
  std::string source_identity;
  std::string federated_provider;
  std::string operation;
  std::string source_address;
  std::string error_code;  // empty: it succeeded
  std::string error_message;
  std::string deciding_statement;
  std::vector<std::string> resources;  // ARNs
  std::map<std::string, std::string> encryption_context;
};

// kValidation for a line that is no record.
Result<AuditedCall> ReadAuditedCall(std::string_view line);

}  // namespace kmaas::cli
