#include "frontends/aws_query/query_ingress.h"

#include <algorithm>

#include "frontends/aws_query/form.h"
#include "frontends/aws_query/form_decoder.h"

namespace kmaas::aws_query {

std::string_view FormOf(const http::Request& request) {
  if (request.method != "GET") return request.body;
  const std::size_t mark = request.target.find('?');
  if (mark == std::string::npos) return {};
  return std::string_view(request.target).substr(mark + 1);
}

QueryIngress::QueryIngress(const http::Request& request,
                           const std::vector<aws_http::Signer>& signers,
                           const std::vector<QueryService>& services_served,
                           const core::Services& services)
    : SignedIngress(request, signers, services),
      form_(FormOf(request)),
      action_(SingleParameter(form_, "Action").value_or("")),
      version_(SingleParameter(form_, "Version").value_or("")),
      service_(&services_served.front()) {
  const auto named =
      std::find_if(services_served.begin(), services_served.end(),
                   [this](const QueryService& service) { return service.version == version_; });
  if (named != services_served.end()) service_ = &*named;
  UseSigner(service_->signing_name);
  Claim(action_);
}

const core::Operation* QueryIngress::FindOperation(const core::Registry& registry) {
  operation_ = registry.FindByQuery(version_, action_);
  // What is followed as a link makes and changes no entity. Beginning a session reads, as at AWS,
  // though it uses up a code.
  if (operation_ != nullptr && request().method == "GET" && operation_->effect == kmaas::WRITE)
    operation_ = nullptr;
  return operation_;
}

Result<void> QueryIngress::Decode(const core::Operation& /*operation*/,
                                  google::protobuf::Message& message) {
  // In what was signed of a link it is a plus, in a form a blank.
  if (request().method == "GET" && form_.find('+') != std::string_view::npos) {
    return Error{ErrorCode::kSerialization,
                 "A blank in the query of a link is written as %20, a plus as %2B."};
  }
  return DecodeForm(form_, message);
}

std::string QueryIngress::UnknownAction() const {
  constexpr std::size_t kShownBytesMax = 128;
  if (action_.empty()) return "The request must name one Action.";
  return "Could not find operation " + action_.substr(0, kShownBytesMax) + " for version " +
         (version_.empty() ? "NO_VERSION_SPECIFIED" : version_.substr(0, kShownBytesMax));
}

}  // namespace kmaas::aws_query
