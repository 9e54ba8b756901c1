// The commands of kmaas, one function each: options, help with examples, and the action.
#pragma once

#include "cli/invocation.h"

namespace kmaas::cli {

void AddInitCommand(CLI::App& program, Invocation& invocation);
void AddStatusCommand(CLI::App& program, Invocation& invocation);
void AddKeyCommands(CLI::App& program, Invocation& invocation);
void AddProofOfDeletion(CLI::App& key, Invocation& invocation);  // below the former
void AddAccountCommands(CLI::App& program, Invocation& invocation);
void AddAccountCreation(CLI::App& account, Invocation& invocation);  // below the former
void AddAuditCommands(CLI::App& program, Invocation& invocation);
void AddRestoreCommand(CLI::App& program, Invocation& invocation);
void AddVerifyCommand(CLI::App& program, Invocation& invocation);
void AddSiemCommands(CLI::App& program, Invocation& invocation);
void AddAuditSearch(CLI::App& audit, Invocation& invocation);  // below the former
void AddExplainCommand(CLI::App& program, Invocation& invocation);
void AddOperationsCommand(CLI::App& program, Invocation& invocation);
void AddCompletionCommand(CLI::App& program, Invocation& invocation);
void AddVersionCommand(CLI::App& program, Invocation& invocation);

}  // namespace kmaas::cli
