// Goal: a key has exactly the material that its owner imported, on the owner's terms, and works
// exactly while it has all of it. Method: a whole core over the fake token, whose cryptography is
// real; time moves by hand.
#include "tests/api/import_fixture.h"

#include "tests/fakes/fake_token.h"

namespace kmaas::api {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Bytes kFirst(32, 0x41);
const Bytes kSecond(32, 0x42);
const Bytes kThird(32, 0x43);

class ImportMaterial : public Importing {
 protected:
  std::string ArnOfImported() {
    const std::string arn = MakeExternal();
    Import(arn, kFirst);
    return arn;
  }
  std::string Rejected(const std::string& arn, ByteView material) {
    return RefusalOf(Importable(arn, material));
  }
};

TEST_F(ImportMaterial, EnablesAKeyThatHadNone) {
  const std::string arn = MakeExternal();
  EXPECT_EQ(Refusal(Encrypt(arn)), "KMSInvalidStateException: " + arn + " is pending import.");
  const auto reply =
      world_.Must<kms::ImportKeyMaterialResponse>("ImportKeyMaterial", Importable(arn, kFirst));
  EXPECT_EQ(reply.key_id(), arn);
  const kms::KeyMetadata metadata = Describe(arn);
  EXPECT_EQ(metadata.key_state(), "Enabled");
  EXPECT_TRUE(metadata.enabled());
  EXPECT_EQ(metadata.current_key_material_id(), reply.key_material_id());
  EXPECT_EQ(metadata.expiration_model(), "KEY_MATERIAL_DOES_NOT_EXPIRE");
  EXPECT_FALSE(metadata.has_valid_to());
  EXPECT_EQ(Refusal(Encrypt(arn)), "");
  const auto row = RowOf(arn, reply.key_material_id());
  EXPECT_EQ(row->origin, domain::KeyOrigin::kExternal);
  EXPECT_EQ(row->state, domain::KeyMaterialState::kCurrent);
  EXPECT_EQ(row->length_bytes, 32U);
}

TEST_F(ImportMaterial, TakesEveryKindOfKey) {
  for (std::size_t i = 0; i < domain::kCount<domain::KeySpec>; ++i) {
    const auto spec = static_cast<domain::KeySpec>(i);
    SCOPED_TRACE(ToText(spec));
    const std::string arn =
        MakeExternal(std::string(ToText(spec)), std::string(ToText(FactsOf(spec).usages.front())));
    const Parameters parameters = ParametersFor(arn, "RSA_AES_KEY_WRAP_SHA_256");
    Bytes material(domain::SecretLength(spec), 0x42);
    Bytes public_key;
    if (IsAsymmetric(spec)) {
      const crypto::PrivateKey key = fakes::NewPrivateKey(spec);
      material = ToBytes(key.Pkcs8().view());
      public_key = key.PublicKeyInfo();
    }
    const std::string id = Import(Importable(arn, parameters, material));
    EXPECT_EQ(id.empty(), !IsSymmetricEncryption(spec));
    const kms::KeyMetadata metadata = Describe(arn);
    EXPECT_EQ(metadata.key_state(), "Enabled");
    EXPECT_EQ(metadata.has_current_key_material_id(), IsSymmetricEncryption(spec));
    const auto key = *world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, IdIn(arn)));
    EXPECT_EQ(RowOf(arn, key->current_material->ToText())->public_key, public_key);
  }
}

TEST_F(ImportMaterial, WantsTermsThatAgree) {
  const std::string arn = MakeExternal();
  auto request = Importable(arn, kFirst);
  request.clear_expiration_model();
  const std::string kInvalid = "ValidationException: ";
  EXPECT_EQ(RefusalOf(request),
            kInvalid + "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
  Expire(request, hours(1));
  request.set_expiration_model("KEY_MATERIAL_DOES_NOT_EXPIRE");
  EXPECT_EQ(RefusalOf(request), kInvalid +
                                    "A validTo date must not be set if the ExpirationModel is "
                                    "KEY_MATERIAL_DOES_NOT_EXPIRE");
  for (const double past : {0.0, -1.0, ToEpochSeconds(world_.clock.Now()), std::nan("")}) {
    Expire(request, hours(1));
    request.set_valid_to(past);
    EXPECT_EQ(RefusalOf(request), kInvalid + "ValidTo must be in the future.");
  }
  Expire(request, hours(365 * 24) + seconds(1));
  EXPECT_EQ(RefusalOf(request), kInvalid + "ValidTo must not be more than 365 days from now.");
  request.set_valid_to(1e300);
  EXPECT_EQ(RefusalOf(request), kInvalid + "ValidTo must not be more than 365 days from now.");
  Expire(request, hours(365 * 24));
  EXPECT_EQ(RefusalOf(request), "");
  EXPECT_EQ(Describe(arn).valid_to(), request.valid_to());
}

TEST_F(ImportMaterial, KeepsMembersOfSymmetricKeysToThem) {
  const std::string arn = MakeExternal("HMAC_256", "GENERATE_VERIFY_MAC");
  const std::string refusal =
      "UnsupportedOperationException: ImportType, KeyMaterialId and KeyMaterialDescription are "
      "only supported for symmetric encryption keys.";
  auto typed = Importable(arn, kFirst);
  typed.set_import_type("NEW_KEY_MATERIAL");
  EXPECT_EQ(RefusalOf(typed), refusal);
  auto named = Importable(arn, kFirst);
  named.set_key_material_id(std::string(64, 'a'));
  EXPECT_EQ(RefusalOf(named), refusal);
  auto described = Importable(arn, kFirst);
  described.set_key_material_description("described");
  EXPECT_EQ(RefusalOf(described), refusal);
}

TEST_F(ImportMaterial, RefusesWhatIsNoMaterialOfTheKey) {
  const std::string arn = MakeExternal();
  EXPECT_EQ(Rejected(arn, Bytes(31, 1)), "IncorrectKeyMaterialException: ");
  EXPECT_EQ(Rejected(arn, Bytes(33, 1)), "IncorrectKeyMaterialException: ");
  auto request = Importable(arn, kFirst);
  request.set_encrypted_key_material(std::string(256, 'x'));
  EXPECT_EQ(RefusalOf(request), "InvalidCiphertextException: ");
  request.set_encrypted_key_material("x");
  EXPECT_EQ(RefusalOf(request), "InvalidCiphertextException: ");
  EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
  EXPECT_TRUE(Rows<domain::KeyMaterial>().empty());
}

TEST_F(ImportMaterial, HasTheSameIdForTheSameMaterialOfOneKeyOnly) {
  const std::string arn = ArnOfImported();
  const std::string id = Describe(arn).current_key_material_id();
  EXPECT_EQ(Import(arn, kFirst), id);
  EXPECT_NE(Describe(ArnOfImported()).current_key_material_id(), id);
}

TEST_F(ImportMaterial, OfAKeyThatIsNotSymmetricIsTheFirstForEver) {
  const std::string arn = MakeExternal("HMAC_256", "GENERATE_VERIFY_MAC");
  Import(arn, kFirst);
  EXPECT_EQ(Rejected(arn, kSecond),
            "IncorrectKeyMaterialException: The key material is not one that was imported into "
            "this key before.");
  EXPECT_EQ(DeleteMaterial(arn), "");
  EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
  EXPECT_NE(Rejected(arn, kSecond), "");
  EXPECT_EQ(Rejected(arn, kFirst), "");
  EXPECT_EQ(Describe(arn).key_state(), "Enabled");
}

TEST_F(ImportMaterial, IsNewOrKnownAsItsTypeSays) {
  const std::string arn = MakeExternal();
  auto request = Importable(arn, kFirst);
  request.set_import_type("EXISTING_KEY_MATERIAL");
  EXPECT_EQ(RefusalOf(request).substr(0, 29), "IncorrectKeyMaterialException");
  request.set_import_type("NEW_KEY_MATERIAL");
  const std::string id = Import(request);
  EXPECT_EQ(RefusalOf(request).substr(0, 29), "IncorrectKeyMaterialException");
  EXPECT_EQ(Rejected(arn, kSecond).substr(0, 29), "IncorrectKeyMaterialException");
  request.set_key_material_id(id);
  EXPECT_EQ(RefusalOf(request),
            "ValidationException: KeyMaterialId cannot be specified when ImportType is "
            "NEW_KEY_MATERIAL.");
  request.clear_import_type();
  EXPECT_EQ(RefusalOf(request), "");
  auto other = Importable(arn, kSecond);
  other.set_key_material_id(id);
  EXPECT_EQ(RefusalOf(other),
            "IncorrectKeyMaterialException: The key material is not the one that KeyMaterialId "
            "names.");
}

TEST_F(ImportMaterial, WaitsForARotationWhenItIsTheSecond) {
  const std::string arn = ArnOfImported();
  const std::string current = Describe(arn).current_key_material_id();
  const std::string pending = ImportNew(arn, kSecond);
  EXPECT_EQ(RowOf(arn, pending)->state, domain::KeyMaterialState::kPendingRotation);
  EXPECT_EQ(Describe(arn).current_key_material_id(), current);
  auto third = Importable(arn, kThird);
  third.set_import_type("NEW_KEY_MATERIAL");
  const std::string refusal = RefusalOf(third);
  EXPECT_TRUE(refusal.starts_with("KMSInvalidStateException: New key material (id: "));
  EXPECT_TRUE(refusal.ends_with(") cannot be imported into KMS key " + arn +
                                ", because another key material (id: " + pending +
                                ") is pending rotation."));
  EXPECT_EQ(DeleteMaterial(arn, pending), "");
  EXPECT_EQ(RowOf(arn, pending), nullptr);
  EXPECT_EQ(Describe(arn).key_state(), "Enabled");
  EXPECT_EQ(RefusalOf(third), "");
}

TEST_F(ImportMaterial, IsAllNeededOnceItHasBeenRotatedTo) {
  const std::string arn = ArnOfImported();
  const std::string old = Describe(arn).current_key_material_id();
  const std::string next = ImportNew(arn, kSecond);
  domain::KeyMaterial before = *RowOf(arn, old);
  domain::KeyMaterial now = *RowOf(arn, next);
  before.state = domain::KeyMaterialState::kNonCurrent;
  now.state = domain::KeyMaterialState::kCurrent;
  world_.Put(before);
  world_.Put(now);
  EXPECT_EQ(DeleteMaterial(arn, old), "");
  EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
  EXPECT_EQ(Describe(arn).current_key_material_id(), next);
  EXPECT_EQ(DeleteMaterial(arn), "");
  Import(arn, kSecond);
  EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
  EXPECT_EQ(Refusal(Encrypt(arn)), "KMSInvalidStateException: " + arn + " is pending import.");
  Import(arn, kFirst);
  EXPECT_EQ(Describe(arn).key_state(), "Enabled");
  EXPECT_EQ(RowOf(arn, old)->state, domain::KeyMaterialState::kNonCurrent);
}

TEST_F(ImportMaterial, KeepsItsDescriptionUntilAnotherIsGiven) {
  const std::string arn = MakeExternal();
  auto request = Importable(arn, kFirst);
  request.set_key_material_description("from the safe");
  const std::string id = Import(request);
  request.clear_key_material_description();
  Import(request);
  EXPECT_EQ(RowOf(arn, id)->description, "from the safe");
  request.set_key_material_description("from the vault");
  Import(request);
  EXPECT_EQ(RowOf(arn, id)->description, "from the vault");
}

TEST_F(ImportMaterial, LeavesADisabledKeyDisabled) {
  const std::string arn = ArnOfImported();
  kms::DisableKeyRequest disable;
  disable.set_key_id(arn);
  ASSERT_TRUE(world_.Send("DisableKey", disable));
  Import(arn, kFirst);
  EXPECT_EQ(Describe(arn).key_state(), "Disabled");
}

TEST_F(ImportMaterial, IsRefusedByAKeyThatIsPendingDeletion) {
  const std::string arn = MakeExternal();
  const auto request = Importable(arn, kFirst);
  kms::ScheduleKeyDeletionRequest schedule;
  schedule.set_key_id(arn);
  ASSERT_TRUE(world_.Send("ScheduleKeyDeletion", schedule));
  EXPECT_EQ(RefusalOf(request), "KMSInvalidStateException: " + arn + " is pending deletion.");
}

TEST_F(ImportMaterial, IsStillMissingWhenADeletionIsCancelled) {
  const std::string arn = ArnOfImported();
  kms::ScheduleKeyDeletionRequest schedule;
  schedule.set_key_id(arn);
  kms::CancelKeyDeletionRequest cancel;
  cancel.set_key_id(arn);
  ASSERT_TRUE(world_.Send("ScheduleKeyDeletion", schedule));
  ASSERT_TRUE(world_.Send("CancelKeyDeletion", cancel));
  EXPECT_EQ(Describe(arn).key_state(), "Disabled");
  ASSERT_TRUE(world_.Send("ScheduleKeyDeletion", schedule));
  EXPECT_EQ(DeleteMaterial(arn), "");
  EXPECT_EQ(Describe(arn).key_state(), "PendingDeletion");
  ASSERT_TRUE(world_.Send("CancelKeyDeletion", cancel));
  EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
}

TEST_F(ImportMaterial, NeverStandsInStoreOrTrailInTheClear) {
  const std::string arn = MakeExternal();
  const Bytes secret(32, 0x5a);
  Import(arn, secret);
  const std::string needle = ToString(secret).substr(0, 8);
  for (const domain::KeyMaterial& row : Rows<domain::KeyMaterial>()) {
    EXPECT_EQ(records::Table<domain::KeyMaterial>::Encode(row).find(needle), std::string::npos);
  }
  for (const std::string& line : world_.audit.lines())
    EXPECT_EQ(line.find(needle), std::string::npos);
}

}  // namespace
}  // namespace kmaas::api
