// Certificate files are refused in words: each refusal names the setting, the file and the fault.
#include "app/certificate_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <fstream>
#include <string_view>

#include "app/local_authority.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/unit/app/pem.h"

namespace kmaas::app {
namespace {

using std::chrono::hours;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class CertificateCheck : public testing::Test {
 protected:
  CertificateCheck() {
    auto authority = LocalAuthority::Make("authority", random_, clock_.Now());
    own_ = authority->own();
    pair_ = *authority->IssueServer({"localhost"});
    Put(certificate_, pair_.certificate);
    Put(key_, pair_.private_key);
  }
  static void Put(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::trunc) << content;
  }
  std::string Refusal(hours from_now = hours(0)) {
    const auto facts = CheckCertificate(certificate_, key_, "https", clock_.Now() + from_now);
    return facts ? "taken" : facts.error().message;
  }

  fakes::SeededRandom random_;
  fakes::ManualClock clock_;
  fakes::TemporaryDirectory directory_;
  CertifiedKey own_;
  CertifiedKey pair_;
  std::string certificate_ = directory_.File("server.crt");
  std::string key_ = directory_.File("server.key");
};

TEST_F(CertificateCheck, TellsWhoseItIsAndHowLong) {
  const auto facts = CheckCertificate(certificate_, key_, "https", clock_.Now());
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->subject, "CN=localhost");
  EXPECT_EQ(facts->not_before, clock_.Now() - hours(1));
  EXPECT_EQ(facts->not_after, clock_.Now() - hours(1) + hours(24 * 730));
}

TEST_F(CertificateCheck, TakesAChainWithTheLeafFirst) {
  Put(certificate_, pair_.certificate + own_.certificate);
  EXPECT_EQ(Refusal(), "taken");
  Put(certificate_, own_.certificate + pair_.certificate);
  EXPECT_THAT(Refusal(), HasSubstr("is not the key of the certificate"));
}

TEST_F(CertificateCheck, RefusesEveryCutOffChain) {
  const std::string chain = pair_.certificate + own_.certificate;
  // A whole leaf and something of the next one, from the end of its first line on: before that, PEM
  // takes it for a comment.
  constexpr std::size_t kFirstLine = std::string_view("-----BEGIN CERTIFICATE-----\n").size();
  for (std::size_t size = pair_.certificate.size() + kFirstLine; size + 1 < chain.size();
       size += 7) {
    Put(certificate_, chain.substr(0, size));
    EXPECT_THAT(Refusal(), HasSubstr("is cut off")) << size;
    EXPECT_FALSE(CheckAuthorities(certificate_, "grpc.client_ca")) << size;
  }
  Put(certificate_, chain);
  EXPECT_EQ(Refusal(), "taken");
  EXPECT_TRUE(CheckAuthorities(certificate_, "grpc.client_ca"));
}

TEST_F(CertificateCheck, SaysWhichFileIsNotThereAndWhoMakesIt) {
  std::filesystem::remove(key_);
  EXPECT_THAT(Refusal(), AllOf(StartsWith("https.private_key: " + key_ + ": "),
                               HasSubstr("No such file"), HasSubstr("kmaas init")));
  std::filesystem::remove(certificate_);
  EXPECT_THAT(Refusal(), StartsWith("https.certificate: " + certificate_ + ": "));
}

TEST_F(CertificateCheck, SaysWhichFileIsNotPem) {
  for (const std::string& content : {std::string(), std::string("garbage"), pair_.private_key}) {
    Put(certificate_, content);
    EXPECT_EQ(Refusal(), "https.certificate: " + certificate_ + ": is not a certificate in PEM");
  }
  Put(certificate_, pair_.certificate);
  for (const std::string& content : {std::string(), std::string("garbage"), pair_.certificate}) {
    Put(key_, content);
    EXPECT_EQ(Refusal(),
              "https.private_key: " + key_ + ": is not an unencrypted private key in PEM");
  }
}

TEST_F(CertificateCheck, RefusesAnEncryptedKeyWithoutAsking) {
  const auto key = ReadKey(pair_.private_key);
  const Pem<BIO> bio(BIO_new_file(key_.c_str(), "w"));
  ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), EVP_aes_256_cbc(), "pass", 4,
                                          nullptr, nullptr),
            1);
  BIO_flush(bio.get());
  EXPECT_THAT(Refusal(), HasSubstr("is not an unencrypted private key in PEM"));
}

TEST_F(CertificateCheck, RefusesTheKeyOfAnother) {
  Put(key_, own_.private_key);
  EXPECT_EQ(Refusal(), "https.private_key: " + key_ + ": is not the key of the certificate in " +
                           certificate_);
}

TEST_F(CertificateCheck, RefusesWhatIsNotValidAtTheTime) {
  EXPECT_EQ(Refusal(hours(24 * 730 - 2)), "taken");
  EXPECT_THAT(Refusal(hours(24 * 730 - 1)),
              AllOf(StartsWith("https.certificate: " + certificate_ + ": expired on 2028-11-23"),
                    HasSubstr("put a new one")));
  EXPECT_EQ(Refusal(hours(-1)), "taken");
  EXPECT_THAT(Refusal(hours(-2)),
              AllOf(StartsWith("https.certificate: " + certificate_),
                    HasSubstr("is not valid before 2026-11-24T11:00:00"), HasSubstr("clock")));
}

TEST_F(CertificateCheck, LooksAtAuthorities) {
  EXPECT_TRUE(CheckAuthorities(certificate_, "grpc.client_ca"));
  EXPECT_EQ(CheckAuthorities(key_, "grpc.client_ca").error().message,
            "grpc.client_ca: " + key_ + ": is not a certificate in PEM");
  EXPECT_THAT(CheckAuthorities(directory_.File("none"), "grpc.client_ca").error().message,
              AllOf(StartsWith("grpc.client_ca: "), HasSubstr("No such file")));
}

}  // namespace
}  // namespace kmaas::app
