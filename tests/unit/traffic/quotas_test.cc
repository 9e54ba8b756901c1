#include "traffic/quotas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/operation.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "operations/operations.h"

namespace kmaas::traffic {
namespace {

const core::Registry& All() {
  static const core::Registry registry = *operations::MakeRegistry();
  return registry;
}

const core::Operation& Find(const std::string& name) {
  for (const auto& one : All().operations())
    if (one->name == name) return *one;
  ADD_FAILURE() << name;
  return *All().operations().front();
}

std::string OfOperation(const std::string& name) {
  const Quotas quotas(All());
  const auto quota = quotas.Of(Find(name));
  return quota ? quotas.names()[*quota] : "by its key";
}

std::string OfUse(const std::string& operation, const domain::Key& key,
                  const google::protobuf::Message* request = nullptr) {
  const Quotas quotas(All());
  const domain::Principal principal;
  core::AccessQuestion question{.principal = principal, .action = "kms:Use", .key = &key};
  question.operation = &Find(operation);
  question.target = question.operation->targets.front().field;
  question.request = request;
  const auto quota = quotas.Of(question);
  return quota ? quotas.names()[*quota] : "none";
}

TEST(Quotas, EveryOperationHasOne) {
  for (const auto& one : All().operations()) {
    const std::string quota = OfOperation(one->name);
    if (one->effect != CRYPTO) {
      EXPECT_EQ(quota, one->name);
    }
  }
  EXPECT_EQ(OfOperation("GenerateRandom"), "symmetric");
  EXPECT_EQ(OfOperation("Decrypt"), "by its key");
}

TEST(Quotas, CryptographyCountsByTheKindOfItsKey) {
  domain::Key key;
  key.spec = domain::KeySpec::kSymmetricDefault;
  EXPECT_EQ(OfUse("Decrypt", key), "symmetric");
  key.spec = domain::KeySpec::kHmac256;
  EXPECT_EQ(OfUse("GenerateMac", key), "symmetric");
  key.spec = domain::KeySpec::kRsa4096;
  EXPECT_EQ(OfUse("Decrypt", key), "rsa");
  EXPECT_EQ(OfUse("Sign", key), "rsa");
  key.spec = domain::KeySpec::kEccNistEdwards25519;
  EXPECT_EQ(OfUse("Sign", key), "ecc");
  key.spec = domain::KeySpec::kSymmetricDefault;
  key.custom_key_store_id = "cks-1";
  EXPECT_EQ(OfUse("Encrypt", key), "custom_key_store");
}

TEST(Quotas, DataKeyPairsCountByTheirSpec) {
  domain::Key key;
  kms::v1::GenerateDataKeyPairRequest request;
  request.set_key_pair_spec("RSA_4096");
  EXPECT_EQ(OfUse("GenerateDataKeyPair", key, &request), "GenerateDataKeyPair_RSA_4096");
  kms::v1::GenerateDataKeyPairWithoutPlaintextRequest without;
  without.set_key_pair_spec("ECC_NIST_P256");
  EXPECT_EQ(OfUse("GenerateDataKeyPairWithoutPlaintext", key, &without),
            "GenerateDataKeyPair_ECC_NIST_P256");
}

// Source: AWS KMS Developer Guide, "Request quotas".
TEST(Quotas, AreThoseOfAws) {
  const Quotas quotas(All());
  const auto rate = [&](const std::string& name) {
    for (Quotas::Index i = 0; i < quotas.names().size(); ++i)
      if (quotas.names()[i] == name) return quotas.RateOf(i, QuotaBase::kAws);
    return -1.0;
  };
  EXPECT_EQ(rate("symmetric"), 10'000);
  EXPECT_EQ(rate("rsa"), 500);
  EXPECT_EQ(rate("DescribeKey"), 2'000);
  EXPECT_EQ(rate("CreateKey"), 5);
  EXPECT_EQ(rate("GetParametersForImport"), 0.25);
  EXPECT_EQ(rate("GenerateDataKeyPair_RSA_4096"), 0.1);
}

TEST(Quotas, SettingsChangeThoseThatTheyName) {
  const Quotas quotas(All());
  QuotaSettings settings;
  settings.base = QuotaBase::kOff;
  settings.rates = {{"rsa", 7}};
  settings.accounts["444455556666"] = {{"rsa", 1}, {"CreateKey", 2}};
  const Rates rates = MakeRates(quotas, settings);
  const std::vector<Rate>& account = rates.accounts.at("444455556666");
  for (Quotas::Index i = 0; i < quotas.names().size(); ++i) {
    const std::string& name = quotas.names()[i];
    EXPECT_EQ(rates.shared[i], name == "rsa" ? PerSecond(7, 14) : Rate{}) << name;
    const Rate own = name == "rsa"         ? PerSecond(1, 2)
                     : name == "CreateKey" ? PerSecond(2, 4)
                                           : Rate{};
    EXPECT_EQ(account[i], own) << name;
  }
}

}  // namespace
}  // namespace kmaas::traffic
