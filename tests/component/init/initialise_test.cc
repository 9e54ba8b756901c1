// `kmaas init` makes everything once; a second run changes nothing.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "app/certificate_check.h"
#include "app/foundation.h"
#include "app/local_authority.h"
#include "app/private_file.h"
#include "tests/component/init/fixture.h"

namespace kmaas::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(Init, MakesTokenKeysStoreIdentitiesAndCertificates) {
  const auto report = Initialise(Configure(), Options());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(TokenObjects(), AllOf(testing::SizeIs(9), Contains("kmaas-root-mac 1"),
                                    Contains("kmaas-integrity 1"), Contains("kmaas-audit 1")));
  EXPECT_EQ(report->administrator.arn(), "arn:aws:iam::111122223333:user/administrator");
  EXPECT_EQ(report->secret_access_key.size(), 40U);
  EXPECT_EQ(report->ceremony.token_label, token_->label());
  EXPECT_FALSE(report->ceremony.weak);
  EXPECT_GT(report->ceremony.attacks.size(), 5U);
}

TEST_F(Init, LeavesAStoreThatServesTheAdministrator) {
  const Config config = Configure();
  const auto report = Initialise(config, Options());
  ASSERT_TRUE(report) << report.error().message;
  auto foundation = OpenFoundation(config, UserPins(Options().user_pin.Clone()),
                                   storage::OpenMode::kReadOnly, clock_);
  ASSERT_TRUE(foundation) << foundation.error().message;
  const auto key = foundation->catalog->Find<records::StoredAccessKey>(report->access_key_id);
  ASSERT_TRUE(key && *key);
  EXPECT_EQ((*key)->user_name, "administrator");
  EXPECT_EQ(*foundation->catalog->Count<records::Account>(), 1U);
  EXPECT_EQ(*foundation->catalog->Count<records::User>(), 1U);
  foundation->Close();
}

TEST_F(Init, MakesFilesForTheOwnerAndCertificatesForAll) {
  ASSERT_EQ(Outcome(Configure(), Options()), "done");
  for (const char* directory : {"", "audit", "tls"}) EXPECT_EQ(ModeOf(File(directory)), "700");
  for (const char* secret : {"kmaas.db", "grpc-principals.yaml", "tls/ca.key", "tls/server.key",
                             "tls/administrator.key"}) {
    EXPECT_EQ(ModeOf(File(secret)), "600") << secret;
  }
  for (const char* open : {"tls/ca.crt", "tls/server.crt", "tls/administrator.crt"}) {
    EXPECT_EQ(ModeOf(File(open)), "644") << open;
  }
  for (const auto& [path, content] : ReadTree(data_)) {
    EXPECT_TRUE(content.starts_with("600 ") || content.starts_with("700 ") ||
                path.ends_with(".crt"))
        << path;
  }
}

TEST_F(Init, MakesCertificatesThatTheServerTakes) {
  const Config config = Configure();
  InitialisationOptions options = Options();
  options.hosts = {"kms.example.org"};
  ASSERT_EQ(Outcome(config, std::move(options)), "done");
  const auto facts =
      CheckCertificate(config.https.certificate, config.https.private_key, "https", clock_.Now());
  EXPECT_TRUE(facts) << facts.error().message;
  EXPECT_TRUE(CheckAuthorities(config.grpc.client_ca, "grpc.client_ca"));
  const auto rules = LoadPrincipalRules(config.grpc);
  ASSERT_TRUE(rules) << rules.error().message;
  ASSERT_EQ(rules->size(), 1U);
  EXPECT_EQ((*rules)[0].value, "spiffe://kmaas/account/111122223333/user/administrator");
  EXPECT_EQ((*rules)[0].principal, "arn:aws:iam::111122223333:user/administrator");
}

TEST_F(Init, RefusesASecondTimeAndListsWhatItFound) {
  ASSERT_EQ(Outcome(Configure(), Options()), "done");
  const Contents before = ReadTree(directory_.path());
  const Contents token_before = TokenFiles();
  ASSERT_GE(token_before.size(), 9U);
  const std::string refusal = Outcome(Configure(), Options());
  for (const std::string& found :
       {File("kmaas.db"), File("tls/ca.crt"), File("tls/ca.key"), File("tls/server.crt"),
        File("tls/server.key"), File("tls/administrator.crt"), File("tls/administrator.key"),
        File("grpc-principals.yaml"), std::string("kmaas-root-mac, generation 1"),
        std::string("kmaas-integrity, generation 1"), std::string("kmaas-seal, generation 1")}) {
    EXPECT_THAT(refusal, HasSubstr(found));
  }
  EXPECT_THAT(Changes(before, ReadTree(directory_.path())), IsEmpty());
  EXPECT_THAT(Changes(token_before, TokenFiles()), IsEmpty());
}

// Each place by itself stands in the way of all of it.
TEST_F(Init, RefusesAFileAtEachPlannedPlace) {
  for (const char* name :
       {"kmaas.db", "kmaas.db-wal", "kmaas.db-shm", "grpc-principals.yaml", "tls/ca.crt",
        "tls/ca.key", "tls/server.crt", "tls/server.key", "tls/administrator.crt",
        "tls/administrator.key", "audit/audit-1.jsonl"}) {
    std::filesystem::create_directories(std::filesystem::path(File(name)).parent_path());
    std::ofstream(File(name)) << "foreign";
    const Contents before = ReadTree(directory_.path());
    EXPECT_THAT(Outcome(Configure(), Options()),
                AllOf(StartsWith("refusing to overwrite"), HasSubstr(File(std::string(name, 5)))));
    EXPECT_THAT(Changes(before, ReadTree(directory_.path())), IsEmpty()) << name;
    std::filesystem::remove_all(data_);
  }
  EXPECT_TRUE(TokenObjects().empty());
}

TEST_F(Init, RefusesAFurtherFileThatIsToBeNew) {
  std::ofstream(directory_.File("credentials.json")) << "foreign";
  InitialisationOptions options = Options();
  options.other_new_files = {directory_.File("credentials.json")};
  EXPECT_THAT(Outcome(Configure(), std::move(options)), HasSubstr("credentials.json"));
  EXPECT_FALSE(Exists(data_));
}

TEST_F(Init, DoesNotReplaceGivenCertificates) {
  auto authority = LocalAuthority::Make("given", random_, clock_.Now());
  ASSERT_TRUE(authority);
  const auto pair = authority->IssueServer({"kms.example.org"});
  ASSERT_TRUE(pair);
  std::ofstream(directory_.File("my.crt")) << pair->certificate;
  std::ofstream(directory_.File("my.key")) << pair->private_key;
  std::ofstream(directory_.File("my-ca.crt")) << authority->own().certificate;
  const Config config = Configure(
      "https: {certificate: my.crt, private_key: my.key}\ngrpc: {client_ca: my-ca.crt}\n");
  const auto report = Initialise(config, Options());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(ReadFile(directory_.File("my.crt")), pair->certificate);
  EXPECT_EQ(ReadFile(directory_.File("my.key")), pair->private_key);
  EXPECT_TRUE(report->tls.ca.empty());
  EXPECT_FALSE(Exists(File("tls")));
  EXPECT_FALSE(Exists(config.grpc.principals_file));
}

TEST_F(Init, RefusesGivenCertificatesThatAreNotThereBeforeAnythingIsMade) {
  const Config config = Configure("https: {certificate: my.crt, private_key: my.key}\n");
  EXPECT_THAT(Outcome(config, Options()), StartsWith("https.certificate: "));
  EXPECT_FALSE(Exists(data_));
  EXPECT_TRUE(TokenObjects().empty());
}

TEST_F(Init, RefusesNamesBeforeAnythingIsMade) {
  const auto outcome = [this](void (*change)(InitialisationOptions&)) {
    InitialisationOptions options = Options();
    change(options);
    return Outcome(Configure(), std::move(options));
  };
  EXPECT_THAT(outcome([](auto& o) { o.account_id = "12"; }), HasSubstr("12 digits"));
  EXPECT_NE(outcome([](auto& o) { o.administrator = "a b"; }), "done");
  EXPECT_NE(outcome([](auto& o) { o.account_name = ""; }), "done");
  EXPECT_THAT(outcome([](auto& o) { o.hosts = {"a b"}; }), HasSubstr("a b"));
  EXPECT_FALSE(Exists(data_));
  EXPECT_TRUE(TokenObjects().empty());
}

}  // namespace
}  // namespace kmaas::app
