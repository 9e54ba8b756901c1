// Goal: CreateKey makes keys of every kind that there is, and DescribeKey claims of each what it
// can do. Method: every spec with every usage, against the table; real keys of the fake token.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/public_key.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "ports/key_store_engines.h"
#include "tests/api/environment.h"

namespace kmaas::api {
namespace {

namespace kms = ::kmaas::kms::v1;
using testing::HasSubstr;

class CreateKey : public testing::Test {
 protected:
  kms::KeyMetadata Make(const kms::CreateKeyRequest& request) {
    return world_.Must<kms::CreateKeyResponse>("CreateKey", request).key_metadata();
  }
  kms::KeyMetadata Make(domain::KeySpec spec, domain::KeyUsage usage) {
    kms::CreateKeyRequest request;
    request.set_key_spec(std::string(ToText(spec)));
    request.set_key_usage(std::string(ToText(usage)));
    return Make(request);
  }
  // "code: message".
  std::string Refusal(const kms::CreateKeyRequest& request) {
    const auto reply = world_.Send("CreateKey", request);
    if (reply) return "made";
    return std::to_string(static_cast<int>(reply.error().code)) + ": " + reply.error().message;
  }
  static std::string Told(ErrorCode code, const std::string& message) {
    return std::to_string(static_cast<int>(code)) + ": " + message;
  }
  std::shared_ptr<const domain::Key> KeyOf(const kms::KeyMetadata& metadata) {
    const auto id = domain::KeyId::Parse(metadata.key_id());
    return *world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, *id));
  }
  std::shared_ptr<const domain::KeyMaterial> MaterialOf(const domain::Key& key) {
    return *world_.catalog.Find<domain::KeyMaterial>(
        records::MaterialRow(kRegion, key.id, *key.current_material));
  }

  Environment world_;
};

template <class Algorithm>
std::vector<std::string> Texts(std::span<const Algorithm> algorithms) {
  std::vector<std::string> texts;
  for (const Algorithm algorithm : algorithms) texts.emplace_back(ToText(algorithm));
  return texts;
}
std::vector<std::string> Texts(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

void ExpectAlgorithmsOf(const kms::KeyMetadata& metadata, domain::KeySpec spec,
                        domain::KeyUsage usage) {
  EXPECT_EQ(Texts(metadata.encryption_algorithms()), Texts(EncryptionAlgorithms(spec, usage)));
  EXPECT_EQ(Texts(metadata.signing_algorithms()), Texts(SigningAlgorithms(spec, usage)));
  EXPECT_EQ(Texts(metadata.mac_algorithms()), Texts(MacAlgorithms(spec, usage)));
  EXPECT_EQ(Texts(metadata.key_agreement_algorithms()), Texts(KeyAgreementAlgorithms(spec, usage)));
}

TEST_F(CreateKey, MakesEverySpecWithEachOfItsUsages) {
  for (std::size_t i = 0; i < domain::kCount<domain::KeySpec>; ++i) {
    const auto spec = static_cast<domain::KeySpec>(i);
    for (const domain::KeyUsage usage : FactsOf(spec).usages) {
      SCOPED_TRACE(std::string(ToText(spec)) + " " + std::string(ToText(usage)));
      const kms::KeyMetadata made = Make(spec, usage);
      EXPECT_EQ(made.key_spec(), ToText(spec));
      EXPECT_EQ(made.customer_master_key_spec(), ToText(spec));
      EXPECT_EQ(made.key_usage(), ToText(usage));
      ExpectAlgorithmsOf(made, spec, usage);
      EXPECT_EQ(made.has_current_key_material_id(), IsSymmetricEncryption(spec));
      kms::DescribeKeyRequest describe;
      describe.set_key_id(made.arn());
      const auto described = world_.Must<kms::DescribeKeyResponse>("DescribeKey", describe);
      EXPECT_EQ(described.key_metadata().SerializeAsString(), made.SerializeAsString());
    }
  }
}

TEST_F(CreateKey, KeepsThePublicHalfWithTheMaterial) {
  for (std::size_t i = 0; i < domain::kCount<domain::KeySpec>; ++i) {
    const auto spec = static_cast<domain::KeySpec>(i);
    SCOPED_TRACE(ToText(spec));
    const auto key = KeyOf(Make(spec, FactsOf(spec).usages.front()));
    const auto material = MaterialOf(*key);
    EXPECT_EQ(material->spec, spec);
    EXPECT_EQ(material->usage, key->usage);
    EXPECT_EQ(material->key_id, key->id);
    EXPECT_EQ(material->account, kAccount);
    EXPECT_EQ(material->region, kRegion);
    EXPECT_EQ(material->created, key->created);
    EXPECT_EQ(material->length_bytes, domain::SecretLength(spec));
    EXPECT_EQ(crypto::PublicKey::Parse(spec, material->public_key).has_value(),
              domain::IsAsymmetric(spec));
  }
}

TEST_F(CreateKey, ClaimsNoCustodyThatTheTokenCannotGive) {
  const auto edwards =
      KeyOf(Make(domain::KeySpec::kEccNistEdwards25519, domain::KeyUsage::kSignVerify));
  EXPECT_EQ(edwards->custody, domain::Custody::kProcess);
  EXPECT_EQ(MaterialOf(*edwards)->custody, domain::Custody::kProcess);
  EXPECT_EQ(MaterialOf(*edwards)->dialect, domain::WrapDialect::kProcessSeal);
  const auto rsa = KeyOf(Make(domain::KeySpec::kRsa2048, domain::KeyUsage::kSignVerify));
  EXPECT_EQ(rsa->custody, domain::Custody::kWrapped);
}

TEST_F(CreateKey, RefusesEveryUsageThatDoesNotFitItsSpec) {
  for (std::size_t i = 0; i < domain::kCount<domain::KeySpec>; ++i) {
    const auto spec = static_cast<domain::KeySpec>(i);
    for (const char* usage : {"ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC",
                              "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"}) {
      const auto known = domain::FromText<domain::KeyUsage>(usage);
      if (known && Admits(spec, *known)) continue;
      kms::CreateKeyRequest request;
      request.set_key_spec(std::string(ToText(spec)));
      request.set_key_usage(usage);
      EXPECT_EQ(Refusal(request),
                Told(ErrorCode::kValidation, "KeyUsage " + std::string(usage) +
                                                 " is not compatible with KeySpec " +
                                                 std::string(ToText(spec))));
    }
  }
}

TEST_F(CreateKey, WantsAUsageForAllButSymmetricEncryptionKeys) {
  for (std::size_t i = 0; i < domain::kCount<domain::KeySpec>; ++i) {
    const auto spec = static_cast<domain::KeySpec>(i);
    kms::CreateKeyRequest request;
    request.set_key_spec(std::string(ToText(spec)));
    const std::string refusal = Refusal(request);
    EXPECT_EQ(refusal,
              domain::IsSymmetricEncryption(spec)
                  ? "made"
                  : Told(ErrorCode::kValidation,
                         "You must specify a KeyUsage value for all KMS keys except for symmetric "
                         "encryption keys."));
  }
}

TEST_F(CreateKey, MakesNoMaterialForAKeyThatWillBeImported) {
  const std::uint64_t before = world_.engine.calls();
  kms::CreateKeyRequest request;
  request.set_origin("EXTERNAL");
  request.set_key_spec("RSA_2048");
  request.set_key_usage("SIGN_VERIFY");
  const kms::KeyMetadata made = Make(request);
  EXPECT_EQ(made.origin(), "EXTERNAL");
  EXPECT_EQ(made.key_state(), "PendingImport");
  EXPECT_FALSE(made.enabled());
  EXPECT_FALSE(made.has_expiration_model());
  EXPECT_FALSE(KeyOf(made)->current_material);
  EXPECT_EQ(world_.engine.calls(), before);
}

TEST_F(CreateKey, MakesAPrimaryKeyForSeveralRegions) {
  kms::CreateKeyRequest request;
  request.set_multi_region(true);
  const kms::KeyMetadata made = Make(request);
  EXPECT_THAT(made.key_id(), testing::MatchesRegex("mrk-[0-9a-f]+"));
  EXPECT_TRUE(made.multi_region());
  const kms::MultiRegionConfiguration& regions = made.multi_region_configuration();
  EXPECT_EQ(regions.multi_region_key_type(), "PRIMARY");
  EXPECT_EQ(regions.primary_key().arn(), made.arn());
  EXPECT_EQ(regions.primary_key().region(), kRegion);
  EXPECT_EQ(regions.replica_keys_size(), 0);
}

TEST_F(CreateKey, WantsAKeyStoreThatIsThereAndConnected) {
  kms::CreateKeyRequest request;
  request.set_origin("AWS_CLOUDHSM");
  EXPECT_THAT(Refusal(request), HasSubstr("You must specify a CustomKeyStoreId"));
  request.set_custom_key_store_id("cks-0123456789abcdef0");
  EXPECT_EQ(Refusal(request), Told(ErrorCode::kCustomKeyStoreNotFound, ""));
  domain::CustomKeyStore store;
  store.id = request.custom_key_store_id();
  store.account = kAccount;
  store.region = kRegion;
  ASSERT_TRUE(world_.catalog.Write([&](records::Changes& changes) { return changes.Put(store); },
                                   Deadline::Never()));
  EXPECT_EQ(Refusal(request), Told(ErrorCode::kCustomKeyStoreInvalidState, ""));
  request.clear_origin();
  EXPECT_THAT(Refusal(request), HasSubstr("not compatible with Origin AWS_KMS"));
}

// The engines of key stores: one.
class OneStore final : public ports::KeyStoreEngines {
 public:
  Result<std::shared_ptr<ports::CryptoEngine>> EngineOf(std::string_view /*id*/) override {
    return std::shared_ptr<ports::CryptoEngine>(engine);
  }
  std::optional<ports::KeyStoreToken> FindCluster(std::string_view /*account*/,
                                                  std::string_view /*id*/) const override {
    return std::nullopt;
  }
  void Connect(ports::KeyStoreConnection /*connection*/) override {}
  void Disconnect(std::string_view /*id*/) override {}
  std::shared_ptr<fakes::FakeCryptoEngine> engine = std::make_shared<fakes::FakeCryptoEngine>();
};

TEST_F(CreateKey, MakesTheKeysOfAStoreInItsToken) {
  OneStore engines;
  world_.services.key_stores = &engines;
  domain::CustomKeyStore store;
  store.id = "cks-0123456789abcdef0";
  store.account = kAccount;
  store.region = kRegion;
  store.cloud_hsm_cluster_id = "cluster-abcdefg2345";
  store.connection_state = domain::ConnectionState::kConnected;
  ASSERT_TRUE(world_.catalog.Write([&](records::Changes& changes) { return changes.Put(store); },
                                   Deadline::Never()));
  kms::CreateKeyRequest request;
  request.set_origin("AWS_CLOUDHSM");
  request.set_custom_key_store_id(store.id);
  const std::uint64_t own_calls = world_.engine.calls();
  const kms::KeyMetadata made = Make(request);
  EXPECT_EQ(made.custom_key_store_id(), store.id);
  EXPECT_EQ(made.cloud_hsm_cluster_id(), store.cloud_hsm_cluster_id);
  EXPECT_EQ(KeyOf(made)->custody, domain::Custody::kResident);
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(made.arn());
  encrypt.set_plaintext("x");
  EXPECT_TRUE(world_.Send("Encrypt", encrypt));
  EXPECT_EQ(engines.engine->calls(), 2U);
  EXPECT_EQ(world_.engine.calls(), own_calls);
}

TEST_F(CreateKey, RefusesKindsThatAreKnownAndNotServed) {
  for (const char* spec :
       {"SM2", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"}) {
    kms::CreateKeyRequest request;
    request.set_key_spec(spec);
    request.set_key_usage("SIGN_VERIFY");
    EXPECT_EQ(Refusal(request),
              Told(ErrorCode::kUnsupportedOperation,
                   "KeySpec " + std::string(spec) + " is not supported by this server."));
  }
  kms::CreateKeyRequest request;
  request.set_key_spec("RSA_1024");
  EXPECT_THAT(Refusal(request), HasSubstr("Member must satisfy enum value set: ["));
}

}  // namespace
}  // namespace kmaas::api
