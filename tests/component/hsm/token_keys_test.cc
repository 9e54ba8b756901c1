// Goal: the list has every key that the engine makes for customers and nothing else, and what is
// destroyed by it is that one key.
#include "hsm/token_keys.h"

#include <gmock/gmock.h>

#include "hsm/key_templates.h"
#include "tests/component/hsm/fixture.h"
#include "tests/component/hsm/key_kinds.h"
#include "tests/fakes/import_wrapping.h"

namespace kmaas::hsm {
namespace {

using domain::Custody;
using domain::KeySpec;
using domain::KeyUsage;
using domain::WrappingAlgorithm;
using domain::WrappingKeySpec;
using ports::TokenKey;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr WrappingAlgorithm kAlgorithm = WrappingAlgorithm::kRsaesOaepSha256;
constexpr WrappingKeySpec kPairSize = WrappingKeySpec::kRsa2048;

class TokenKeysTest : public HsmTest {
 protected:
  TokenKeysTest() { Open(); }
  std::vector<TokenKey> Listed() { return Must(engine().token_keys().List(Never())); }
  static TokenKey Named(const domain::KeyMaterial& material) {
    return {TokenKey::Kind::kResident, ToBytes(material.id.bits)};
  }
  Result<void> Destroy(const TokenKey& key) { return engine().token_keys().Destroy(key, Never()); }
};

TEST_F(TokenKeysTest, AreThoseOfCustomersThatStay) {
  EXPECT_THAT(Listed(), IsEmpty());
  (void)Generate(engine(), Custody::kWrapped);
  const auto resident = Generate(engine(), Custody::kResident);
  domain::ImportKeyId pair;
  pair.bits.fill(7);
  Must(engine().MakeImportKey(pair, kPairSize, kAlgorithm, Never()));
  Must(engine().anchor().WriteAnchor({1, 1, {}}, Never()));
  const TokenKey import_key{TokenKey::Kind::kImport, ToBytes(pair.bits)};
  EXPECT_THAT(Listed(), UnorderedElementsAre(Named(resident), import_key));
  EXPECT_TRUE(Destroy(import_key));
  EXPECT_TRUE(Destroy(import_key));  // it is gone
  EXPECT_THAT(Listed(), UnorderedElementsAre(Named(resident)));
  EXPECT_FALSE(Mac(engine(), resident).empty());
}

TEST_F(TokenKeysTest, AreForgottenWhenTheyAreDestroyed) {
  const auto first = Generate(engine(), Custody::kResident);
  const auto second = Generate(engine(), Custody::kResident);
  const Bytes before = Mac(engine(), second);
  (void)Mac(engine(), first);
  ASSERT_TRUE(Destroy(Named(first)));
  EXPECT_TRUE(MacError(engine(), first).has_value());
  EXPECT_EQ(Mac(engine(), second), before);
  engine_->Close();
  Open();
  EXPECT_THAT(Listed(), UnorderedElementsAre(Named(second)));
}

// Only what is as the engine makes it: private, sensitive, and named by an id of its size.
TEST_F(TokenKeysTest, AreNotWhatOthersHavePutThere) {
  {
    const Intruder intruder(token_, Intruder::Module::kShared);
    const auto put = [&](std::string_view label, std::size_t id_bytes, bool sensitive) {
      ObjectHandle made;
      const Rv rv = intruder.session().GenerateKey(
          CKM_AES_KEY_GEN,
          Template({Is(CKA_TOKEN), Is(CKA_PRIVATE),
                    sensitive ? Is(CKA_SENSITIVE) : IsNot(CKA_SENSITIVE), IsNot(CKA_EXTRACTABLE),
                    Number(CKA_VALUE_LEN, 32), Text(CKA_LABEL, label),
                    Raw(CKA_ID, Bytes(id_bytes, 1))}),
          made);
      ASSERT_TRUE(rv.ok());
    };
    put("somebody's", 32, true);
    put(kResidentLabel, 31, true);
    put(kResidentLabel, 32, false);
  }
  EXPECT_THAT(Listed(), IsEmpty());
}

// The id of imported material follows from the material: what a crash left behind may be imported
// again at any moment, and is then a key that has its row.
TEST_F(TokenKeysTest, AreSparedOnceAnImportHoldsThem) {
  domain::ImportKeyId pair;
  pair.bits.fill(8);
  const Bytes public_key = Must(engine().MakeImportKey(pair, kPairSize, kAlgorithm, Never()));
  auto plan = PlanFor(KeySpec::kSymmetricDefault, KeyUsage::kEncryptDecrypt, Custody::kResident);
  plan.id = {};
  const auto imported = Must(engine().ImportMaterial(
      {pair, kAlgorithm, plan},
      fakes::WrapForImport(public_key, kPairSize, kAlgorithm, Bytes(32, 9)), Never()));
  const auto refused = Destroy({TokenKey::Kind::kResident, ToBytes(imported.id.bits)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(Listed().size(), 2U);
}

TEST_F(TokenKeysTest, HaveIdsOfOneSize) {
  EXPECT_EQ(Destroy({TokenKey::Kind::kResident, Bytes(31)}).error().code, ErrorCode::kValidation);
  EXPECT_EQ(Destroy({TokenKey::Kind::kImport, {}}).error().code, ErrorCode::kValidation);
}

}  // namespace
}  // namespace kmaas::hsm
