// Requests whose parameters policies may ask about.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/api/environment.h"

namespace kmaas::api {

struct ConditionParameter {
  std::string key;  // "kms:MacAlgorithm"
  std::string operation;
  std::shared_ptr<const google::protobuf::Message> request;  // answered more than once
  std::string met;                                           // the JSON of a Condition
  std::string unmet;
};

// At least one of each condition key that says what a parameter of a cryptographic operation, of an
// import or of rotation is. Makes the keys that they need.
std::vector<ConditionParameter> ConditionParameters(Environment& world);

}  // namespace kmaas::api
