// The certificates of the local authority, looked at and verified by OpenSSL.
#include "app/local_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "tests/fakes/manual_clock.h"
#include "tests/fakes/seeded_random.h"
#include "tests/unit/app/pem.h"

namespace kmaas::app {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::StartsWith;

class LocalAuthorities : public testing::Test {
 protected:
  LocalAuthority Make() {
    return *LocalAuthority::Make("kmaas local authority", random_, clock_.Now());
  }
  // OpenSSL's verdict on a certificate for a purpose, as a client of `authority` would reach it.
  int Verify(const LocalAuthority& authority, const CertifiedKey& leaf, int purpose,
             hours from_now = hours(0)) {
    const auto root = ReadCertificate(authority.own().certificate);
    const auto certificate = ReadCertificate(leaf.certificate);
    const Pem<X509_STORE> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), root.get());
    const Pem<X509_STORE_CTX> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_purpose(parameters, purpose);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_time(parameters,
                               std::chrono::system_clock::to_time_t(clock_.Now() + from_now));
    X509_verify_cert(context.get());
    return X509_STORE_CTX_get_error(context.get());
  }

  fakes::SeededRandom random_;
  fakes::ManualClock clock_;
  LocalAuthority authority_ = Make();
  const std::string uri_ = "spiffe://kmaas/account/111122223333/user/alice";
};

TEST_F(LocalAuthorities, IssueWhatOpensslVerifiesForItsPurposeOnly) {
  const auto server = authority_.IssueServer({"localhost"});
  const auto client = authority_.IssueClient("alice", uri_);
  ASSERT_TRUE(server && client);
  EXPECT_EQ(Verify(authority_, *server, X509_PURPOSE_SSL_SERVER), X509_V_OK);
  EXPECT_EQ(Verify(authority_, *client, X509_PURPOSE_SSL_CLIENT), X509_V_OK);
  EXPECT_EQ(Verify(authority_, *server, X509_PURPOSE_SSL_CLIENT), X509_V_ERR_INVALID_PURPOSE);
  EXPECT_EQ(Verify(authority_, *client, X509_PURPOSE_SSL_SERVER), X509_V_ERR_INVALID_PURPOSE);
}

TEST_F(LocalAuthorities, VouchForNothingOfEachOther) {
  const LocalAuthority other = Make();
  const auto server = authority_.IssueServer({"localhost"});
  ASSERT_TRUE(server);
  EXPECT_NE(Verify(other, *server, X509_PURPOSE_SSL_SERVER), X509_V_OK);
}

TEST_F(LocalAuthorities, NameTheHostsOfTheServer) {
  const auto server = authority_.IssueServer({"localhost", "kms.example.org", "192.0.2.7", "::1"});
  ASSERT_TRUE(server);
  const auto certificate = ReadCertificate(server->certificate);
  for (const char* host : {"localhost", "kms.example.org"}) {
    EXPECT_EQ(X509_check_host(certificate.get(), host, 0, 0, nullptr), 1) << host;
  }
  for (const char* address : {"192.0.2.7", "::1"}) {
    EXPECT_EQ(X509_check_ip_asc(certificate.get(), address, 0), 1) << address;
  }
  EXPECT_EQ(X509_check_host(certificate.get(), "other.example.org", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "192.0.2.8", 0), 0);
  EXPECT_THAT(Subject(certificate), HasSubstr("localhost"));
}

TEST_F(LocalAuthorities, NameTheClientByItsUri) {
  const auto client = authority_.IssueClient("alice", uri_);
  ASSERT_TRUE(client);
  const auto certificate = ReadCertificate(client->certificate);
  EXPECT_THAT(Extension(certificate, NID_subject_alt_name), StartsWith("URI:" + uri_));
  EXPECT_THAT(Subject(certificate), HasSubstr("alice"));
}

TEST_F(LocalAuthorities, MaySignEndsAndNoFurtherAuthority) {
  const auto own = ReadCertificate(authority_.own().certificate);
  EXPECT_EQ(X509_check_ca(own.get()), 1);
  EXPECT_EQ(X509_get_pathlen(own.get()), 0);
  EXPECT_EQ(X509_get_key_usage(own.get()), static_cast<unsigned>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  EXPECT_EQ(Verify(authority_, authority_.own(), X509_PURPOSE_ANY), X509_V_OK);
}

TEST_F(LocalAuthorities, IssueEndsThatMayOnlySignHandshakes) {
  for (const auto& end :
       {authority_.IssueServer({"localhost"}), authority_.IssueClient("a", uri_)}) {
    ASSERT_TRUE(end);
    const auto certificate = ReadCertificate(end->certificate);
    EXPECT_EQ(X509_check_ca(certificate.get()), 0);
    EXPECT_EQ(X509_get_key_usage(certificate.get()), static_cast<unsigned>(KU_DIGITAL_SIGNATURE));
    for (const int nid : {NID_basic_constraints, NID_key_usage}) {
      EXPECT_TRUE(IsCritical(certificate, nid)) << nid;
    }
  }
}

TEST_F(LocalAuthorities, LetEndsLiveTwoYearsAndThemselvesTen) {
  const auto end = authority_.IssueServer({"localhost"});
  ASSERT_TRUE(end);
  const auto verdict = [&](const CertifiedKey& what, hours when) {
    return Verify(authority_, what, X509_PURPOSE_ANY, when);
  };
  EXPECT_EQ(verdict(*end, hours(-2)), X509_V_ERR_CERT_NOT_YET_VALID);
  EXPECT_EQ(verdict(*end, hours(24 * 730 - 2)), X509_V_OK);
  EXPECT_EQ(verdict(*end, hours(24 * 730)), X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(verdict(authority_.own(), hours(24 * 3650 - 2)), X509_V_OK);
  EXPECT_EQ(verdict(authority_.own(), hours(24 * 3650)), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_F(LocalAuthorities, GiveEachItsOwnKeyAndNumber) {
  const auto first = authority_.IssueServer({"localhost"});
  const auto second = authority_.IssueServer({"localhost"});
  ASSERT_TRUE(first && second);
  EXPECT_THAT(first->private_key, StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  const auto a = ReadCertificate(first->certificate);
  const auto b = ReadCertificate(second->certificate);
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(a.get()), X509_get0_serialNumber(b.get())), 0);
  EXPECT_EQ(X509_check_private_key(a.get(), ReadKey(first->private_key).get()), 1);
  EXPECT_EQ(X509_check_private_key(a.get(), ReadKey(second->private_key).get()), 0);
  EXPECT_EQ(X509_check_private_key(b.get(), ReadKey(second->private_key).get()), 1);
}

TEST_F(LocalAuthorities, RefuseNamesThatAreNone) {
  for (const char* host : {"", "a b", "a,DNS:evil.example", "-a", "a-", "a..b", "*", "a.*.b",
                           "1.2.3.4:5", "https://a", "a\n"}) {
    const auto server = authority_.IssueServer({"localhost", host});
    ASSERT_FALSE(server) << host;
    EXPECT_THAT(server.error().message, HasSubstr("neither an IP address nor a host name"));
  }
  EXPECT_FALSE(authority_.IssueServer({}));
  for (const char* uri : {"", "a,DNS:evil", "a b", "a\"", "a;b", "a\\b"}) {
    EXPECT_FALSE(authority_.IssueClient("alice", uri)) << uri;
  }
}

TEST(HostName, IsWhatRfc1123Allows) {
  const std::string label(63, 'a');
  for (const std::string& name : {std::string("a"), std::string("*.example.org"), label,
                                  std::string("::1"), std::string("10.0.0.1")}) {
    EXPECT_TRUE(IsHostName(name)) << name;
  }
  EXPECT_FALSE(IsHostName(label + "a"));
  EXPECT_FALSE(IsHostName(label + "." + label + "." + label + "." + label));
}

TEST_F(LocalAuthorities, NameAServerWithALongNameByItsAlternativeName) {
  const std::string host = std::string(60, 'a') + "." + std::string(60, 'b');
  const auto server = authority_.IssueServer({host});
  ASSERT_TRUE(server);
  const auto certificate = ReadCertificate(server->certificate);
  EXPECT_EQ(X509_check_host(certificate.get(), host.c_str(), 0, 0, nullptr), 1);
}

}  // namespace
}  // namespace kmaas::app
