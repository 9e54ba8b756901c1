// From the text of a policy to its statements.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/policy.h"
#include "policy/statement.h"

namespace kmaas::policy {

Result<std::vector<Statement>> ParseStatements(std::string_view text, PolicyKind kind);

}  // namespace kmaas::policy
