#include <gtest/gtest.h>

#include "identity/certificate_rules.h"
#include "tests/fakes/test_authority.h"

namespace kmaas::identity {
namespace {

CertificateNames NamesOf(const fakes::CertificateOrder& order) {
  fakes::TestAuthority authority;
  Result<CertificateNames> names = ReadCertificateNames(authority.Issue(order).certificate);
  EXPECT_TRUE(names) << names.error().detail;
  return names ? *std::move(names) : CertificateNames();
}

std::string SubjectOf(std::vector<fakes::CertificateOrder::Attribute> subject) {
  return NamesOf({.subject = std::move(subject)}).subject;
}

TEST(CertificateNames, AreReadInTheirOrder) {
  const CertificateNames names = NamesOf({.uris = {"spiffe://example/backup", "urn:Two"},
                                          .dns = {"one.example", "two.example"},
                                          .addresses = {"127.0.0.1"}});
  EXPECT_EQ(names.uris, (std::vector<std::string>{"spiffe://example/backup", "urn:Two"}));
  EXPECT_EQ(names.dns, (std::vector<std::string>{"one.example", "two.example"}));
}

TEST(CertificateNames, LowerDnsAndLeaveUrisAsTheyAre) {
  const CertificateNames names =
      NamesOf({.uris = {"SPIFFE://Example/Backup"}, .dns = {"Backup.EXAMPLE"}});
  EXPECT_EQ(names.uris.front(), "SPIFFE://Example/Backup");
  EXPECT_EQ(names.dns.front(), "backup.example");
}

TEST(CertificateNames, LeaveOutANameWithANulAndAnEmptyOne) {
  const std::string with_nul("backup.example\0.evil.example", 28);
  const CertificateNames names = NamesOf(
      {.uris = {"urn:a" + std::string(1, '\0'), "urn:b"}, .dns = {with_nul, "", "good.example"}});
  EXPECT_EQ(names.uris, std::vector<std::string>{"urn:b"});
  EXPECT_EQ(names.dns, std::vector<std::string>{"good.example"});
}

TEST(CertificateNames, GiveTheSubjectAsRfc4514) {
  EXPECT_EQ(SubjectOf({{"C", "DE"}, {"O", "Example"}, {"CN", "backup"}}),
            "CN=backup,O=Example,C=DE");
  EXPECT_EQ(SubjectOf({{"CN", "a,b+c=\"d\\e;<f>"}}), R"(CN=a\,b\+c=\"d\\e\;\<f\>)");
  EXPECT_EQ(SubjectOf({{"CN", " #"}}), R"(CN=\ #)");
  EXPECT_EQ(SubjectOf({{"CN", "#a "}}), R"(CN=\#a\ )");
  EXPECT_EQ(SubjectOf({{"CN", "Bäckerei"}}), "CN=Bäckerei");
  EXPECT_EQ(SubjectOf({}), "");
}

TEST(CertificateNames, KeepANulOfTheSubjectVisible) {
  const std::string subject = SubjectOf({{"CN", std::string("backup\0evil", 11)}});
  EXPECT_EQ(subject.find('\0'), std::string::npos);
  EXPECT_NE(subject, "CN=backup");
  EXPECT_EQ(subject.rfind("CN=backup\\00evil", 0), 0U) << subject;
}

TEST(CertificateNames, ATextThatLooksLikeTwoAttributesIsOne) {
  EXPECT_NE(SubjectOf({{"CN", "backup,O=Example"}}),
            SubjectOf({{"O", "Example"}, {"CN", "backup"}}));
}

TEST(CertificateNames, GiveTheValidity) {
  const CertificateNames names = NamesOf({.not_before = 1'600'000'000, .not_after = 1'700'000'000});
  EXPECT_EQ(ToEpochMillis(names.not_before), 1'600'000'000'000);
  EXPECT_EQ(ToEpochMillis(names.not_after), 1'700'000'000'000);
}

TEST(CertificateNames, AreThoseOfTheFirstCertificate) {
  fakes::TestAuthority authority;
  const std::string first = authority.Issue({.uris = {"urn:first"}}).certificate;
  const std::string second = authority.Issue({.uris = {"urn:second"}}).certificate;
  EXPECT_EQ(ReadCertificateNames(first + second)->uris, std::vector<std::string>{"urn:first"});
}

TEST(CertificateNames, RefuseWhatIsNoCertificate) {
  fakes::TestAuthority authority;
  const fakes::IssuedCertificate issued = authority.Issue({});
  std::string broken = issued.certificate;
  broken[broken.size() / 2] = '*';
  for (const std::string& text :
       {std::string(), std::string("no PEM"), issued.private_key, broken,
        issued.certificate.substr(0, issued.certificate.size() / 2), std::string(65537, 'a'),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")}) {
    const Result<CertificateNames> names = ReadCertificateNames(text);
    ASSERT_FALSE(names) << text.substr(0, 60);
    EXPECT_EQ(names.error().code, ErrorCode::kUnrecognizedClient);
  }
}

TEST(CertificateNames, AskNobodyForThePassphraseOfAnEncryptedBlock) {
  fakes::TestAuthority authority;
  std::string text = authority.Issue({}).certificate;
  text.insert(text.find('\n') + 1,
              "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");
  EXPECT_FALSE(ReadCertificateNames(text));
}

}  // namespace
}  // namespace kmaas::identity
