// Writes a message as an AWS JSON body.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "frontends/aws_json/message_plan.h"

namespace kmaas::aws_json {

// Members in field order, those that are set only; blobs in base64, timestamps in seconds with up
// to three decimals. The lists of a page are there even when they are empty, because SDKs hand them
// to programs as they come. A type without members gives an empty body, as AWS does for operations
// without output. The caller wipes the body when it may hold plaintext; it was allocated once, so
// no earlier copy of it is left behind.
std::string EncodeJson(const MessagePlan& plan, const google::protobuf::Message& reply);

}  // namespace kmaas::aws_json
