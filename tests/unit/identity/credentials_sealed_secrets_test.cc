#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/sealed_secrets.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::identity {
namespace {

class SealedSecretsTest : public testing::Test {
 protected:
  records::StoredAccessKey Row(const std::string& id = "AKIAAAAAAAAAAAAAAAAA") {
    return {id, "111122223333", "administrator", true, {}, {}};
  }
  records::StoredAccessKey SealedRow() {
    records::StoredAccessKey row = Row();
    row.sealed_secret = *secrets.Seal(row, secret, Deadline::Never());
    return row;
  }

  fakes::FakeCryptoEngine engine;
  fakes::SeededRandom random;
  SealedSecrets secrets{engine, random};
  SecretBytes secret{AsBytes("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
};

TEST_F(SealedSecretsTest, OpensWhatItSealed) {
  const auto opened = secrets.Open(SealedRow(), Deadline::Never());
  ASSERT_TRUE(opened);
  EXPECT_EQ(AsText(opened->view()), AsText(secret.view()));
}

TEST_F(SealedSecretsTest, NeverSealsTwiceAlike) {
  EXPECT_NE(SealedRow().sealed_secret, SealedRow().sealed_secret);
}

TEST_F(SealedSecretsTest, HoldsNothingOfTheSecretInClear) {
  const Bytes sealed = SealedRow().sealed_secret;
  EXPECT_EQ(AsText(sealed).find("wJal"), std::string_view::npos);
}

TEST_F(SealedSecretsTest, RefusesASecretMovedToAnotherRow) {
  for (const auto& move : std::vector<std::function<void(records::StoredAccessKey&)>>{
           [](auto& row) { row.id = "AKIABBBBBBBBBBBBBBBB"; },
           [](auto& row) { row.account = "444455556666"; },
           [](auto& row) { row.user_name = "somebody"; }}) {
    records::StoredAccessKey row = SealedRow();
    move(row);
    const auto opened = secrets.Open(row, Deadline::Never());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kKmsInternal);
    EXPECT_THAT(opened.error().detail, testing::HasSubstr(row.id));
  }
}

TEST_F(SealedSecretsTest, BindsAPasswordToItsKeyStore) {
  domain::CustomKeyStore row;
  row.id = "cks-0123456789abcdef0";
  row.account = "111122223333";
  row.region = "eu-central-1";
  row.sealed_password = *secrets.Seal(row, secret, Deadline::Never());
  EXPECT_EQ(AsText(secrets.Open(row, Deadline::Never())->view()), AsText(secret.view()));
  for (std::string* part : {&row.id, &row.account, &row.region}) {
    const std::string kept = std::exchange(*part, "another");
    EXPECT_FALSE(secrets.Open(row, Deadline::Never())) << kept;
    *part = kept;
  }
}

TEST_F(SealedSecretsTest, RefusesEveryFlippedBitAndEveryTruncation) {
  records::StoredAccessKey row = SealedRow();
  const Bytes sealed = row.sealed_secret;
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    row.sealed_secret = sealed;
    row.sealed_secret[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(secrets.Open(row, Deadline::Never())) << "bit " << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    row.sealed_secret.assign(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(secrets.Open(row, Deadline::Never())) << "size " << size;
  }
}

TEST_F(SealedSecretsTest, OpensAtItsOwnTokenOnly) {
  const records::StoredAccessKey row = SealedRow();
  fakes::FakeCryptoEngine other_token;
  EXPECT_FALSE(SealedSecrets(other_token, random).Open(row, Deadline::Never()));
  fakes::FakeCryptoEngine restarted(nullptr, engine.token());
  EXPECT_TRUE(SealedSecrets(restarted, random).Open(row, Deadline::Never()));
}

TEST_F(SealedSecretsTest, PassesOnWhatTheTokenFailsWith) {
  const records::StoredAccessKey row = SealedRow();
  engine.SetAway(true);
  EXPECT_EQ(secrets.Open(row, Deadline::Never()).error().code, ErrorCode::kDependencyTimeout);
  EXPECT_EQ(secrets.Seal(row, secret, Deadline::Never()).error().code,
            ErrorCode::kDependencyTimeout);
}

}  // namespace
}  // namespace kmaas::identity
