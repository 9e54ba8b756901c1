// Reads an AWS JSON body into a message.
#pragma once

#include <google/protobuf/message.h>

#include <string_view>

#include "base/result.h"
#include "frontends/aws_json/message_plan.h"

namespace kmaas::aws_json {

// Fills `request`, which is empty and of the type that `plan` was made from. The body is one JSON
// object, or empty, which means an object without members. Members are matched to the letter; one
// that the type does not know is passed over once it is known to be JSON. A null member counts as
// absent. kSerialization for everything else that does not fit: bad JSON or UTF-8, a wrong type, a
// number that is no whole number of its size, base64 that is not canonical, a known member or a map
// key given twice, null in a list or a map, more than limits::kJsonDepthMax levels.
// What stays of the body afterwards is the message alone: the parser's copies are wiped.
// Thread-safe: each thread has its own parser.
Result<void> DecodeJson(const MessagePlan& plan, std::string_view body,
                        google::protobuf::Message& request);

}  // namespace kmaas::aws_json
