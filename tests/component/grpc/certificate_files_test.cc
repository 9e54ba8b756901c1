#include <atomic>
#include <filesystem>

#include "tests/component/grpc/fixture.h"

namespace kmaas::grpc_front {
namespace {

using ::grpc::StatusCode;

class GrpcCertificates : public GrpcTest {
 protected:
  StatusCode CodeFor(Client client) {
    return client.Call(std::string(kService) + "ListKeys", "").status.error_code();
  }
  bool IsServedUnder(fakes::TestAuthority& authority) {
    return CodeFor(Connect(administrator, authority.certificate())) == StatusCode::OK;
  }
  void LookAgain() { core.clock.Advance(options.file_watch_interval); }
  // The detail of a start that must fail.
  std::string Refusal() {
    certificates = *identity::CertificateAuthenticator::Create(rules, credentials, core.clock);
    const auto started = GrpcServer::Start(options, core.pipeline, {*certificates});
    return started ? "it started" : started.error().detail;
  }

  fakes::TestAuthority next_authority{"next authority"};
};

TEST_F(GrpcCertificates, ReplacedFilesHoldForNewConnections) {
  Start();
  Client before = ConnectAsAdministrator();
  ASSERT_EQ(CodeFor(before), StatusCode::OK);
  WriteServerPair(next_authority);
  LookAgain();
  EXPECT_TRUE(IsServedUnder(next_authority));
  EXPECT_FALSE(IsServedUnder(server_authority));
  EXPECT_EQ(CodeFor(before), StatusCode::OK);
}

TEST_F(GrpcCertificates, AreNotLookedAtBeforeTheInterval) {
  Start();
  EXPECT_TRUE(IsServedUnder(server_authority));
  WriteServerPair(next_authority);
  core.clock.Advance(options.file_watch_interval - std::chrono::milliseconds(1));
  EXPECT_TRUE(IsServedUnder(server_authority));
  core.clock.Advance(std::chrono::milliseconds(1));
  EXPECT_FALSE(IsServedUnder(server_authority));
}

TEST_F(GrpcCertificates, AreLookedAtOnceWhenTheServerIsTold) {
  Start();
  EXPECT_TRUE(IsServedUnder(server_authority));
  WriteServerPair(next_authority);
  server->LookAtFiles();
  EXPECT_TRUE(IsServedUnder(next_authority));
}

TEST_F(GrpcCertificates, AreNotTakenAgainstTheAdviceOfWhoChecksThem) {
  std::atomic<bool> refuses{false};
  options.check_files = [&refuses]() -> Result<void> {
    if (refuses) return Error{ErrorCode::kValidation, "expired"};
    return {};
  };
  Start();
  EXPECT_TRUE(IsServedUnder(server_authority));
  refuses = true;
  WriteServerPair(next_authority);
  server->LookAtFiles();
  EXPECT_TRUE(IsServedUnder(server_authority));
  server.reset();
}

TEST_F(GrpcCertificates, FilesThatCannotBeUsedChangeNothing) {
  Start();
  const fakes::IssuedCertificate stray = next_authority.Issue({});
  const auto still_served = [this](const std::string& path, const std::string& text) {
    WriteFile(path, text);
    LookAgain();
    EXPECT_TRUE(IsServedUnder(server_authority)) << path << ": " << text.substr(0, 40);
  };
  for (const std::string& path : {options.certificate_file, options.private_key_file}) {
    still_served(path, "");
    still_served(path, "no PEM");
    still_served(path, stray.certificate);
    still_served(path, stray.private_key);
    std::filesystem::remove(path);
    LookAgain();
    EXPECT_TRUE(IsServedUnder(server_authority)) << path;
  }
  still_served(options.client_ca_file, "no PEM");
  WriteServerPair(next_authority);
  WriteFile(options.client_ca_file, client_authority.certificate());
  LookAgain();
  EXPECT_TRUE(IsServedUnder(next_authority));
}

TEST_F(GrpcCertificates, APairReplacedInTwoStepsIsTakenWhenItFits) {
  Start();
  const std::string old_key = options.private_key_file + ".old";
  std::filesystem::copy_file(options.private_key_file, old_key);
  WriteServerPair(next_authority);
  std::filesystem::rename(options.private_key_file, options.private_key_file + ".next");
  std::filesystem::rename(old_key, options.private_key_file);
  LookAgain();
  EXPECT_TRUE(IsServedUnder(server_authority));
  std::filesystem::rename(options.private_key_file + ".next", options.private_key_file);
  LookAgain();
  EXPECT_TRUE(IsServedUnder(next_authority));
}

TEST_F(GrpcCertificates, AReplacedClientAuthorityShutsItsClientsOut) {
  Start();
  ASSERT_EQ(CodeFor(ConnectAsAdministrator()), StatusCode::OK);
  WriteFile(options.client_ca_file, next_authority.certificate());
  LookAgain();
  EXPECT_EQ(CodeFor(ConnectAsAdministrator()), StatusCode::UNAVAILABLE);
  EXPECT_EQ(CodeFor(Connect(next_authority.Issue({.uris = {kAdministratorUri}}))), StatusCode::OK);
}

TEST_F(GrpcCertificates, AStartWithFilesThatCannotBeReadNamesThem) {
  for (std::string* path :
       {&options.certificate_file, &options.private_key_file, &options.client_ca_file}) {
    const std::string good = *path;
    *path = folder.File("absent.pem");
    EXPECT_EQ(Refusal(), "grpc: cannot read " + *path);
    WriteFile(*path, "");
    EXPECT_EQ(Refusal(), "grpc: cannot read " + *path);
    std::filesystem::remove(*path);
    *path = folder.path();
    EXPECT_EQ(Refusal(), "grpc: cannot read " + *path);
    *path = good;
  }
}

TEST_F(GrpcCertificates, AStartFailsWhereTheirCheckDoes) {
  options.check_files = [] { return Result<void>(Error{ErrorCode::kValidation, "", "no pair"}); };
  EXPECT_EQ(Refusal(), "no pair");
}

}  // namespace
}  // namespace kmaas::grpc_front
