// A core that issues sessions: a user, roles, an issuer of identity tokens, an MFA device.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "identity/sealed_secrets.h"
#include "identity/session_token.h"
#include "identity/totp.h"
#include "identity/web_identity.h"
#include "kmaas/sts/v1/sts.pb.h"
#include "tests/api/environment.h"
#include "tests/fakes/test_issuer.h"

namespace kmaas::api {

namespace sts = ::kmaas::sts::v1;

inline constexpr char kIssuer[] = "https://idp.example/realm";
inline constexpr char kJane[] = "arn:aws:iam::111122223333:user/jane";
inline constexpr char kAuditor[] = "arn:aws:iam::111122223333:role/ops/auditor";
inline constexpr char kSerial[] = "arn:aws:iam::111122223333:mfa/jane";

// `statement` in a document of its own.
inline std::string Document(const std::string& statement) {
  return R"({"Version":"2012-10-17","Statement":)" + statement + "}";
}
// A trust policy for whoever `principal` names (JSON), under `condition` (JSON).
std::string Trust(const std::string& principal, const std::string& actions = R"("sts:*")",
                  const std::string& condition = "{}");

class StsWorld {
 public:
  StsWorld();

  // Jane, who has this identity policy and no other.
  domain::Principal Jane(const std::string& policy = "");
  void PutRole(const std::string& trust, const std::string& name = "auditor",
               const std::string& path = "/ops/");
  // The code of Jane's device for the step that is `steps` after now.
  std::string Code(int steps = 0) const;
  sts::AssumeRoleRequest Request(const std::string& arn = kAuditor) const;
  std::string Token(const std::string& claims) const;

  template <class Response>
  Result<Response> Call(Result<domain::Principal> caller,
                        const google::protobuf::Message& request) {
    Result<core::WipedMessage> reply = Send(std::move(caller), request);
    if (!reply) return reply.error();
    return static_cast<const Response&>(**reply);
  }
  Result<sts::AssumeRoleResponse> Assume(const domain::Principal& caller,
                                         const sts::AssumeRoleRequest& request) {
    return Call<sts::AssumeRoleResponse>(caller, request);
  }
  // Whom the credentials prove.
  domain::Principal Open(const sts::Credentials& credentials) const;

  Environment core;
  std::unique_ptr<identity::SessionTokens> tokens;
  identity::WebIdentities issuers;
  records::Role role;

 private:
  Result<core::WipedMessage> Send(Result<domain::Principal> caller,
                                  const google::protobuf::Message& request);

  SecretBytes seed_;
};

}  // namespace kmaas::api
