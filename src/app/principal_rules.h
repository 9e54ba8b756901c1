// Which client certificate acts as which principal: the form of grpc.principals in YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "app/config.h"
#include "app/settings_reader.h"

namespace kmaas::app {

// A list of mappings, each with `principal` and exactly one of `uri`, `dns` and `subject`. What is
// wrong goes to `findings`; `path` names the list in them.
std::vector<PrincipalRule> ReadPrincipalRules(const YAML::Node& list, const std::string& path,
                                              Findings& findings);

// The whole text of a settings file. kValidation names the file and the reason.
Result<std::string> ReadSettingsFile(const std::string& file);

}  // namespace kmaas::app
