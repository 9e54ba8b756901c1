// The few words that generated policies and requests are made of: few, so that they collide.
#pragma once

#include "tests/component/policy_oracle/model.h"

namespace kmaas::policy_oracle {

// A condition key, the operators that fit its type, what policies say of it and what requests
// answer.
struct KeyWords {
  std::string name;
  std::string type;  // "String", "Arn", "Bool", "Numeric", "Date", "IpAddress", "Binary"
  bool multiple = false;
  Texts policy_values;
  Texts request_values;
};

const std::vector<std::string>& Accounts();
const std::vector<Caller>& Callers();
const Texts& KeyActions();
const Texts& ActionPatterns();
const Texts& TrustActionPatterns();
const Texts& KeyArns();
const Texts& RoleArns();
const Texts& ResourcePatterns();
const std::vector<KeyWords>& Keys();
// Operators that may stand with a type, without quantifier and IfExists.
const Texts& Operators(const std::string& type);

}  // namespace kmaas::policy_oracle
