// What AWS's dialects over HTTPS share: a signed request as the pipeline sees a call.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/pipeline.h"
#include "frontends/http/message.h"
#include "identity/sigv4.h"

namespace kmaas::aws_http {

// Who checks the signatures of a service.
struct Signer {
  std::string signing_name;  // "kms"
  const identity::SigV4Verifier* verifier = nullptr;
  std::string region = {};  // for which it checks; empty: for all that the verifier takes
};

// Borrows all of it; lives as long as one call. Only the signed request says who calls: no header
// of a proxy is believed.
class SignedIngress : public core::Ingress {
 public:
  const core::CallEnvelope& envelope() const override { return envelope_; }
  Result<domain::Principal> Authenticate() override { return verifier_->Verify(AsSigned()); }

 protected:
  // A call is authenticated by the first of `signers` for the Region of `services` until UseSigner
  // has chosen another.
  SignedIngress(const http::Request& request, const std::vector<Signer>& signers,
                const core::Services& services);

  const http::Request& request() const { return request_; }
  // False when there is none of this name for the Region.
  bool UseSigner(std::string_view signing_name);
  void Claim(std::string_view operation) { envelope_.claimed_operation = operation; }

 private:
  identity::SignedRequest AsSigned() const;

  const http::Request& request_;
  const std::vector<Signer>& signers_;
  const std::string& region_;
  std::vector<identity::HeaderView> headers_;
  const identity::SigV4Verifier* verifier_;
  core::CallEnvelope envelope_;
};

// The Region for which a request claims to be signed; empty when it claims none.
std::string ClaimedRegionOf(const http::Request& request);

// "text/html" of "text/html; charset=utf-8".
std::string_view MediaTypeOf(std::string_view content_type);

// kKmsInternal unless there are signers, and one for every operation that `serves` picks.
Result<void> CheckSigners(const core::Registry& registry, const std::vector<Signer>& signers,
                          bool (*serves)(const core::Operation&));

}  // namespace kmaas::aws_http
