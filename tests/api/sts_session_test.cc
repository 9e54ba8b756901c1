#include <gtest/gtest.h>

#include "tests/api/sts_world.h"

namespace kmaas::api {
namespace {

class Sts : public testing::Test, protected StsWorld {
 protected:
  Result<sts::GetSessionTokenResponse> SessionOf(const domain::Principal& caller,
                                                 const std::string& code = "",
                                                 const std::string& serial = kSerial) {
    sts::GetSessionTokenRequest request;
    if (!code.empty()) {
      request.set_serial_number(serial);
      request.set_token_code(code);
    }
    return Call<sts::GetSessionTokenResponse>(caller, request);
  }
  Result<sts::AssumeRoleWithWebIdentityResponse> AssumeWith(const std::string& token,
                                                            const std::string& arn = kAuditor) {
    sts::AssumeRoleWithWebIdentityRequest request;
    request.set_role_arn(arn);
    request.set_role_session_name("jane-from-afar");
    request.set_web_identity_token(token);
    return Call<sts::AssumeRoleWithWebIdentityResponse>(
        Error{ErrorCode::kMissingAuthenticationToken, ""}, request);
  }
  void TrustTheIssuer(const std::string& condition = "{}") {
    PutRole(Trust(R"({"Federated":"arn:aws:iam::111122223333:oidc-provider/idp.example/realm"})",
                  R"("sts:AssumeRoleWithWebIdentity")", condition));
  }
};

TEST_F(Sts, TellsEverybodyWhoHeIs) {
  const auto who = Call<sts::GetCallerIdentityResponse>(Jane(), sts::GetCallerIdentityRequest());
  ASSERT_TRUE(who) << who.error().message;
  EXPECT_EQ(who->arn(), kJane);
  EXPECT_EQ(who->user_id(), "AIDAJANE");
  EXPECT_EQ(who->account(), kAccount);
  EXPECT_EQ(Call<sts::GetCallerIdentityResponse>(Error{ErrorCode::kInvalidSignature, "no"},
                                                 sts::GetCallerIdentityRequest())
                .error()
                .code,
            ErrorCode::kInvalidSignature);
}

TEST_F(Sts, GivesAUserASessionOfTwelveHours) {
  const auto reply = SessionOf(Jane());
  ASSERT_TRUE(reply) << reply.error().message;
  const domain::Principal who = Open(reply->credentials());
  EXPECT_EQ(who.arn, kJane);
  EXPECT_EQ(who.session->expires - who.session->issued, std::chrono::hours(12));
  EXPECT_FALSE(who.session->mfa_time);
  EXPECT_EQ(SessionOf(who).error().message, "Cannot call GetSessionToken with session credentials");
}

TEST_F(Sts, GivesNoSessionWithoutAnAccessKey) {
  domain::Principal by_certificate = Jane();
  by_certificate.access_key_id.clear();
  EXPECT_EQ(SessionOf(by_certificate).error().code, ErrorCode::kAccessDenied);
}

TEST_F(Sts, RemembersASecondFactorInTheSession) {
  const auto reply = SessionOf(Jane(), Code());
  ASSERT_TRUE(reply) << reply.error().message << reply.error().detail;
  EXPECT_EQ(Open(reply->credentials()).session->mfa_time, core.clock.Now());
}

TEST_F(Sts, AcceptsACodeOnce) {
  const std::string code = Code();
  ASSERT_TRUE(SessionOf(Jane(), code));
  const auto again = SessionOf(Jane(), code);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kAccessDenied);
  EXPECT_EQ(core.audit.records().back().response_elements_json, "null");
}

TEST_F(Sts, RefusesCodesThatAreNotTheCallers) {
  const std::string wrong = Code() == "000000" ? "000001" : "000000";
  EXPECT_EQ(SessionOf(Jane(), wrong).error().code, ErrorCode::kAccessDenied);
  EXPECT_EQ(SessionOf(Jane(), Code(), "arn:aws:iam::111122223333:mfa/john").error().code,
            ErrorCode::kAccessDenied);
  domain::Principal john = Administrator();
  EXPECT_EQ(SessionOf(john, Code()).error().code, ErrorCode::kAccessDenied);
  sts::GetSessionTokenRequest half;
  half.set_token_code(Code());
  EXPECT_EQ(Call<sts::GetSessionTokenResponse>(Jane(), half).error().code,
            ErrorCode::kAccessDenied);
}

TEST_F(Sts, LocksADeviceThatIsGuessedAt) {
  const std::string wrong = Code() == "000000" ? "000001" : "000000";
  for (int i = 0; i < 4; ++i) ASSERT_FALSE(SessionOf(Jane(), wrong));
  EXPECT_FALSE(SessionOf(Jane(), Code()));
  core.clock.Advance(std::chrono::minutes(2));
  EXPECT_TRUE(SessionOf(Jane(), Code()));
}

TEST_F(Sts, LetsARoleAskForASecondFactor) {
  PutRole(Trust(R"({"AWS":")" + std::string(kJane) + R"("})", R"("sts:AssumeRole")",
                R"({"Bool":{"aws:MultiFactorAuthPresent":"true"}})"));
  EXPECT_FALSE(Assume(Jane(), Request()));
  sts::AssumeRoleRequest request = Request();
  request.set_serial_number(kSerial);
  request.set_token_code(Code() == "000000" ? "000001" : "000000");
  EXPECT_EQ(Assume(Jane(), request).error().message,
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
  request.set_token_code(Code());
  const auto reply = Assume(Jane(), request);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(Open(reply->credentials()).session->mfa_time, core.clock.Now());
  // A session that was begun with the factor will do as well.
  core.clock.Advance(std::chrono::minutes(1));
  const domain::Principal with_factor = Open(SessionOf(Jane(), Code())->credentials());
  EXPECT_TRUE(Assume(with_factor, Request()));
}

TEST_F(Sts, SaysWhoseAnAccessKeyIs) {
  records::StoredAccessKey key;
  key.id = "AKIASOMEBODYSOMEBODY";
  key.account = "444455556666";
  key.user_name = "x";
  core.Put(key);
  sts::GetAccessKeyInfoRequest request;
  request.set_access_key_id(key.id);
  EXPECT_FALSE(Call<sts::GetAccessKeyInfoResponse>(Jane(), request));
  EXPECT_EQ(Call<sts::GetAccessKeyInfoResponse>(Administrator(), request)->account(),
            "444455556666");
  request.set_access_key_id("AKIANOBODYNOBODYNOBO");
  EXPECT_EQ(Call<sts::GetAccessKeyInfoResponse>(Administrator(), request).error().code,
            ErrorCode::kValidation);
}

TEST_F(Sts, GivesTheHolderOfAnIdentityTokenASession) {
  TrustTheIssuer(
      R"({"StringEquals":{"idp.example/realm:sub":"jane@afar","idp.example/realm:aud":"kmaas"}})");
  const auto reply = AssumeWith(Token(R"(,"sub":"jane@afar","amr":["mfa"])"));
  ASSERT_TRUE(reply) << reply.error().message << reply.error().detail;
  EXPECT_EQ(reply->subject_from_web_identity_token(), "jane@afar");
  EXPECT_EQ(reply->provider(), kIssuer);
  EXPECT_EQ(reply->audience(), "kmaas");
  const domain::Principal who = Open(reply->credentials());
  EXPECT_EQ(who.arn, "arn:aws:sts::111122223333:assumed-role/auditor/jane-from-afar");
  EXPECT_EQ(who.session->federated_provider, kIssuer);
  EXPECT_EQ(who.session->mfa_time, core.clock.Now());
  EXPECT_EQ(core.audit.records().back().principal->user_name, "jane@afar");
}

TEST_F(Sts, AsksTheTrustPolicyAboutTheClaimsOfAToken) {
  TrustTheIssuer(R"({"StringEquals":{"idp.example/realm:sub":"jane@afar"}})");
  const Error refused = AssumeWith(Token(R"(,"sub":"john@afar")")).error();
  EXPECT_EQ(refused.code, ErrorCode::kAccessDenied);
  EXPECT_EQ(refused.message, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  const Error missing =
      AssumeWith(Token(R"(,"sub":"jane@afar")"), "arn:aws:iam::111122223333:role/nobody").error();
  EXPECT_EQ(missing.message, refused.message);
  PutRole(Trust(R"({"AWS":"111122223333"})"));
  EXPECT_EQ(AssumeWith(Token(R"(,"sub":"jane@afar")")).error().code, ErrorCode::kAccessDenied);
}

TEST_F(Sts, RefusesTokensThatProveNothing) {
  TrustTheIssuer();
  ASSERT_TRUE(AssumeWith(Token(R"(,"sub":"jane@afar")")));
  EXPECT_EQ(AssumeWith(Token(R"(,"sub":"jane@afar")") + "x").error().code,
            ErrorCode::kInvalidIdentityToken);
  EXPECT_EQ(AssumeWith("none").error().code, ErrorCode::kInvalidIdentityToken);
  const ports::AuditRecord record = core.audit.records().back();
  EXPECT_FALSE(record.principal);
  EXPECT_EQ(record.request_parameters_json.find("webIdentityToken"), std::string::npos);
  core.services.web_identities = nullptr;
  EXPECT_EQ(AssumeWith(Token(R"(,"sub":"jane@afar")")).error().code,
            ErrorCode::kInvalidIdentityToken);
}

}  // namespace
}  // namespace kmaas::api
