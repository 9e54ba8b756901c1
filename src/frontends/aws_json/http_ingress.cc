#include "frontends/aws_json/http_ingress.h"

#include "base/limits.h"
#include "frontends/aws_json/json_decoder.h"
#include "frontends/aws_json/replies.h"

namespace kmaas::aws_json {
namespace {

// CloudTrail cuts a user agent at this length.
constexpr std::size_t kUserAgentBytesMax = 1024;

std::string_view MediaTypeOf(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return type;
}

}  // namespace

HttpIngress::HttpIngress(const http::Request& request, const std::vector<Signer>& signers,
                         const MessagePlans& plans, const core::Services& services)
    : request_(request), signers_(signers), plans_(plans), verifier_(signers.front().verifier) {
  std::string_view user_agent;
  headers_.reserve(request.headers.size());
  for (const http::Header& header : request.headers) {
    headers_.push_back({header.name, header.value});
    if (http::EqualsIgnoringCase(header.name, "x-amz-target")) {
      if (target_.empty()) target_ = header.value;  // a second one fails to authenticate
    } else if (http::EqualsIgnoringCase(header.name, "content-type")) {
      content_types_.push_back(header.value);
    } else if (http::EqualsIgnoringCase(header.name, "user-agent")) {
      user_agent = header.value;
    }
  }
  envelope_.request_id = services.random.Uuid();
  envelope_.source_address = request.remote_address;
  envelope_.user_agent = user_agent.substr(0, kUserAgentBytesMax);
  envelope_.tls_version = request.tls_version;
  envelope_.tls_cipher = request.tls_cipher;
  envelope_.claimed_access_key_id = identity::ClaimedAccessKeyId(AsSigned());
  envelope_.claimed_operation = target_;
  envelope_.deadline = Deadline::After(services.clock, limits::kCallDeadline);
}

identity::SignedRequest HttpIngress::AsSigned() const {
  return {request_.method, request_.target, headers_, AsBytes(request_.body)};
}

const core::Operation* HttpIngress::FindOperation(const core::Registry& registry) {
  const core::Operation* operation = registry.FindByAwsTarget(target_);
  if (operation == nullptr) return nullptr;
  for (const Signer& signer : signers_) {
    if (signer.signing_name == operation->signing_name) verifier_ = signer.verifier;
  }
  return operation;
}

Result<domain::Principal> HttpIngress::Authenticate() { return verifier_->Verify(AsSigned()); }

// Clients that name another type expect another protocol. The header may be missing: it says
// nothing that the target does not.
Result<void> HttpIngress::Decode(const core::Operation& /*operation*/,
                                 google::protobuf::Message& request) {
  const bool is_json = content_types_.empty() ||
                       (content_types_.size() == 1 &&
                        http::EqualsIgnoringCase(MediaTypeOf(content_types_[0]), kContentType));
  if (!is_json) {
    return Error{ErrorCode::kUnknownOperation,
                 "Content-Type must be " + std::string(kContentType) + "."};
  }
  const MessagePlan* plan = plans_.Find(request.GetDescriptor());
  if (plan == nullptr) return Error{ErrorCode::kKmsInternal, "", "a message type without a plan"};
  return DecodeJson(*plan, request_.body, request);
}

}  // namespace kmaas::aws_json
