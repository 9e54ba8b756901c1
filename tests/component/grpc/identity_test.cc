#include "kmaas/kms/v1/kms.pb.h"
#include "tests/component/grpc/fixture.h"

namespace kmaas::grpc_front {
namespace {

namespace kms = ::kmaas::kms::v1;
using Name = identity::CertificateRule::Name;
using ::grpc::StatusCode;

class GrpcIdentity : public GrpcTest {
 protected:
  // The status of a harmless call.
  StatusCode CodeFor(const fakes::IssuedCertificate& certificate) {
    return Connect(certificate).Send("ListKeys", kms::ListKeysRequest()).status.error_code();
  }
  void Map(Name name, const std::string& value, const std::string& user) {
    domain::Principal principal = api::Administrator();
    principal.user_name = user;
    principal.arn = "arn:aws:iam::" + principal.account + ":user/" + user;
    principal.access_key_id.clear();
    credentials.Add(principal);
    records::User row;
    row.account = principal.account;
    row.name = user;
    row.path = "/";
    row.user_id = principal.user_id;
    row.policies.attached = {"arn:aws:iam::aws:policy/AdministratorAccess"};
    ASSERT_TRUE(core.catalog.Write([&](records::Changes& changes) { return changes.Put(row); },
                                   Deadline::Never()));
    rules.push_back({name, value, principal.arn});
  }
};

TEST_F(GrpcIdentity, ServesTheHolderOfAMappedCertificate) {
  Start();
  Client client = ConnectAsAdministrator();
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(core.MakeKey());
  encrypt.set_plaintext("attack at dawn");
  const Reply encrypted = client.Send("Encrypt", encrypt);
  ASSERT_TRUE(encrypted.status.ok()) << encrypted.status.error_message();
  kms::EncryptResponse sealed;
  ASSERT_TRUE(sealed.ParseFromString(encrypted.bytes));
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(sealed.ciphertext_blob());
  const Reply decrypted = client.Send("Decrypt", decrypt);
  ASSERT_TRUE(decrypted.status.ok()) << decrypted.status.error_message();
  kms::DecryptResponse opened;
  ASSERT_TRUE(opened.ParseFromString(decrypted.bytes));
  EXPECT_EQ(opened.plaintext(), "attack at dawn");
}

TEST_F(GrpcIdentity, RecordsWhoCalledFromWhereWithWhat) {
  Start();
  const Reply reply = ConnectAsAdministrator().Send("ListKeys", kms::ListKeysRequest());
  ASSERT_TRUE(reply.status.ok());
  ASSERT_EQ(core.audit.records().size(), 1U);
  const ports::AuditRecord record = core.audit.records().front();
  ASSERT_TRUE(record.principal);
  EXPECT_EQ(record.principal->arn, api::Administrator().arn);
  EXPECT_EQ(record.event_name, "ListKeys");
  EXPECT_EQ(record.source_address, "127.0.0.1");
  EXPECT_EQ(record.user_agent.rfind("grpc-c++/", 0), 0U) << record.user_agent;
  EXPECT_EQ(record.request_id, reply.Trailer("x-amzn-requestid"));
  EXPECT_EQ(record.error_code, "");
}

TEST_F(GrpcIdentity, TellsAStrangerWithoutCertificateWhatIsMissing) {
  Start();
  const Reply reply = ConnectAnonymously().Send("ListKeys", kms::ListKeysRequest());
  EXPECT_EQ(reply.status.error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(reply.status.error_message(), "Missing Authentication Token");
  EXPECT_EQ(reply.Trailer("x-amzn-errortype"), "MissingAuthenticationTokenException");
  ASSERT_EQ(core.audit.records().size(), 1U);
  EXPECT_FALSE(core.audit.records().front().principal);
  EXPECT_EQ(core.audit.records().front().error_code, "MissingAuthenticationTokenException");
}

TEST_F(GrpcIdentity, EndsTheHandshakeOfAForeignAuthority) {
  fakes::TestAuthority foreign("somebody else");
  fakes::TestAuthority impostor("client authority");
  Start();
  for (fakes::TestAuthority* authority : {&foreign, &impostor}) {
    EXPECT_EQ(CodeFor(authority->Issue({.uris = {kAdministratorUri}})), StatusCode::UNAVAILABLE);
  }
  EXPECT_TRUE(core.audit.records().empty());
}

TEST_F(GrpcIdentity, EndsTheHandshakeOutsideTheValidityOfACertificate) {
  constexpr std::int64_t kIn2021 = 1'609'459'200;
  constexpr std::int64_t kIn2099 = 4'070'908'800;
  Start();
  EXPECT_EQ(CodeFor(client_authority.Issue({.uris = {kAdministratorUri}, .not_after = kIn2021})),
            StatusCode::UNAVAILABLE);
  EXPECT_EQ(CodeFor(client_authority.Issue({.uris = {kAdministratorUri}, .not_before = kIn2099})),
            StatusCode::UNAVAILABLE);
  EXPECT_EQ(CodeFor(administrator), StatusCode::OK);
}

TEST_F(GrpcIdentity, EndsTheHandshakeOfACertificateForServers) {
  Start();
  EXPECT_EQ(CodeFor(client_authority.Issue({.uris = {kAdministratorUri}, .usage = "serverAuth"})),
            StatusCode::UNAVAILABLE);
}

TEST_F(GrpcIdentity, DoesNotTalkWithoutTls) {
  Start();
  Client client(::grpc::CreateChannel("127.0.0.1:" + std::to_string(server->port()),
                                      ::grpc::InsecureChannelCredentials()));
  EXPECT_EQ(client.Send("ListKeys", kms::ListKeysRequest()).status.error_code(),
            StatusCode::UNAVAILABLE);
  EXPECT_TRUE(core.audit.records().empty());
}

TEST_F(GrpcIdentity, RefusesACertificateThatNoRuleNames) {
  Start();
  const Reply reply =
      Connect(IssueFor("urn:test:administrator2")).Send("ListKeys", kms::ListKeysRequest());
  EXPECT_EQ(reply.status.error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(reply.Trailer("x-amzn-errortype"), "UnrecognizedClientException");
  ASSERT_EQ(core.audit.records().size(), 1U);
  EXPECT_FALSE(core.audit.records().front().principal);
}

TEST_F(GrpcIdentity, RefusesACertificateWithTheNamesOfTwoPrincipals) {
  Map(Name::kDns, "backup.example", "backup");
  Start();
  EXPECT_EQ(CodeFor(client_authority.Issue({.dns = {"backup.example"}})), StatusCode::OK);
  EXPECT_EQ(
      CodeFor(client_authority.Issue({.uris = {kAdministratorUri}, .dns = {"backup.example"}})),
      StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcIdentity, KnowsACertificateByItsSubjectAlone) {
  Map(Name::kSubject, "OU=Backup,O=Example", "backup");
  Start();
  EXPECT_EQ(CodeFor(client_authority.Issue({.subject = {{"O", "Example"}, {"OU", "Backup"}}})),
            StatusCode::OK);
  EXPECT_EQ(core.audit.records().back().principal->user_name, "backup");
}

TEST_F(GrpcIdentity, LooksAtTheLeafOfAChainOnly) {
  fakes::IssuedCertificate chain = IssueFor("urn:test:nobody");
  chain.certificate += administrator.certificate;
  Start();
  EXPECT_EQ(CodeFor(chain), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcIdentity, RefusesACertificateThatExpiresOnAnOpenConnection) {
  Start();
  Client client = ConnectAsAdministrator();
  ASSERT_TRUE(client.Send("ListKeys", kms::ListKeysRequest()).status.ok());
  core.clock.SetWall(FromEpochMillis(4'102'444'801'000));
  EXPECT_EQ(client.Send("ListKeys", kms::ListKeysRequest()).status.error_code(),
            StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcIdentity, BelievesNoMetadata) {
  Start();
  const Adjust pretend = [](::grpc::ClientContext& context) {
    context.AddMetadata("x-forwarded-for", "192.0.2.1");
    context.AddMetadata("x-amzn-requestid", "mine");
    context.AddMetadata("x-amz-principal", "arn:aws:iam::999999999999:root");
    context.AddMetadata("x509_pem_cert", "-----BEGIN CERTIFICATE-----");
    context.AddMetadata("x-kmaas-principal", "arn:aws:iam::999999999999:root");
  };
  EXPECT_EQ(
      ConnectAnonymously().Send("ListKeys", kms::ListKeysRequest(), pretend).status.error_code(),
      StatusCode::UNAUTHENTICATED);
  const Reply reply = ConnectAsAdministrator().Send("ListKeys", kms::ListKeysRequest(), pretend);
  EXPECT_TRUE(reply.status.ok());
  const ports::AuditRecord record = core.audit.records().back();
  EXPECT_EQ(record.principal->arn, api::Administrator().arn);
  EXPECT_EQ(record.source_address, "127.0.0.1");
  EXPECT_NE(record.request_id, "mine");
  EXPECT_EQ(record.claimed_access_key_id, "");
}

TEST_F(GrpcIdentity, KnowsNobodyWithoutAClientAuthority) {
  options.client_ca_file.clear();
  Start();
  EXPECT_EQ(CodeFor(administrator), StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace kmaas::grpc_front
