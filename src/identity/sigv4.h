// AWS Signature Version 4, the server's side: a signed request in, the principal that signed it
// out.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "domain/principal.h"
#include "ports/credential_source.h"

namespace kmaas::identity {

struct HeaderView {
  std::string_view name;  // any spelling
  std::string_view value;
};

// A request exactly as it was received. Borrows everything.
struct SignedRequest {
  std::string_view method;
  std::string_view target;  // path and query, not decoded
  std::span<const HeaderView> headers;
  ByteView body;
};

struct SigV4Policy {
  std::string signing_name = "kms";  // the service of the credential scope
  std::vector<std::string> regions;  // those of the credential scope that are served
  // x-amz-target names the operation: unsigned, a captured request could be turned into another.
  bool require_target_signed = true;
  // RFC 3986 path normalisation: every service but S3.
  bool normalize_path = true;
};

// Thread-safe. Accepts the Authorization header and the presigned query, one of them; always hashes
// the real body. Signing keys are derived once per credential scope and kept, bound to the
// credential object that they were derived from, which is looked up for each request.
// Errors carry AWS's codes and texts; the detail, for the log, says what was wrong.
class SigV4Verifier {
 public:
  // `credentials` and `clock` outlive the verifier.
  SigV4Verifier(ports::CredentialSource& credentials, const Clock& clock, SigV4Policy policy);
  ~SigV4Verifier();
  SigV4Verifier(const SigV4Verifier&) = delete;
  SigV4Verifier& operator=(const SigV4Verifier&) = delete;

  Result<domain::Principal> Verify(const SignedRequest& request) const;
  // The same, without the copy of the principal.
  Result<std::shared_ptr<const ports::AccessKey>> VerifyKey(const SignedRequest& request) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The access key id that a request claims, proven or not: for the audit record of a refusal. Empty
// when there is none, or when it does not look like one.
std::string ClaimedAccessKeyId(const SignedRequest& request);
// The Region that the scope of its signature claims, proven or not: says who has to verify it.
// Empty when there is none.
std::string ClaimedRegion(const SignedRequest& request);

}  // namespace kmaas::identity
