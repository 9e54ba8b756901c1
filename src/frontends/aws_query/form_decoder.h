// Reads a form of the Query protocol into a message.
#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "base/result.h"

namespace kmaas::aws_query {

// Members by their JSON names: "UserName", lists as "Tags.member.1.Key". Unknown parameters are
// passed over, as AWS does. An empty value of a list stands for the empty list, which is how SDKs
// send it. kSerialization for what ParseForm refuses, for lists whose members are not numbered 1,
// 2, 3..., values that do not fit their type, and a name that is both a value and a structure.
Result<void> DecodeForm(std::string_view body, google::protobuf::Message& request);

}  // namespace kmaas::aws_query
