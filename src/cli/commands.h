// The commands of kmaas, one function each: options, help with examples, and the action.
#pragma once

#include "cli/invocation.h"

namespace kmaas::cli {

void AddInitCommand(CLI::App& program, Invocation& invocation);
void AddStatusCommand(CLI::App& program, Invocation& invocation);
void AddReloadCommand(CLI::App& program, Invocation& invocation);
void AddKeyCommands(CLI::App& program, Invocation& invocation);
void AddProofOfDeletion(CLI::App& key, Invocation& invocation);  // below the former
void AddAccountCommands(CLI::App& program, Invocation& invocation);
void AddAccountCreation(CLI::App& account, Invocation& invocation);  // below the former
void AddAuditCommands(CLI::App& program, Invocation& invocation);
void AddRestoreCommand(CLI::App& program, Invocation& invocation);
void AddRootCommands(CLI::App& program, Invocation& invocation);
void AddRootRotation(CLI::App& root, Invocation& invocation);    // below the former
void AddRootRetirement(CLI::App& root, Invocation& invocation);  // likewise, with the consent
void AddVerifyCommand(CLI::App& program, Invocation& invocation);
void AddTokenCommands(CLI::App& program, Invocation& invocation);
void AddSiemCommands(CLI::App& program, Invocation& invocation);
void AddAuditSearch(CLI::App& audit, Invocation& invocation);  // below the former
void AddExplainCommand(CLI::App& program, Invocation& invocation);
void AddTemplateCommands(CLI::App& program, Invocation& invocation);
void AddRequestCommands(CLI::App& program, Invocation& invocation);
void AddClassesCommands(CLI::App& program, Invocation& invocation);
void AddPeopleCommands(CLI::App& program, Invocation& invocation);
void AddOperationsCommand(CLI::App& program, Invocation& invocation);
void AddCompletionCommand(CLI::App& program, Invocation& invocation);
void AddVersionCommand(CLI::App& program, Invocation& invocation);

}  // namespace kmaas::cli
