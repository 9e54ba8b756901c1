#include "frontends/aws_query/handler.h"

#include <algorithm>

#include "frontends/aws_query/form.h"
#include "frontends/aws_query/replies.h"

namespace kmaas::aws_query {
namespace {

std::vector<QueryService> ServicesOf(const core::Registry& registry) {
  std::vector<QueryService> services;
  for (const auto& operation : registry.operations()) {
    const bool known = std::any_of(
        services.begin(), services.end(),
        [&](const QueryService& service) { return service.version == operation->query_version; });
    if (operation->query_version.empty() || known) continue;
    services.push_back(
        {operation->query_version, operation->signing_name, operation->xml_namespace});
  }
  return services;
}

}  // namespace

bool IsQueryRequest(const http::Request& request) {
  const std::string_view target(request.target);
  if (target.substr(0, target.find('?')) != "/") return false;
  if (request.method == "GET") return SingleParameter(FormOf(request), "Action").has_value();
  if (request.method != "POST") return false;
  std::size_t forms = 0;
  std::size_t types = 0;
  for (const http::Header& header : request.headers) {
    if (http::EqualsIgnoringCase(header.name, "x-amz-target")) return false;
    if (!http::EqualsIgnoringCase(header.name, "content-type")) continue;
    ++types;
    if (http::EqualsIgnoringCase(aws_http::MediaTypeOf(header.value), kFormContentType)) ++forms;
  }
  return forms == 1 && types == 1;
}

Result<std::unique_ptr<AwsQueryHandler>> AwsQueryHandler::Create(
    core::Pipeline& pipeline, std::vector<aws_http::Signer> signers, core::CallWatch watch) {
  KM_CHECK(aws_http::CheckSigners(
      pipeline.registry(), signers,
      [](const core::Operation& operation) { return !operation.query_version.empty(); }));
  std::vector<QueryService> services = ServicesOf(pipeline.registry());
  if (services.empty()) {
    return Error{ErrorCode::kKmsInternal, "", "no service speaks the Query protocol"};
  }
  return std::unique_ptr<AwsQueryHandler>(
      new AwsQueryHandler(pipeline, std::move(signers), std::move(services), watch));
}

http::Response AwsQueryHandler::Handle(http::Request& request) {
  QueryIngress ingress(request, signers_, services_, pipeline_.services());
  const std::string& request_id = ingress.envelope().request_id;
  Result<core::WipedMessage> reply =
      core::ServeObserved(pipeline_, ingress, core::FrontEnd::kAwsQuery, watch_);
  if (reply) return SuccessReply(*ingress.operation(), request_id, **reply);
  Error& error = reply.error();
  if (error.code == ErrorCode::kUnknownOperation && error.message.empty())
    error.message = ingress.UnknownAction();
  return ErrorReply(ingress.service().xml_namespace, request_id, error);
}

}  // namespace kmaas::aws_query
