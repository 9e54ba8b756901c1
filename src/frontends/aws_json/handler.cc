#include "frontends/aws_json/handler.h"

#include "base/json_text.h"
#include "frontends/aws_json/json_encoder.h"
#include "frontends/aws_json/replies.h"

namespace kmaas::aws_json {

Result<std::unique_ptr<AwsJsonHandler>> AwsJsonHandler::Create(core::Pipelines pipelines,
                                                               std::vector<Signer> signers,
                                                               ReadinessProbe is_ready,
                                                               core::CallWatch watch) {
  KM_CHECK(aws_http::CheckSigners(
      pipelines.first().registry(), signers,
      [](const core::Operation& operation) { return !operation.aws_target.empty(); }));
  KM_TRY(MessagePlans plans, MessagePlans::Create(pipelines.first().registry()));
  return std::unique_ptr<AwsJsonHandler>(new AwsJsonHandler(
      std::move(pipelines), std::move(signers), std::move(plans), std::move(is_ready), watch));
}

http::Response AwsJsonHandler::Handle(http::Request& request) {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  if (path == "/") return request.method == "POST" ? Serve(request) : NotAllowed("POST");
  const bool readiness = path == "/readyz";
  if (!readiness && path != "/healthz") return RefusalReply(NewRequestId(), 404);
  if (request.method != "GET" && request.method != "HEAD") return NotAllowed("GET, HEAD");
  return Probe(readiness);
}

core::Pipeline& AwsJsonHandler::PipelineFor(const http::Request& request) const {
  if (!pipelines_.several()) return pipelines_.first();
  return pipelines_.For(aws_http::ClaimedRegionOf(request));
}

http::Response AwsJsonHandler::Serve(const http::Request& request) {
  core::Pipeline& pipeline = PipelineFor(request);
  HttpIngress ingress(request, signers_, plans_, pipeline.services());
  const std::string& request_id = ingress.envelope().request_id;
  Result<core::WipedMessage> reply =
      core::ServeObserved(pipeline, ingress, core::FrontEnd::kAwsJson, watch_);
  if (!reply) return ErrorReply(request_id, reply.error());
  const google::protobuf::Message& message = **reply;
  const MessagePlan* plan = plans_.Find(message.GetDescriptor());
  if (plan == nullptr)
    return ErrorReply(request_id, {ErrorCode::kKmsInternal, "", "a message type without a plan"});
  return SuccessReply(request_id, EncodeJson(*plan, message));
}

http::Response AwsJsonHandler::Probe(bool readiness) const {
  std::string why;
  const bool well = !readiness || is_ready_(why);
  http::Response response;
  response.status = well ? 200 : 503;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  response.body = well ? R"({"status":"ok")" : R"({"status":"unavailable")";
  if (!why.empty()) {
    response.body += well ? R"(,"detail":)" : R"(,"reason":)";
    AppendJsonString(response.body, why);
  }
  response.body += "}\n";
  return response;
}

http::Response AwsJsonHandler::NotAllowed(std::string_view allowed) const {
  http::Response response = RefusalReply(NewRequestId(), 405);
  response.headers.push_back({"Allow", std::string(allowed)});
  return response;
}

http::Response AwsJsonHandler::Refuse(const http::Request& /*request*/, unsigned status) {
  if (watch_.observer != nullptr) watch_.observer->TurnedAway(core::FrontEnd::kAwsJson);
  return RefusalReply(NewRequestId(), status);
}

}  // namespace kmaas::aws_json
