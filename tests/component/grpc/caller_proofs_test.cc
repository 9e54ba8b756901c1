// The ways in which a caller proves himself, and that they lead to the same principal.
#include "core/bearer_callers.h"
#include "identity/web_identity.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/component/grpc/fixture.h"
#include "tests/fakes/test_issuer.h"
#include "tests/unit/identity/sigv4_fixture.h"

namespace kmaas::grpc_front {
namespace {

namespace kms = ::kmaas::kms::v1;
using ::grpc::StatusCode;
using Metadata = std::vector<std::pair<std::string, std::string>>;

constexpr char kIssuer[] = "https://idp.example";
constexpr char kRole[] = "arn:aws:iam::111122223333:role/auditor";
constexpr char kKeyId[] = "AKIAADMINISTRATORADM";
constexpr char kSessionId[] = "ASIAADMINISTRATORADM";

class GrpcProofs : public GrpcTest {
 protected:
  GrpcProofs() {
    EXPECT_TRUE(identities.SetKeys(kIssuer, fakes::TestIssuer().Jwks()));
    credentials.AddKey(kKeyId, "a secret", "", api::Administrator());
    credentials.AddKey(kSessionId, "a session's secret", "token", api::Administrator());
    proofs = [this] { return CallerProofs{*certificates, {{"kms", &verifier}}, &bearers}; };
    records::Role role;
    role.account = api::kAccount;
    role.name = "auditor";
    role.path = "/";
    role.role_id = "AROAAUDITOR";
    role.policies.attached = {"arn:aws:iam::aws:policy/AdministratorAccess"};
    role.trust_policy =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":)"
        R"("arn:aws:iam::111122223333:oidc-provider/idp.example"},)"
        R"("Action":"sts:AssumeRoleWithWebIdentity",)"
        R"("Condition":{"StringLike":{"idp.example:sub":)"
        R"(["auditor@afar","auditor|*","auditor-*"]}}}})";
    EXPECT_TRUE(core.catalog.Write([&](records::Changes& changes) { return changes.Put(role); },
                                   Deadline::Never()));
  }
  // What a client signs for this call.
  Metadata Signed(const std::string& operation, const std::string& body,
                  const std::string& key_id = kKeyId, const std::string& secret = "a secret",
                  const std::string& token = "") {
    identity::TestRequest request;
    request.target = kService + operation;
    request.body = body;
    request.headers = {{"host", "127.0.0.1:" + std::to_string(server->port())},
                       {"x-amz-date", std::string(identity::kTestNow)}};
    identity::SigningInput input;
    input.key_id = key_id;
    input.secret = secret;
    input.region = api::kRegion;
    input.signed_headers = {"host", "x-amz-date"};
    identity::Sign(request, input);
    Metadata metadata = {{"x-amz-date", std::string(identity::kTestNow)},
                         {"authorization", *request.Find("Authorization")}};
    if (!token.empty()) metadata.emplace_back("x-amz-security-token", token);
    return metadata;
  }
  Metadata Bearer(const std::string& subject, const std::string& role = "") {
    const std::string now = std::to_string(ToEpochMillis(core.clock.Now()) / 1000);
    Metadata metadata = {
        {"authorization",
         "Bearer " + fakes::TestIssuer::Token(
                         "ES256", R"({"iss":"https://idp.example","aud":"kmaas","sub":")" +
                                      subject + R"(","iat":)" + now + R"(,"exp":)" + now + "9}")}};
    if (!role.empty()) metadata.emplace_back("x-kmaas-role-arn", role);
    return metadata;
  }
  Reply Send(Client client, const Metadata& metadata, const std::string& operation = "ListKeys") {
    return client.Call(kService + operation, "", [&](::grpc::ClientContext& context) {
      for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
    });
  }
  StatusCode CodeOf(const Metadata& metadata) {
    return Send(ConnectAnonymously(), metadata).status.error_code();
  }
  std::string LastCaller() { return core.audit.records().back().principal->arn; }

  identity::SigV4Verifier verifier{credentials, core.clock, {"kms", {api::kRegion}, true, true}};
  identity::WebIdentities identities{{{kIssuer, {"kmaas"}}}, core.clock};
  core::BearerCallers bearers{{identities, credentials, core.catalog, core.authoriser},
                              {{kIssuer, "administrator@afar", api::Administrator().arn},
                               {kIssuer, "auditor@afar", kRole},
                               {kIssuer, "nobody@afar", "arn:aws:iam::111122223333:user/nobody"}}};
};

TEST_F(GrpcProofs, LeadToTheSamePrincipalWhicheverWay) {
  Start();
  const std::string expected = api::Administrator().arn;
  EXPECT_TRUE(Send(ConnectAsAdministrator(), {}).status.ok());
  EXPECT_EQ(LastCaller(), expected);
  for (const Metadata& way : {Signed("ListKeys", ""), Bearer("administrator@afar"),
                              Signed("ListKeys", "", kSessionId, "a session's secret", "token")}) {
    EXPECT_EQ(CodeOf(way), StatusCode::OK);
    EXPECT_EQ(LastCaller(), expected);
    EXPECT_EQ(Send(ConnectAsAdministrator(), way).status.error_code(), StatusCode::OK);
    EXPECT_EQ(LastCaller(), expected);
  }
}

TEST_F(GrpcProofs, BindASignatureToItsCallAndItsMessage) {
  Start();
  kms::ListKeysRequest other;
  other.set_limit(7);
  EXPECT_EQ(CodeOf(Signed("ListKeys", "")), StatusCode::OK);
  EXPECT_EQ(CodeOf(Signed("ListAliases", "")), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CodeOf(Signed("ListKeys", other.SerializeAsString())), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CodeOf(Signed("ListKeys", "", kKeyId, "another secret")), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(core.audit.records().back().claimed_access_key_id, kKeyId);
  EXPECT_FALSE(core.audit.records().back().principal);
}

TEST_F(GrpcProofs, WantTheTokenOfASession) {
  Start();
  const std::string secret = "a session's secret";
  EXPECT_EQ(CodeOf(Signed("ListKeys", "", kSessionId, secret)), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CodeOf(Signed("ListKeys", "", kSessionId, secret, "toke")),
            StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CodeOf({{"authorization", "Bearer token"}}), StatusCode::UNAUTHENTICATED);
}

// Neither characters that a session's name does not have nor its length make two subjects one.
TEST_F(GrpcProofs, NameTheSessionsOfSubjectsApart) {
  Start();
  std::set<std::string> callers;
  const std::string longest(100, 'x');
  for (const std::string& subject :
       {std::string("auditor|a"), std::string("auditor|a|"), std::string("auditor||a"),
        "auditor|" + longest, "auditor|" + longest + "y"}) {
    EXPECT_EQ(CodeOf(Bearer(subject, kRole)), StatusCode::OK);
    callers.insert(LastCaller());
  }
  EXPECT_EQ(callers.size(), 5U);
}

// Who could choose the name that another's subject is shortened to would be him.
TEST_F(GrpcProofs, LetNoSubjectHaveTheNameOfAShortenedOne) {
  Start();
  EXPECT_EQ(CodeOf(Bearer("auditor|" + std::string(100, 'x'), kRole)), StatusCode::OK);
  const std::string shortened = LastCaller();
  const std::string name = shortened.substr(shortened.rfind('/') + 1);
  EXPECT_EQ(name.size(), 64U);
  EXPECT_EQ(CodeOf(Bearer(name, kRole)), StatusCode::OK);
  EXPECT_NE(LastCaller(), shortened);
  const std::string almost = name.substr(0, 63) + "g";
  EXPECT_EQ(CodeOf(Bearer(almost, kRole)), StatusCode::OK);
  EXPECT_TRUE(LastCaller().ends_with("/" + almost));
}

TEST_F(GrpcProofs, LetABearerAssumeARoleThatTrustsHim) {
  Start();
  for (const Metadata& way : {Bearer("auditor@afar", kRole), Bearer("auditor@afar")}) {
    EXPECT_EQ(CodeOf(way), StatusCode::OK);
    EXPECT_EQ(LastCaller(), "arn:aws:sts::111122223333:assumed-role/auditor/auditor@afar");
  }
  const Reply refused = Send(ConnectAnonymously(), Bearer("administrator@afar", kRole));
  EXPECT_EQ(refused.status.error_code(), StatusCode::PERMISSION_DENIED);
  const Reply missing =
      Send(ConnectAnonymously(), Bearer("auditor@afar", "arn:aws:iam::111122223333:role/missing"));
  EXPECT_EQ(missing.status.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(missing.status.error_message(), refused.status.error_message());
}

TEST_F(GrpcProofs, KnowNoBearerWithoutARule) {
  Start();
  EXPECT_EQ(CodeOf(Bearer("stranger@afar")), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CodeOf(Bearer("nobody@afar")), StatusCode::UNAUTHENTICATED);
  Metadata changed = Bearer("administrator@afar");
  changed.front().second += "x";
  EXPECT_EQ(CodeOf(changed), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcProofs, RefuseTwoThatAreNotOne) {
  Start();
  EXPECT_EQ(Send(ConnectAsAdministrator(), Bearer("auditor@afar")).status.error_code(),
            StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Send(Connect(IssueFor("urn:test:nobody")), Signed("ListKeys", "")).status.error_code(),
            StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Send(ConnectAsAdministrator(), Signed("ListKeys", "", kKeyId, "another secret"))
                .status.error_code(),
            StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcProofs, RefuseDoubledAndUnknownProofs) {
  Start();
  Metadata twice = Signed("ListKeys", "");
  twice.push_back(twice.back());
  EXPECT_EQ(CodeOf(twice), StatusCode::UNAUTHENTICATED);
  Metadata both = Signed("ListKeys", "");
  both.push_back(Bearer("administrator@afar").front());
  EXPECT_EQ(CodeOf(both), StatusCode::UNAUTHENTICATED);
  Metadata roles = Bearer("auditor@afar", kRole);
  roles.push_back(roles.back());
  EXPECT_EQ(CodeOf(roles), StatusCode::UNAUTHENTICATED);
  Metadata hosts = Signed("ListKeys", "");
  hosts.emplace_back("x-amz-date", std::string(identity::kTestNow));
  EXPECT_EQ(CodeOf(hosts), StatusCode::UNAUTHENTICATED);
  for (const char* scheme : {"Basic YTpi", "bearer x", "Bearer", "", "AWS4-HMAC-SHA512 x"})
    EXPECT_EQ(CodeOf({{"authorization", scheme}}), StatusCode::UNAUTHENTICATED) << scheme;
}

TEST_F(GrpcProofs, BelieveNoBearerWhereNoIssuerIsConfigured) {
  proofs = [this] { return CallerProofs{*certificates}; };
  Start();
  EXPECT_EQ(CodeOf(Bearer("administrator@afar")), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(CodeOf(Signed("ListKeys", "")), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcProofs, TakeALongToken) {
  Start();
  const Reply reply =
      Send(ConnectAnonymously(), {{"authorization", "Bearer " + std::string(20'000, 'x')}});
  EXPECT_EQ(reply.status.error_code(), StatusCode::UNAUTHENTICATED) << reply.status.error_message();
}

}  // namespace
}  // namespace kmaas::grpc_front
