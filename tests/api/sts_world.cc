#include "tests/api/sts_world.h"

namespace kmaas::api {

std::string Trust(const std::string& principal, const std::string& actions,
                  const std::string& condition) {
  return Document(R"([{"Effect":"Allow","Principal":)" + principal + R"(,"Action":)" + actions +
                  R"(,"Condition":)" + condition + "}]");
}

StsWorld::StsWorld()
    : tokens(*identity::SessionTokens::Create(core.engine, core.random, Deadline::Never())),
      issuers({{kIssuer, {"kmaas"}, {"mfa"}}}, core.clock),
      seed_(AsBytes("a seed of forty bytes, known to the test")) {
  if (!issuers.SetKeys(kIssuer, fakes::TestIssuer({"ES256"}).Jwks()))
    throw std::runtime_error("keys");
  core.services.sessions = tokens.get();
  core.services.web_identities = &issuers;
  identity::SealedSecrets secrets(core.engine, core.random);
  records::MfaDevice device;
  device.account = kAccount;
  device.name = "jane";
  device.path = "/";
  device.user_name = "jane";
  device.sealed_seed = *secrets.Seal(device, seed_, Deadline::Never());
  core.Put(device);
  PutRole(Trust(R"({"AWS":")" + std::string(kJane) + R"("})"));
}

domain::Principal StsWorld::Jane(const std::string& policy) {
  records::User user;
  user.account = kAccount;
  user.name = "jane";
  user.path = "/";
  user.user_id = "AIDAJANE";
  if (!policy.empty()) user.policies.inline_policies = {{"own", policy}};
  core.Put(user);
  return {domain::PrincipalType::kIamUser, kAccount, kJane, "AIDAJANE", "jane",
          "AKIAJANEJANEJANEJANE"};
}

void StsWorld::PutRole(const std::string& trust, const std::string& name, const std::string& path) {
  role.account = kAccount;
  role.name = name;
  role.path = path;
  role.role_id = "AROA" + name;
  role.trust_policy = trust;
  core.Put(role);
}

std::string StsWorld::Code(int steps) const {
  const std::uint64_t now = identity::TotpStepAt(core.clock.Now());
  return identity::TotpCode(seed_.view(), now + static_cast<std::uint64_t>(steps));
}

sts::AssumeRoleRequest StsWorld::Request(const std::string& arn) const {
  sts::AssumeRoleRequest request;
  request.set_role_arn(arn);
  request.set_role_session_name("jane-at-work");
  return request;
}

std::string StsWorld::Token(const std::string& claims) const {
  const std::string now = std::to_string(ToEpochMillis(core.clock.Now()) / 1000);
  return fakes::TestIssuer::Token("ES256", R"({"iss":")" + std::string(kIssuer) +
                                               R"(","aud":"kmaas","iat":)" + now + R"(,"exp":)" +
                                               now + "9" + claims + "}");
}

domain::Principal StsWorld::Open(const sts::Credentials& credentials) const {
  const auto opened = tokens->Open(credentials.access_key_id(), credentials.session_token());
  if (!opened || AsText(opened->secret.view()) != credentials.secret_access_key())
    throw std::runtime_error("the credentials do not hold");
  return opened->principal;
}

Result<core::WipedMessage> StsWorld::Send(Result<domain::Principal> caller,
                                          const google::protobuf::Message& request) {
  std::string name = request.GetDescriptor()->name();
  name.resize(name.size() - std::string("Request").size());
  DirectCall call(name, request, std::move(caller),
                  Deadline::After(core.clock, std::chrono::seconds(5)));
  call.SetOrigin("192.0.2.7");
  return core.pipeline.Serve(call);
}

}  // namespace kmaas::api
