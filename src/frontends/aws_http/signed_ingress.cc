#include "frontends/aws_http/signed_ingress.h"

#include <algorithm>

#include "base/limits.h"
#include "base/trace_context.h"
#include "frontends/aws_http/client_deadline.h"

namespace kmaas::aws_http {
namespace {

// CloudTrail cuts a user agent at this length.
constexpr std::size_t kUserAgentBytesMax = 1024;

}  // namespace

SignedIngress::SignedIngress(const http::Request& request, const std::vector<Signer>& signers,
                             const core::Services& services)
    : request_(request),
      signers_(signers),
      region_(services.region),
      verifier_(signers.front().verifier) {
  UseSigner(signers.front().signing_name);
  std::string_view user_agent;
  std::string_view sdk_request;
  std::string_view date;
  TraceparentReader trace;
  headers_.reserve(request.headers.size());
  for (const http::Header& header : request.headers) {
    headers_.push_back({header.name, header.value});
    if (http::EqualsIgnoringCase(header.name, "user-agent")) user_agent = header.value;
    if (http::EqualsIgnoringCase(header.name, "traceparent")) trace.Add(header.value);
    if (http::EqualsIgnoringCase(header.name, "amz-sdk-request")) sdk_request = header.value;
    if (http::EqualsIgnoringCase(header.name, "x-amz-date")) date = header.value;
  }
  envelope_.request_id = services.random.Uuid();
  envelope_.trace_id = trace.trace_id();
  envelope_.source_address = request.remote_address;
  envelope_.user_agent = user_agent.substr(0, kUserAgentBytesMax);
  envelope_.tls_version = request.tls_version;
  envelope_.tls_cipher = request.tls_cipher;
  envelope_.claimed_access_key_id = identity::ClaimedAccessKeyId(AsSigned());
  const std::chrono::seconds patience =
      ClientPatience(sdk_request, date).value_or(limits::kCallDeadline);
  envelope_.deadline = Deadline::After(services.clock, std::min(patience, limits::kCallDeadline));
}

identity::SignedRequest SignedIngress::AsSigned() const {
  return {request_.method, request_.target, headers_, AsBytes(request_.body)};
}

bool SignedIngress::UseSigner(std::string_view signing_name) {
  const auto found = std::find_if(signers_.begin(), signers_.end(), [&](const Signer& signer) {
    return signer.signing_name == signing_name &&
           (signer.region.empty() || signer.region == region_);
  });
  if (found == signers_.end()) return false;
  verifier_ = found->verifier;
  return true;
}

std::string ClaimedRegionOf(const http::Request& request) {
  std::vector<identity::HeaderView> headers;
  headers.reserve(request.headers.size());
  for (const http::Header& header : request.headers) headers.push_back({header.name, header.value});
  return identity::ClaimedRegion({request.method, request.target, headers, AsBytes(request.body)});
}

std::string_view MediaTypeOf(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return type;
}

Result<void> CheckSigners(const core::Registry& registry, const std::vector<Signer>& signers,
                          bool (*serves)(const core::Operation&)) {
  if (signers.empty()) return Error{ErrorCode::kKmsInternal, "", "nobody to check signatures"};
  for (const auto& operation : registry.operations()) {
    const bool has_signer = std::any_of(signers.begin(), signers.end(), [&](const Signer& signer) {
      return signer.signing_name == operation->signing_name;
    });
    if (serves(*operation) && !has_signer)
      return Error{ErrorCode::kKmsInternal, "",
                   operation->name + " has nobody to check signatures"};
  }
  return {};
}

}  // namespace kmaas::aws_http
