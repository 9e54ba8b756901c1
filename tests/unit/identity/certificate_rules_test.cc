#include "identity/certificate_rules.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/fakes/manual_clock.h"
#include "tests/fakes/test_authority.h"

namespace kmaas::identity {
namespace {

using Name = CertificateRule::Name;

class ListedPrincipals final : public ports::CredentialSource {
 public:
  Result<std::shared_ptr<const ports::AccessKey>> FindAccessKey(std::string_view /*id*/) override {
    return std::shared_ptr<const ports::AccessKey>();
  }
  Result<std::optional<domain::Principal>> FindPrincipal(std::string_view arn) override {
    if (broken) return Error{ErrorCode::kKmsInternal, "", "planted"};
    if (gone.contains(std::string(arn))) return std::optional<domain::Principal>();
    domain::Principal principal;
    principal.arn = arn;
    return std::optional<domain::Principal>(std::move(principal));
  }
  bool broken = false;
  std::map<std::string, bool, std::less<>> gone;
};

class CertificateRulesTest : public testing::Test {
 protected:
  void Use(std::vector<CertificateRule> rules) {
    auto made = CertificateAuthenticator::Create(std::move(rules), principals, clock);
    ASSERT_TRUE(made) << made.error().message;
    authenticator = *std::move(made);
  }
  std::string Issue(const fakes::CertificateOrder& order) {
    return authority.Issue(order).certificate;
  }
  // The principal's ARN, or the code of the refusal.
  std::string WhoIs(const std::string& pem) {
    Result<domain::Principal> principal = authenticator->Authenticate(pem);
    if (principal) return principal->arn;
    return principal.error().code == ErrorCode::kUnrecognizedClient           ? "unrecognised"
           : principal.error().code == ErrorCode::kMissingAuthenticationToken ? "missing"
                                                                              : "error";
  }

  fakes::ManualClock clock;
  fakes::TestAuthority authority;
  ListedPrincipals principals;
  std::unique_ptr<CertificateAuthenticator> authenticator;
};

TEST_F(CertificateRulesTest, FitEachKindOfName) {
  Use({{Name::kUri, "urn:a", "uri"},
       {Name::kDns, "A.example", "dns"},
       {Name::kSubject, "CN=a,O=b", "subject"}});
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:a"}})), "uri");
  EXPECT_EQ(WhoIs(Issue({.dns = {"a.EXAMPLE"}})), "dns");
  EXPECT_EQ(WhoIs(Issue({.subject = {{"O", "b"}, {"CN", "a"}}})), "subject");
  EXPECT_EQ(WhoIs(""), "missing");
  EXPECT_EQ(WhoIs("no PEM"), "unrecognised");
}

TEST_F(CertificateRulesTest, CompareWholeNames) {
  Use({{Name::kUri, "urn:a", "uri"},
       {Name::kDns, "a.example", "dns"},
       {Name::kSubject, "CN=a", "subject"}});
  for (const char* uri :
       {"urn:a/", "urn:ab", "urn:", "URN:a", "urn:A", "a.example", "CN=a", " urn:a"})
    EXPECT_EQ(WhoIs(Issue({.uris = {uri}})), "unrecognised") << uri;
  for (const char* dns :
       {"a.example.", "b.a.example", "example", "*.example", "a.example.org", "urn:a"})
    EXPECT_EQ(WhoIs(Issue({.dns = {dns}})), "unrecognised") << dns;
  for (const char* name : {"A", "ab", "a,O=b", "a+O=b"})
    EXPECT_EQ(WhoIs(Issue({.subject = {{"CN", name}}})), "unrecognised") << name;
  EXPECT_EQ(WhoIs(Issue({.subject = {{"O", "b"}, {"CN", "a"}}})), "unrecognised");
}

TEST_F(CertificateRulesTest, KnowNoWildcards) {
  Use({{Name::kDns, "*.example", "dns"},
       {Name::kUri, "urn:*", "uri"},
       {Name::kSubject, "CN=*", "subject"}});
  EXPECT_EQ(WhoIs(Issue({.subject = {{"CN", "a"}}, .uris = {"urn:a"}, .dns = {"a.example"}})),
            "unrecognised");
  EXPECT_EQ(WhoIs(Issue({.dns = {"*.example"}})), "dns");
}

TEST_F(CertificateRulesTest, DoNotReadANameUpToItsNul) {
  Use({{Name::kUri, "urn:a", "uri"},
       {Name::kDns, "a.example", "dns"},
       {Name::kSubject, "CN=a", "subject"}});
  const std::string tail("\0b", 2);
  EXPECT_EQ(WhoIs(Issue({.subject = {{"CN", "a" + tail}},
                         .uris = {"urn:a" + tail},
                         .dns = {"a.example" + tail}})),
            "unrecognised");
}

TEST_F(CertificateRulesTest, RefuseNamesOfSeveralPrincipals) {
  Use({{Name::kUri, "urn:a", "one"},
       {Name::kUri, "urn:b", "two"},
       {Name::kDns, "a.example", "one"}});
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:a", "urn:b"}})), "unrecognised");
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:b"}, .dns = {"a.example"}})), "unrecognised");
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:a"}, .dns = {"a.example"}})), "one");
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:a", "urn:c"}})), "one");
}

TEST_F(CertificateRulesTest, HoldWithinTheValidityOnly) {
  Use({{Name::kUri, "urn:a", "one"}});
  const std::string pem =
      Issue({.uris = {"urn:a"}, .not_before = 1'700'000'000, .not_after = 1'700'000'100});
  const std::vector<std::pair<std::int64_t, const char*>> cases = {
      {1'699'999'999'999, "unrecognised"},
      {1'700'000'000'000, "one"},
      {1'700'000'100'000, "one"},
      {1'700'000'100'001, "unrecognised"},
      {1'700'000'050'000, "one"}};
  for (const auto& [millis, expected] : cases) {
    clock.SetWall(FromEpochMillis(millis));
    EXPECT_EQ(WhoIs(pem), expected) << millis;
  }
}

TEST_F(CertificateRulesTest, HoldForACertificateWithoutEndOrBeginning) {
  constexpr std::int64_t kYear1 = -62'135'596'800;
  constexpr std::int64_t kYear9999 = 253'402'300'799;
  Use({{Name::kUri, "urn:a", "one"}});
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:a"}, .not_after = kYear9999})), "one");
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:a"}, .not_before = kYear1})), "one");
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:a"}, .not_before = kYear9999})), "unrecognised");
  EXPECT_EQ(WhoIs(Issue({.uris = {"urn:a"}, .not_after = kYear1})), "unrecognised");
}

TEST_F(CertificateRulesTest, FollowThePrincipal) {
  Use({{Name::kUri, "urn:a", "one"}});
  const std::string pem = Issue({.uris = {"urn:a"}});
  EXPECT_EQ(WhoIs(pem), "one");
  principals.gone["one"] = true;
  EXPECT_EQ(WhoIs(pem), "unrecognised");
  principals.gone.clear();
  principals.broken = true;
  EXPECT_EQ(WhoIs(pem), "error");
  principals.broken = false;
  EXPECT_EQ(WhoIs(pem), "one");
}

TEST_F(CertificateRulesTest, TellTheCallerNothingOfTheCertificate) {
  Use({{Name::kUri, "urn:a", "one"}});
  const Result<domain::Principal> principal =
      authenticator->Authenticate(Issue({.subject = {{"CN", "Zoe"}}}));
  ASSERT_FALSE(principal);
  EXPECT_EQ(principal.error().message, "The security token included in the request is invalid.");
  EXPECT_NE(principal.error().detail.find("CN=Zoe"), std::string::npos);
}

TEST_F(CertificateRulesTest, AreRefusedWithAnEmptyPartOrTwoPrincipalsForAName) {
  const auto refused = [this](std::vector<CertificateRule> rules) {
    return !CertificateAuthenticator::Create(std::move(rules), principals, clock);
  };
  EXPECT_TRUE(refused({{Name::kUri, "", "one"}}));
  EXPECT_TRUE(refused({{Name::kUri, "urn:a", ""}}));
  EXPECT_TRUE(refused({{Name::kUri, "urn:a", "one"}, {Name::kUri, "urn:a", "two"}}));
  EXPECT_TRUE(refused({{Name::kDns, "a.example", "one"}, {Name::kDns, "A.Example", "two"}}));
  EXPECT_FALSE(refused({{Name::kUri, "urn:a", "one"}, {Name::kUri, "urn:a", "one"}}));
  EXPECT_FALSE(refused({{Name::kUri, "urn:a", "one"}, {Name::kUri, "URN:A", "two"}}));
  EXPECT_FALSE(refused({}));
}

TEST_F(CertificateRulesTest, AreReplacedForTheNextCall) {
  Use({{Name::kUri, "urn:a", "one"}});
  const std::string pem = Issue({.uris = {"urn:a"}});
  ASSERT_EQ(WhoIs(pem), "one");
  authenticator->Take(*SortedRules::Sort({{Name::kUri, "urn:a", "two"}}));
  EXPECT_EQ(WhoIs(pem), "two") << "the verdict of the former rules was remembered";
  EXPECT_FALSE(SortedRules::Sort({{Name::kUri, "urn:a", ""}}));
  authenticator->Take(*SortedRules::Sort({}));
  EXPECT_EQ(WhoIs(pem), "unrecognised");
}

TEST_F(CertificateRulesTest, StayRightWhenMoreCertificatesComeThanAreRemembered) {
  Use({{Name::kUri, "urn:a", "one"}});
  const std::string pem = Issue({.uris = {"urn:a"}});
  const std::string stranger = Issue({.uris = {"urn:b"}});
  // A comment after the certificate makes another text of it.
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(WhoIs(pem + std::to_string(i)), "one");
    ASSERT_EQ(WhoIs(stranger + std::to_string(i)), "unrecognised");
  }
  EXPECT_EQ(WhoIs(pem), "one");
  EXPECT_EQ(WhoIs(pem + std::string(20'000, ' ')), "one");
}

}  // namespace
}  // namespace kmaas::identity
