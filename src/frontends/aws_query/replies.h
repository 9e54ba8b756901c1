// HTTP responses as services of the Query protocol send them.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/operation.h"
#include "frontends/http/message.h"

namespace kmaas::aws_query {

http::Response SuccessReply(const core::Operation& operation, const std::string& request_id,
                            const google::protobuf::Message& reply);
// Code and status from the error table.
http::Response ErrorReply(std::string_view xml_namespace, const std::string& request_id,
                          const Error& error);

}  // namespace kmaas::aws_query
