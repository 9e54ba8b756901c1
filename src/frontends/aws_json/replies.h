// HTTP responses as AWS JSON services send them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "frontends/http/message.h"

namespace kmaas::aws_json {

inline constexpr std::string_view kContentType = "application/x-amz-json-1.1";

http::Response SuccessReply(const std::string& request_id, std::string body);
// Name and status from the error table; a message that is empty is left out, as AWS does.
http::Response ErrorReply(const std::string& request_id, const Error& error);
// A refusal that is HTTP's and not the API's: no call was recognised.
http::Response RefusalReply(const std::string& request_id, unsigned status);

}  // namespace kmaas::aws_json
