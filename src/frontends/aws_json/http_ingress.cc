#include "frontends/aws_json/http_ingress.h"

#include "frontends/aws_json/json_decoder.h"
#include "frontends/aws_json/replies.h"

namespace kmaas::aws_json {

HttpIngress::HttpIngress(const http::Request& request, const std::vector<Signer>& signers,
                         const MessagePlans& plans, const core::Services& services)
    : SignedIngress(request, signers, services), plans_(plans) {
  for (const http::Header& header : request.headers) {
    if (http::EqualsIgnoringCase(header.name, "x-amz-target")) {
      if (target_.empty()) target_ = header.value;  // a second one fails to authenticate
    } else if (http::EqualsIgnoringCase(header.name, "content-type")) {
      content_types_.push_back(header.value);
    }
  }
  Claim(target_);
}

const core::Operation* HttpIngress::FindOperation(const core::Registry& registry) {
  const core::Operation* operation = registry.FindByAwsTarget(target_);
  if (operation != nullptr) UseSigner(operation->signing_name);
  return operation;
}

// Clients that name another type expect another protocol. The header may be missing: it says
// nothing that the target does not.
Result<void> HttpIngress::Decode(const core::Operation& /*operation*/,
                                 google::protobuf::Message& message) {
  const bool is_json =
      content_types_.empty() ||
      (content_types_.size() == 1 &&
       http::EqualsIgnoringCase(aws_http::MediaTypeOf(content_types_[0]), kContentType));
  if (!is_json) {
    return Error{ErrorCode::kUnknownOperation,
                 "Content-Type must be " + std::string(kContentType) + "."};
  }
  const MessagePlan* plan = plans_.Find(message.GetDescriptor());
  if (plan == nullptr) return Error{ErrorCode::kKmsInternal, "", "a message type without a plan"};
  return DecodeJson(*plan, request().body, message);
}

}  // namespace kmaas::aws_json
