// Goal: the record of every cryptographic operation names the material that was used, in whose
// store, and of a call across accounts each account has its own.
#include <gtest/gtest.h>

#include "records/noted_key_uses.h"
#include "tests/api/key_stores_fixture.h"
#include "tests/api/kinds_fixture.h"

namespace kmaas::api {
namespace {

constexpr char kStranger[] = "999988887777";

class AuditedMaterial : public Kinds {
 protected:
  template <class Request>
  static Request On(const std::string& arn) {
    Request request;
    request.set_key_id(arn);
    return request;
  }
  std::string IdOf(const std::string& arn) { return MaterialOf(arn)->id.ToText(); }
  std::string Noted() { return world_.audit.records().back().key_material_id; }
  std::string Encrypted(const std::string& arn) {
    auto request = On<kms::EncryptRequest>(arn);
    request.set_plaintext("x");
    return world_.Must<kms::EncryptResponse>("Encrypt", request).ciphertext_blob();
  }
  // "noted" when the call succeeds and its record has the current material of the key.
  std::string After(const std::string& operation, const google::protobuf::Message& request,
                    const std::string& arn) {
    const std::string outcome = Outcome(operation, request);
    if (outcome != "answered") return outcome;
    return Noted() == IdOf(arn) ? "noted" : "\"" + Noted() + "\"";
  }
  void AllowStrangers(const std::string& arn) {
    world_.Enrol(kStranger);
    auto put = On<kms::PutKeyPolicyRequest>(arn);
    put.set_policy(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
                   R"(["111122223333","999988887777"]},"Action":"kms:*","Resource":"*"}]})");
    (void)world_.Must<kms::PutKeyPolicyResponse>("PutKeyPolicy", put);
  }
};

TEST_F(AuditedMaterial, IsTheOneThatASymmetricKeyUsed) {
  const std::string arn = world_.MakeKey();
  auto encrypt = On<kms::EncryptRequest>(arn);
  encrypt.set_plaintext("x");
  EXPECT_EQ(After("Encrypt", encrypt, arn), "noted");
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(Encrypted(arn));
  EXPECT_EQ(After("Decrypt", decrypt, arn), "noted");
  auto data_key = On<kms::GenerateDataKeyRequest>(arn);
  data_key.set_key_spec("AES_256");
  EXPECT_EQ(After("GenerateDataKey", data_key, arn), "noted");
  auto sealed = On<kms::GenerateDataKeyWithoutPlaintextRequest>(arn);
  sealed.set_key_spec("AES_256");
  EXPECT_EQ(After("GenerateDataKeyWithoutPlaintext", sealed, arn), "noted");
  auto pair = On<kms::GenerateDataKeyPairRequest>(arn);
  pair.set_key_pair_spec("ECC_NIST_P256");
  EXPECT_EQ(After("GenerateDataKeyPair", pair, arn), "noted");
  auto sealed_pair = On<kms::GenerateDataKeyPairWithoutPlaintextRequest>(arn);
  sealed_pair.set_key_pair_spec("ECC_NIST_P256");
  EXPECT_EQ(After("GenerateDataKeyPairWithoutPlaintext", sealed_pair, arn), "noted");
}

TEST_F(AuditedMaterial, IsTheOneThatSignedAuthenticatedOrAgreed) {
  const std::string signer = world_.MakeKey("ECC_NIST_P256", "SIGN_VERIFY");
  auto sign = On<kms::SignRequest>(signer);
  sign.set_message("m");
  sign.set_signing_algorithm("ECDSA_SHA_256");
  EXPECT_EQ(After("Sign", sign, signer), "noted");
  auto verify = On<kms::VerifyRequest>(signer);
  verify.set_message("m");
  verify.set_signing_algorithm("ECDSA_SHA_256");
  verify.set_signature(world_.Must<kms::SignResponse>("Sign", sign).signature());
  EXPECT_EQ(After("Verify", verify, signer), "noted");
  const std::string hmac = world_.MakeKey("HMAC_256", "GENERATE_VERIFY_MAC");
  auto generate = On<kms::GenerateMacRequest>(hmac);
  generate.set_message("m");
  generate.set_mac_algorithm("HMAC_SHA_256");
  EXPECT_EQ(After("GenerateMac", generate, hmac), "noted");
  auto check = On<kms::VerifyMacRequest>(hmac);
  check.set_message("m");
  check.set_mac_algorithm("HMAC_SHA_256");
  check.set_mac(world_.Must<kms::GenerateMacResponse>("GenerateMac", generate).mac());
  EXPECT_EQ(After("VerifyMac", check, hmac), "noted");
  const std::string agreer = world_.MakeKey("ECC_NIST_P256", "KEY_AGREEMENT");
  auto derive = On<kms::DeriveSharedSecretRequest>(agreer);
  derive.set_key_agreement_algorithm("ECDH");
  derive.set_public_key(PublicKeyOf(agreer));
  EXPECT_EQ(After("DeriveSharedSecret", derive, agreer), "noted");
}

TEST_F(AuditedMaterial, IsThatOfTheCiphertextAfterARotation) {
  const std::string arn = world_.MakeKey();
  const std::string before = IdOf(arn);
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(Encrypted(arn));
  domain::KeyMaterial next = *MaterialOf(arn);
  const auto id = *domain::KeyId::Parse(arn.substr(arn.rfind('/') + 1));
  domain::Key key = **world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, id));
  next.id = domain::MaterialId::Parse(std::string(64, 'a')).value();
  key.current_material = next.id;
  world_.Put(next);
  world_.Put(key);
  (void)world_.Must<kms::DecryptResponse>("Decrypt", decrypt);
  EXPECT_EQ(Noted(), before);
  EXPECT_NE(IdOf(arn), before);
}

TEST_F(AuditedMaterial, IsThatOfBothKeysOfReEncrypt) {
  const std::string source = world_.MakeKey();
  const std::string destination = world_.MakeKey();
  kms::ReEncryptRequest request;
  request.set_ciphertext_blob(Encrypted(source));
  request.set_destination_key_id(destination);
  (void)world_.Must<kms::ReEncryptResponse>("ReEncrypt", request);
  EXPECT_EQ(Noted(), IdOf(source) + " " + IdOf(destination));
}

TEST_F(AuditedMaterial, IsNoneWhereNoneIsUsed) {
  const std::string arn = world_.MakeKey("ECC_NIST_P256", "SIGN_VERIFY");
  (void)PublicKeyOf(arn);
  EXPECT_EQ(Noted(), "");
  (void)world_.Must<kms::DescribeKeyResponse>("DescribeKey", On<kms::DescribeKeyRequest>(arn));
  EXPECT_EQ(Noted(), "");
  EXPECT_EQ(world_.audit.records().back().custom_key_store_id, "");
}

TEST_F(AuditedMaterial, IsToldToBothAccountsOfAUseAcrossThem) {
  records::NotedKeyUses uses(world_.catalog, world_.clock.Now());
  world_.services.key_uses = &uses;
  const std::string arn = world_.MakeKey();
  AllowStrangers(arn);
  auto encrypt = On<kms::EncryptRequest>(arn);
  encrypt.set_plaintext("x");
  const std::size_t before = world_.audit.records().size();
  ASSERT_TRUE(world_.SendAs(Administrator(kStranger), "Encrypt", encrypt));
  const auto records = world_.audit.records();
  ASSERT_EQ(records.size(), before + 2);
  EXPECT_EQ(records[before + 1].recipient_account, kAccount);
  EXPECT_EQ(records[before].shared_event_id, records[before + 1].shared_event_id);
  for (std::size_t at : {before, before + 1}) EXPECT_EQ(records[at].key_material_id, IdOf(arn));
  // The owner finds in its own trail what it is told of the last use.
  const auto usage = world_.Must<kms::GetKeyLastUsageResponse>(
      "GetKeyLastUsage", On<kms::GetKeyLastUsageRequest>(arn));
  EXPECT_EQ(usage.key_last_usage().cloud_trail_event_id(), records[before + 1].event_id);
}

class AuditedStore : public KeyStoresTest {};

TEST_F(AuditedStore, IsTheOneThatTheKeyLivesIn) {
  const std::string store = Connected();
  const std::string key = MakeKeyIn(store);
  ASSERT_TRUE(Encrypt(key));
  EXPECT_EQ(world_.audit.records().back().custom_key_store_id, store);
  (void)world_.Must<kms::DescribeKeyResponse>("DescribeKey", OnKey<kms::DescribeKeyRequest>(key));
  EXPECT_EQ(world_.audit.records().back().custom_key_store_id, store);
}

}  // namespace
}  // namespace kmaas::api
