// An HTTP request in AWS JSON as the pipeline sees a call.
#pragma once

#include <string_view>
#include <vector>

#include "frontends/aws_http/signed_ingress.h"
#include "frontends/aws_json/message_plan.h"

namespace kmaas::aws_json {

using aws_http::Signer;

// Borrows all of it; lives as long as one call.
class HttpIngress final : public aws_http::SignedIngress {
 public:
  // An operation that does not exist is authenticated by the first of `signers`.
  HttpIngress(const http::Request& request, const std::vector<Signer>& signers,
              const MessagePlans& plans, const core::Services& services);

  const core::Operation* FindOperation(const core::Registry& registry) override;
  Result<void> Decode(const core::Operation& operation,
                      google::protobuf::Message& request) override;

 private:
  const MessagePlans& plans_;
  std::string_view target_;
  std::vector<std::string_view> content_types_;
};

}  // namespace kmaas::aws_json
