// Imported material of keys of several Regions: each imports for itself, and all have the same.
#include "tests/api/import_fixture.h"

namespace kmaas::api {
namespace {

using domain::KeyMaterialState;

constexpr char kOther[] = "eu-west-1";
const Bytes kFirst(32, 0x41);
const Bytes kSecond(32, 0x42);

class ImportRegions : public Importing {
 protected:
  ImportRegions()
      : other_(world_, kOther), arn_(MakeExternal("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", true)) {}

  std::string Here() { return IdIn(arn_).ToText(); }
  // What the replica answers; the id of the material when it takes it.
  Result<std::string> ImportThere(ByteView material, const std::string& type = "") {
    const auto asking = Asking(Here(), "RSAES_OAEP_SHA_256");
    KM_TRY(const auto reply, other_.Send("GetParametersForImport", asking));
    auto request = Importable(
        Here(),
        ParametersIn(static_cast<const kms::GetParametersForImportResponse&>(*reply), asking),
        material);
    if (!type.empty()) request.set_import_type(type);
    KM_TRY(const auto imported, other_.Send("ImportKeyMaterial", request));
    return static_cast<const kms::ImportKeyMaterialResponse&>(*imported).key_material_id();
  }
  kms::KeyMetadata There() {
    kms::DescribeKeyRequest request;
    request.set_key_id(Here());
    const auto reply = other_.Send("DescribeKey", request);
    return static_cast<const kms::DescribeKeyResponse&>(**reply).key_metadata();
  }

  OtherRegion other_;
  std::string arn_;
};

TEST_F(ImportRegions, ImportForThemselves) {
  Replicate(arn_, kOther);
  const std::string refusal =
      "IncorrectKeyMaterialException: A replica key takes only the key material of its primary "
      "key.";
  EXPECT_EQ(Refusal(ImportThere(kFirst)), refusal);
  const std::string id = Import(arn_, kFirst);
  EXPECT_EQ(There().key_state(), "PendingImport");
  EXPECT_EQ(Refusal(ImportThere(kSecond)), refusal);
  EXPECT_EQ(Refusal(ImportThere(kFirst, "NEW_KEY_MATERIAL")), refusal);
  const auto imported = ImportThere(kFirst);
  ASSERT_TRUE(imported);
  EXPECT_EQ(*imported, id);
  EXPECT_EQ(There().key_state(), "Enabled");
  EXPECT_EQ(There().current_key_material_id(), id);
}

TEST_F(ImportRegions, TakeNoTokenOfEachOther) {
  Replicate(arn_, kOther);
  Import(arn_, kFirst);
  auto request = Importable(Here(), ParametersFor(arn_), kFirst);
  EXPECT_EQ(Refusal(other_.Send("ImportKeyMaterial", request)), "InvalidImportTokenException: ");
}

TEST_F(ImportRegions, WaitForEachOtherBeforeARotation) {
  Replicate(arn_, kOther);
  Import(arn_, kFirst);
  ASSERT_TRUE(ImportThere(kFirst));
  const std::string next = ImportNew(arn_, kSecond);
  EXPECT_EQ(RowOf(arn_, next)->state, KeyMaterialState::kPendingMultiRegionImportAndRotation);
  EXPECT_EQ(Refusal(ImportThere(kSecond)), "");
  EXPECT_EQ(RowOf(arn_, next)->state, KeyMaterialState::kPendingRotation);
  EXPECT_EQ(RowOf(arn_, next, kOther)->state, KeyMaterialState::kPendingRotation);
  EXPECT_EQ(There().key_state(), "Enabled");
}

TEST_F(ImportRegions, WaitAgainWhenOneLosesWhatItHad) {
  Replicate(arn_, kOther);
  Import(arn_, kFirst);
  ASSERT_TRUE(ImportThere(kFirst));
  const std::string next = ImportNew(arn_, kSecond);
  ASSERT_TRUE(ImportThere(kSecond));
  kms::DeleteImportedKeyMaterialRequest request;
  request.set_key_id(Here());
  request.set_key_material_id(next);
  ASSERT_EQ(Refusal(other_.Send("DeleteImportedKeyMaterial", request)), "");
  for (const char* region : {kRegion, kOther}) {
    EXPECT_EQ(RowOf(arn_, next, region)->state,
              KeyMaterialState::kPendingMultiRegionImportAndRotation);
  }
}

TEST_F(ImportRegions, WaitForAReplicaThatComesLater) {
  world_.services.regions = {kRegion, kOther};
  Import(arn_, kFirst);
  const std::string next = ImportNew(arn_, kSecond);
  EXPECT_EQ(RowOf(arn_, next)->state, KeyMaterialState::kPendingRotation);
  kms::ReplicateKeyRequest request;
  request.set_key_id(arn_);
  request.set_replica_region(kOther);
  ASSERT_EQ(Refusal(world_.Send("ReplicateKey", request)), "");
  for (const char* region : {kRegion, kOther}) {
    EXPECT_EQ(RowOf(arn_, next, region)->state,
              KeyMaterialState::kPendingMultiRegionImportAndRotation);
  }
}

TEST_F(ImportRegions, AreAllNamedInTheRecordOfAnImport) {
  Replicate(arn_, kOther);
  Import(arn_, kFirst);
  const auto record = world_.audit.records().back();
  ASSERT_EQ(record.event_name, "ImportKeyMaterial");
  ASSERT_EQ(record.resources.size(), 2U);
  EXPECT_EQ(record.resources[1].arn, domain::KeyArn(kOther, kAccount, IdIn(arn_)));
}

TEST_F(ImportRegions, LoseAPendingMaterialWithThePrimary) {
  Replicate(arn_, kOther);
  Import(arn_, kFirst);
  ASSERT_TRUE(ImportThere(kFirst));
  const std::string next = ImportNew(arn_, kSecond);
  ASSERT_TRUE(ImportThere(kSecond));
  EXPECT_EQ(DeleteMaterial(arn_, next), "");
  EXPECT_EQ(RowOf(arn_, next), nullptr);
  EXPECT_EQ(RowOf(arn_, next, kOther), nullptr);
  EXPECT_EQ(There().key_state(), "Enabled");
}

TEST_F(ImportRegions, DeleteTheirOwnAlone) {
  world_.services.default_custody = domain::Custody::kResident;
  arn_ = MakeExternal("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", true);
  Replicate(arn_, kOther);
  const std::string id = Import(arn_, kFirst);
  ASSERT_TRUE(ImportThere(kFirst));
  const domain::KeyMaterial claimed = *RowOf(arn_, id);
  kms::DeleteImportedKeyMaterialRequest request;
  request.set_key_id(Here());
  EXPECT_EQ(Refusal(other_.Send("DeleteImportedKeyMaterial", request)), "");
  EXPECT_EQ(There().key_state(), "PendingImport");
  EXPECT_EQ(Describe(arn_).key_state(), "Enabled");
  EXPECT_EQ(Refusal(Encrypt(arn_)), "");
  EXPECT_EQ(DeleteMaterial(arn_), "");
  EXPECT_FALSE(world_.engine.DeriveMessageKey(claimed, kFirst, Deadline::Never()));
}

}  // namespace
}  // namespace kmaas::api
