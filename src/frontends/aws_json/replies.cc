#include "frontends/aws_json/replies.h"

#include "base/json_text.h"
#include "core/errors.h"

namespace kmaas::aws_json {
namespace {

http::Response Failure(const std::string& request_id, unsigned status, std::string_view name,
                       std::string_view message) {
  http::Response response;
  response.status = status;
  response.headers = {{"x-amzn-RequestId", request_id},
                      {"x-amzn-ErrorType", std::string(name)},
                      {"Content-Type", std::string(kContentType)}};
  response.body = R"({"__type":)";
  AppendJsonString(response.body, name);
  if (!message.empty()) {
    response.body += R"(,"message":)";
    AppendJsonString(response.body, message);
  }
  response.body.push_back('}');
  return response;
}

// Names that AWS's front doors use for such requests.
std::string_view NameOfRefusal(unsigned status) {
  switch (status) {
    case 404:
    case 405:
      return "UnknownOperationException";
    case 408:
      return "RequestTimeoutException";
    case 413:
      return "RequestEntityTooLargeException";
    case 500:
      return "InternalFailure";
    case 503:
      return "ServiceUnavailable";
    default:
      return "BadRequestException";
  }
}

}  // namespace

http::Response SuccessReply(const std::string& request_id, std::string body) {
  http::Response response;
  response.headers.reserve(2);
  response.headers.push_back({"x-amzn-RequestId", request_id});
  response.headers.push_back({"Content-Type", std::string(kContentType)});
  response.body = std::move(body);
  response.is_proven = true;
  return response;
}

http::Response ErrorReply(const std::string& request_id, const Error& error) {
  const core::ErrorRow& row = core::RowOf(error.code);
  http::Response response = Failure(request_id, row.http_status, row.aws_name, error.message);
  response.close = core::IsRefusalOfProof(row);
  return response;
}

http::Response RefusalReply(const std::string& request_id, unsigned status) {
  return Failure(request_id, status, NameOfRefusal(status), {});
}

}  // namespace kmaas::aws_json
