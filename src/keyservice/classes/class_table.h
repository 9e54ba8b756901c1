// The class table: which rules hold for which information class. It is data that an organisation
// edits and signs; docs/class-table.md explains each line.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/digest.h"
#include "keyservice/classes/class_rules.h"

namespace kmaas::keyservice {

// A value of the column Environment.
struct Environment {
  std::string name;   // as it stands in a request: "T&I"
  std::string label;  // as it stands in an alias: "tni"
  bool production = false;
};

struct ClassTable {
  std::uint64_t serial = 0;       // grows with each edition
  crypto::Sha256Digest digest{};  // of the file's exact bytes
  int personal_data_class = 0;    // the least class of personal data
  int special_data_class = 0;     // of special categories of them
  std::vector<Environment> environments;
  std::array<ClassRules, kClassMax> classes;

  // Of a class from kClassMin to kClassMax; another one aborts.
  const ClassRules& Of(int information_class) const;
  // By its name, in any case of letters; null for one that the table has not.
  const Environment* FindEnvironment(std::string_view name) const;
};

// kValidation; "file:line: text" for each finding: not one YAML mapping, unknown or doubled names,
// missing values, values out of their range, or what makes no sense (WhatMakesNoSense).
Result<ClassTable> ParseClassTable(std::string_view text, const std::string& file);

// What is wrong with a table whose values are each in range: a higher class that is weaker than a
// lower one, a default beyond its maximum, fewer approvers than approvals. Empty: nothing.
std::vector<std::string> WhatMakesNoSense(const ClassTable& table);

// What a table says, for `kmaas classes check`: a line for each rule with its five values and what
// it means.
std::string Explain(const ClassTable& table);

}  // namespace kmaas::keyservice
