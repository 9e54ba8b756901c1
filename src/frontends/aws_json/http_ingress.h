// An HTTP request as the pipeline sees a call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/pipeline.h"
#include "frontends/aws_json/message_plan.h"
#include "frontends/http/message.h"
#include "identity/sigv4.h"

namespace kmaas::aws_json {

// Who checks the signatures of a service.
struct Signer {
  std::string signing_name;  // "kms"
  const identity::SigV4Verifier* verifier = nullptr;
};

// Borrows all of it; lives as long as one call. Only the signed request says who calls: no header
// of a proxy is believed.
class HttpIngress final : public core::Ingress {
 public:
  // An operation that does not exist is authenticated by the first of `signers`.
  HttpIngress(const http::Request& request, const std::vector<Signer>& signers,
              const MessagePlans& plans, const core::Services& services);

  const core::CallEnvelope& envelope() const override { return envelope_; }
  const core::Operation* FindOperation(const core::Registry& registry) override;
  Result<domain::Principal> Authenticate() override;
  Result<void> Decode(const core::Operation& operation,
                      google::protobuf::Message& request) override;

 private:
  identity::SignedRequest AsSigned() const;

  const http::Request& request_;
  const std::vector<Signer>& signers_;
  const MessagePlans& plans_;
  std::vector<identity::HeaderView> headers_;
  std::string_view target_;
  std::vector<std::string_view> content_types_;
  const identity::SigV4Verifier* verifier_;
  core::CallEnvelope envelope_;
};

}  // namespace kmaas::aws_json
