#include "tests/unit/aws_query/query_door.h"

#include <set>
#include <stdexcept>
#include <utility>

namespace kmaas::aws_query {

QueryDoor::QueryDoor()
    : iam_(credentials_, core.clock, {"iam", {api::kRegion, "us-east-1"}, true, true}),
      kms_(credentials_, core.clock, {"kms", {api::kRegion}, true, true}) {
  credentials_.Put(identity::kTestKeyId, identity::kTestSecret, api::Administrator());
  std::vector<aws_http::Signer> signers{{"kms", &kms_}};
  std::set<std::string> named{"kms"};
  for (const auto& operation : core.registry.operations()) {
    if (named.insert(operation->signing_name).second)
      signers.push_back({operation->signing_name, &iam_});
  }
  auto handler = AwsQueryHandler::Create(core.pipeline, signers);
  if (!handler) throw std::runtime_error(handler.error().detail);
  handler_ = *std::move(handler);
}

http::Request QueryDoor::Signed(const std::string& body, const std::string& region) {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.body = body;
  request.headers = {{"Host", "kms.example.org:8443"},
                     {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                     {"X-Amz-Date", std::string(identity::kTestNow)}};
  AddSignature(region, {"content-type", "host", "x-amz-date"}, request);
  return request;
}

http::Request QueryDoor::SignedLink(const std::string& target) {
  http::Request request;
  request.method = "GET";
  request.target = target;
  request.headers = {{"Host", "kms.example.org:8443"},
                     {"X-Amz-Date", std::string(identity::kTestNow)}};
  AddSignature("us-east-1", {"host", "x-amz-date"}, request);
  return request;
}

void QueryDoor::AddSignature(const std::string& region, std::vector<std::string> signed_headers,
                             http::Request& request) {
  identity::TestRequest plain;
  plain.method = request.method;
  plain.target = request.target;
  plain.body = request.body;
  for (const http::Header& header : request.headers)
    plain.headers.emplace_back(header.name, header.value);
  identity::SigningInput input;
  input.region = region;
  input.service = "iam";
  input.signed_headers = std::move(signed_headers);
  identity::Sign(plain, input);
  request.headers.push_back({"Authorization", plain.headers.back().second});
}

Answer QueryDoor::Send(http::Request request) {
  http::Response response = handler_->Handle(request);
  return {response.status, std::move(response.body), response.close};
}

Answer QueryDoor::Call(const std::string& action_and_parameters) {
  return Send(Signed("Action=" + action_and_parameters + "&Version=2010-05-08"));
}

}  // namespace kmaas::aws_query
