// Goal: imported material ends when its owner deletes it or its time is over, in the token too; a
// failing neighbour leaves nothing half-made. Method: a clock that moves by hand, and the n-th call
// of token or trail that fails, for every n.
#include "tests/api/import_fixture.h"

namespace kmaas::api {
namespace {

using std::chrono::hours;

const Bytes kFirst(32, 0x41);
const Bytes kSecond(32, 0x42);

class ImportedMaterialEnd : public Importing {
 protected:
  // For an hour.
  std::string ImportForAnHour(const std::string& arn, ByteView material) {
    auto request = Importable(arn, material);
    Expire(request, hours(1));
    return Import(request);
  }
  std::vector<records::DueWork> DueExpiries() {
    std::vector<records::DueWork> due;
    for (const records::DueWork& work : Rows<records::DueWork>()) {
      if (work.work == records::Work::kExpireMaterial) due.push_back(work);
    }
    return due;
  }
  static std::string PendingImport(const std::string& arn) {
    return "KMSInvalidStateException: " + arn + " is pending import.";
  }
};

TEST_F(ImportedMaterialEnd, IsADeletionByItsOwner) {
  const std::string arn = MakeExternal();
  const std::string id = Import(arn, kFirst);
  kms::DeleteImportedKeyMaterialRequest request;
  request.set_key_id(arn);
  const auto reply =
      world_.Must<kms::DeleteImportedKeyMaterialResponse>("DeleteImportedKeyMaterial", request);
  EXPECT_EQ(reply.key_id(), arn);
  EXPECT_EQ(reply.key_material_id(), id);
  const kms::KeyMetadata metadata = Describe(arn);
  EXPECT_EQ(metadata.key_state(), "PendingImport");
  EXPECT_EQ(metadata.current_key_material_id(), id);
  EXPECT_FALSE(metadata.has_expiration_model());
  EXPECT_TRUE(RowOf(arn, id)->blob.empty());
  EXPECT_EQ(Refusal(Encrypt(arn)), PendingImport(arn));
  EXPECT_EQ(DeleteMaterial(arn), "");
}

TEST_F(ImportedMaterialEnd, OfAKeyWithoutMaterialChangesNothing) {
  const std::string arn = MakeExternal();
  EXPECT_EQ(DeleteMaterial(arn), "");
  const std::string unknown(64, 'a');
  EXPECT_EQ(DeleteMaterial(arn, unknown), "NotFoundException: Key material '" + unknown +
                                              "' of key '" + arn + "' does not exist");
  const std::string own = world_.MakeKey();
  EXPECT_EQ(DeleteMaterial(own), "UnsupportedOperationException: " + own +
                                     " origin is AWS_KMS which is not valid for this operation.");
}

TEST_F(ImportedMaterialEnd, BindsFromItsMomentOn) {
  const std::string arn = MakeExternal();
  const std::string id = ImportForAnHour(arn, kFirst);
  const auto sealed = Encrypt(arn);
  ASSERT_TRUE(sealed);
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(static_cast<const kms::EncryptResponse&>(**sealed).ciphertext_blob());
  EXPECT_EQ(Describe(arn).expiration_model(), "KEY_MATERIAL_EXPIRES");
  ASSERT_EQ(DueExpiries().size(), 1U);
  world_.clock.Advance(hours(1) - std::chrono::milliseconds(1));
  EXPECT_EQ(Refusal(Encrypt(arn)), "");
  EXPECT_EQ(EndMaterial(arn, id), "KMSInvalidStateException: Key material '" + id + "' of key '" +
                                      arn + "' has not expired.");
  world_.clock.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(Refusal(Encrypt(arn)), PendingImport(arn));
  EXPECT_EQ(Refusal(world_.Send("Decrypt", decrypt)), PendingImport(arn));
  EXPECT_EQ(EndMaterial(arn, id), "");
  EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
  EXPECT_FALSE(Describe(arn).has_valid_to());
  EXPECT_TRUE(DueExpiries().empty());
  Import(arn, kFirst);
  EXPECT_EQ(Refusal(world_.Send("Decrypt", decrypt)), "");
}

TEST_F(ImportedMaterialEnd, IsPutOffByAnotherImport) {
  const std::string arn = MakeExternal();
  const std::string id = ImportForAnHour(arn, kFirst);
  world_.clock.Advance(std::chrono::minutes(30));
  ImportForAnHour(arn, kFirst);
  ASSERT_EQ(DueExpiries().size(), 1U);
  world_.clock.Advance(std::chrono::minutes(30));
  EXPECT_NE(EndMaterial(arn, id), "");
  EXPECT_EQ(Refusal(Encrypt(arn)), "");
  Import(arn, kFirst);
  EXPECT_TRUE(DueExpiries().empty());
  EXPECT_EQ(Describe(arn).expiration_model(), "KEY_MATERIAL_DOES_NOT_EXPIRE");
  world_.clock.Advance(hours(1000));
  EXPECT_EQ(Refusal(Encrypt(arn)), "");
}

TEST_F(ImportedMaterialEnd, OfAKeyIsThatOfTheFirstOfItsMaterials) {
  const std::string arn = MakeExternal();
  const std::string old = ImportForAnHour(arn, kFirst);
  auto request = Importable(arn, kSecond);
  request.set_import_type("NEW_KEY_MATERIAL");
  const std::string next = Import(request);
  domain::KeyMaterial before = *RowOf(arn, old);
  domain::KeyMaterial now = *RowOf(arn, next);
  before.state = domain::KeyMaterialState::kNonCurrent;
  now.state = domain::KeyMaterialState::kCurrent;
  world_.Put(before);
  world_.Put(now);
  Import(arn, kSecond);
  EXPECT_EQ(Describe(arn).valid_to(), ToEpochSeconds(world_.clock.Now() + hours(1)));
  EXPECT_EQ(Refusal(Encrypt(arn)), "");
  world_.clock.Advance(hours(1));
  EXPECT_EQ(Refusal(Encrypt(arn)), PendingImport(arn));
  EXPECT_EQ(EndMaterial(arn, old), "");
  EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
}

TEST_F(ImportedMaterialEnd, OfAPendingOneLeavesTheKeyAlone) {
  const std::string arn = MakeExternal();
  Import(arn, kFirst);
  auto request = Importable(arn, kSecond);
  request.set_import_type("NEW_KEY_MATERIAL");
  Expire(request, hours(1));
  const std::string pending = Import(request);
  EXPECT_EQ(Describe(arn).expiration_model(), "KEY_MATERIAL_DOES_NOT_EXPIRE");
  world_.clock.Advance(hours(1));
  EXPECT_EQ(EndMaterial(arn, pending), "");
  EXPECT_EQ(RowOf(arn, pending), nullptr);
  EXPECT_EQ(Refusal(Encrypt(arn)), "");
}

TEST_F(ImportedMaterialEnd, DestroysTheObjectOfTheToken) {
  world_.services.default_custody = domain::Custody::kResident;
  const std::string arn = MakeExternal();
  const std::string id = Import(arn, kFirst);
  const domain::KeyMaterial claimed = *RowOf(arn, id);
  EXPECT_EQ(claimed.custody, domain::Custody::kResident);
  EXPECT_TRUE(world_.engine.DeriveMessageKey(claimed, kFirst, Deadline::Never()));
  EXPECT_EQ(DeleteMaterial(arn), "");
  EXPECT_FALSE(world_.engine.DeriveMessageKey(claimed, kFirst, Deadline::Never()));
  Import(arn, kFirst);
  EXPECT_EQ(Refusal(Encrypt(arn)), "");
}

class ImportFaults : public Importing, public testing::WithParamInterface<domain::Custody> {
 protected:
  ImportFaults() { world_.services.default_custody = GetParam(); }
  // Asks nobody who could fail.
  void ExpectState(const std::string& arn, domain::KeyState state) {
    EXPECT_EQ((*world_.catalog.Find<domain::Key>(records::KeyRow(kRegion, IdIn(arn))))->state,
              state);
  }
  // Answers are not looked at here: some fail.
  void RunScript(const std::string& arn) {
    const auto asking = Asking(arn, "RSAES_OAEP_SHA_256");
    const auto parameters = world_.Send("GetParametersForImport", asking);
    if (!parameters) return;
    const auto request = Importable(
        arn,
        ParametersIn(static_cast<const kms::GetParametersForImportResponse&>(**parameters), asking),
        kFirst);
    const bool imported = world_.Send("ImportKeyMaterial", request).has_value();
    if (imported) ExpectState(arn, domain::KeyState::kEnabled);
    const bool deleted = DeleteMaterial(arn).empty();
    if (deleted) ExpectState(arn, domain::KeyState::kPendingImport);
    finished_ = imported && deleted;
  }
  // The same once more, with nothing in its way.
  void ExpectWhole(const std::string& arn) {
    Import(arn, kFirst);
    EXPECT_EQ(Describe(arn).key_state(), "Enabled");
    EXPECT_EQ(Refusal(Encrypt(arn)), "");
    EXPECT_EQ(DeleteMaterial(arn), "");
    EXPECT_EQ(Refusal(Encrypt(arn)), "KMSInvalidStateException: " + arn + " is pending import.");
    // Whatever the engine still has for it, a row names.
    for (const domain::ImportKey& key : Rows<domain::ImportKey>()) {
      world_.clock.Advance(hours(24));
      EXPECT_EQ(EndImportKey(arn, key.id.ToText()), "");
    }
    EXPECT_TRUE(Rows<records::DueWork>().empty());
  }
  bool finished_ = false;
};

TEST_P(ImportFaults, LeaveEveryKeyWholeWhicheverCallOfTheHsmFails) {
  std::uint64_t n = 1;
  for (; !finished_; ++n) {
    ASSERT_LT(n, 20U);
    const std::string arn = MakeExternal();
    world_.engine.FailCall(n, {ErrorCode::kKeyUnavailable, "", "the token is away"});
    RunScript(arn);
    world_.engine.FailCall(0, {ErrorCode::kKeyUnavailable, ""});
    ExpectWhole(arn);
  }
  EXPECT_GT(n, 3U);
}

TEST_P(ImportFaults, LeaveEveryKeyWholeWhicheverRecordFails) {
  std::uint64_t n = 1;
  for (; !finished_; ++n) {
    ASSERT_LT(n, 20U);
    const std::string arn = MakeExternal();
    world_.audit.FailNth(n);
    RunScript(arn);
    world_.audit.FailNth(0);
    ExpectWhole(arn);
  }
  EXPECT_GT(n, 3U);
}

INSTANTIATE_TEST_SUITE_P(Custody, ImportFaults,
                         testing::Values(domain::Custody::kWrapped, domain::Custody::kResident),
                         [](const auto& custody) { return std::string(ToText(custody.param)); });

}  // namespace
}  // namespace kmaas::api
