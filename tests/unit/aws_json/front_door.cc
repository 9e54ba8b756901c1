#include "tests/unit/aws_json/front_door.h"

#include <algorithm>
#include <stdexcept>

namespace kmaas::aws_json {

OneKey::OneKey() {
  domain::Principal principal = api::Administrator();
  principal.access_key_id = identity::kTestKeyId;
  key_ = std::make_shared<const ports::AccessKey>(
      ports::AccessKey{std::string(identity::kTestKeyId),
                       SecretBytes(AsBytes(identity::kTestSecret)), std::move(principal)});
}

Result<std::shared_ptr<const ports::AccessKey>> OneKey::FindAccessKey(std::string_view id) {
  return id == key_->id ? key_ : nullptr;
}

Result<std::optional<domain::Principal>> OneKey::FindPrincipal(std::string_view /*arn*/) {
  return std::optional<domain::Principal>();
}

FrontDoor::FrontDoor() : verifier_(credentials_, core.clock, {"kms", {api::kRegion}, true, true}) {
  auto handler =
      AwsJsonHandler::Create(core.pipeline, {{"kms", &verifier_}}, [this](std::string& why) {
        why = unready;
        return unready.empty();
      });
  if (!handler) throw std::runtime_error(handler.error().detail);
  handler_ = *std::move(handler);
}

http::Request FrontDoor::Signed(const std::string& target, const std::string& body) {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"Host", "kms.example.org:8443"},
                     {"X-Amz-Target", target},
                     {"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Date", std::string(identity::kTestNow)},
                     {"User-Agent", "aws-cli/2.9.19"}};
  request.body = body;
  request.remote_address = "192.0.2.7";
  request.tls_version = "TLSv1.3";
  request.tls_cipher = "TLS_AES_256_GCM_SHA384";
  Sign(request);
  return request;
}

void FrontDoor::Sign(http::Request& request, std::string_view left_out) {
  std::erase_if(request.headers,
                [](const http::Header& header) { return header.name == "Authorization"; });
  identity::TestRequest plain;
  plain.method = request.method;
  plain.target = request.target;
  plain.body = request.body;
  identity::SigningInput input;
  input.region = api::kRegion;
  for (const std::string& name : identity::BotocoreSignedHeaders()) {
    if (name != left_out && !request.FindHeader(name).empty()) input.signed_headers.push_back(name);
  }
  for (const http::Header& header : request.headers)
    plain.headers.emplace_back(header.name, header.value);
  identity::Sign(plain, input);
  request.headers.push_back({"Authorization", plain.headers.back().second});
}

Answer FrontDoor::Send(http::Request request) {
  http::Response response = handler_->Handle(request);
  Answer answer{response.status, std::move(response.body), {}, response.close};
  for (http::Header& header : response.headers) {
    if (!answer.headers.emplace(header.name, header.value).second)
      throw std::runtime_error("the header " + header.name + " is sent twice");
  }
  return answer;
}

}  // namespace kmaas::aws_json
