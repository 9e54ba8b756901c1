// Goal: material is usable wherever it was made, refused when it is not what it should be, gone
// when it was destroyed; and nothing piles up in the token.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "tests/component/hsm/failing_calls.h"
#include "tests/component/hsm/fixture.h"
#include "tests/component/hsm/flush_witness.h"

namespace kmaas::hsm {
namespace {

constexpr auto kWrapped = domain::Custody::kWrapped;
constexpr auto kResident = domain::Custody::kResident;

class Custody : public HsmTest {
 protected:
  Custody() { Open(); }

  Intruder Beside() const { return Intruder(token_, Intruder::Module::kShared); }
  std::size_t SessionObjects() const { return Beside().Find({IsNot(CKA_TOKEN)}).size(); }
  std::size_t TokenObjectCount() const { return Beside().Find({Is(CKA_TOKEN)}).size(); }
  CK_ULONG Sessions() const {
    const Intruder intruder = Beside();
    CK_TOKEN_INFO info{};
    EXPECT_EQ(intruder.api().C_GetTokenInfo(intruder.slot(), &info), CKR_OK);
    return info.ulSessionCount - 1;
  }
  void Reopen() {
    engine_->Close();
    Open();
  }
  void ExpectUntroubled() {
    EXPECT_TRUE(engine().CheckHealth(Never()));
    EXPECT_EQ(generation(), 1U);
  }
};

TEST_F(Custody, KeepsMaterialOverCloseAndReopen) {
  for (const auto custody : {kWrapped, kResident}) {
    const auto material = Generate(engine(), custody);
    const Bytes before = Mac(engine(), material);
    Reopen();
    EXPECT_EQ(Mac(engine(), material), before);
  }
}

TEST_F(Custody, RefusesDamagedBlobsAndStaysHealthy) {
  const auto good = Generate(engine(), kWrapped);
  for (std::size_t at = 0; at < good.blob.size(); ++at) {
    auto bad = good;
    bad.blob[at] ^= 0x80U;
    EXPECT_EQ(MacError(engine(), bad), ErrorCode::kKmsInternal) << at;
  }
  EXPECT_EQ(SessionObjects(), 0U);
  ExpectUntroubled();
}

TEST_F(Custody, RefusesABlobOfAnotherRoot) {
  auto material = Generate(engine(), kWrapped);
  {
    const Intruder intruder = Beside();
    const auto hmac = TokenObjects(CKO_SECRET_KEY, RootLabel(RootClass::kHmac));
    ObjectHandle key;
    const KeyPlan& plan = BackingKeyPlan();
    ASSERT_TRUE(intruder.session().GenerateKey(plan.generate, Template(Making(plan)), key).ok());
    ASSERT_TRUE(intruder.session()
                    .Wrap(CKM_AES_KEY_WRAP_PAD, intruder.FindOnly(hmac), key, material.blob)
                    .ok());
  }
  EXPECT_EQ(MacError(engine(), material), ErrorCode::kKmsInternal);
  ExpectUntroubled();
}

TEST_F(Custody, AsksTheTokenForNothingThatARowGetsWrong) {
  const auto good = Generate(engine(), kWrapped);
  const ModuleHook<&CK_FUNCTION_LIST::C_UnwrapKey> hook(
      token_.module_path(), [](auto, auto...) -> CK_RV { std::abort(); });
  std::vector<domain::KeyMaterial> wrong(5, good);
  wrong[0].dialect = domain::WrapDialect::kNone;
  wrong[1].dialect = domain::WrapDialect::kPkcs11WrapKwp;
  wrong[2].root_generation = 0;
  wrong[3].root_generation = 2;
  wrong[4].length_bytes = 64;
  for (const auto& material : wrong)
    EXPECT_EQ(MacError(engine(), material), ErrorCode::kKmsInternal);
  ExpectUntroubled();
}

TEST_F(Custody, EndsAWrappedKeysSessionObjectWithIt) {
  const auto material = Generate(engine(), kWrapped);
  Mac(engine(), material);
  EXPECT_EQ(SessionObjects(), 1U);
  EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
  EXPECT_EQ(SessionObjects(), 0U);
  EXPECT_EQ(engine().Status().cached_keys, 0U);
}

TEST_F(Custody, EndsAResidentKeysTokenObjectWithIt) {
  const std::size_t before = TokenObjectCount();
  const auto material = Generate(engine(), kResident);
  EXPECT_EQ(TokenObjectCount(), before + 1);
  EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
  EXPECT_EQ(TokenObjectCount(), before);
  EXPECT_EQ(MacError(engine(), material), ErrorCode::kKeyUnavailable);
  ExpectUntroubled();
}

// A crash between the token and the database leaves one.
TEST_F(Custody, ToleratesAndDestroysAnOrphan) {
  const auto orphan = Generate(engine(), kResident);
  Reopen();
  EXPECT_FALSE(engine().GenerateMaterial({.custody = kResident, .id = orphan.id}, Never()));
  Mac(engine(), Generate(engine(), kResident));
  EXPECT_TRUE(engine().DestroyMaterial(ResidentMaterial(orphan.id), Never()));
  EXPECT_TRUE(engine().GenerateMaterial({.custody = kResident, .id = orphan.id}, Never()));
}

TEST_F(Custody, RefusesAKnownKeyPlantedForAResidentOne) {
  const auto material = Generate(engine(), kResident);
  {
    const Intruder intruder = Beside();
    const Session& session = intruder.session();
    const ObjectHandle real = intruder.FindOnly(ResidentFinding(CKO_SECRET_KEY, material.id));
    ASSERT_TRUE(session.Destroy(real).ok());
    AttributeList planted = Without(ResidentMaking(BackingKeyPlan(), material.id), {CKA_VALUE_LEN});
    planted.insert(planted.begin(), Raw(CKA_VALUE, Bytes(32, 0x77)));
    ObjectHandle made;
    ASSERT_TRUE(session.Create(Template(planted), made).ok());
  }
  Reopen();
  EXPECT_EQ(MacError(engine(), material), ErrorCode::kKmsInternal);
  ExpectUntroubled();
}

TEST_F(Custody, RefusesTwoResidentKeysOfOneId) {
  const auto material = Generate(engine(), kResident);
  {
    const Intruder intruder = Beside();
    ObjectHandle made;
    const KeyPlan& plan = BackingKeyPlan();
    ASSERT_TRUE(intruder.session()
                    .GenerateKey(plan.generate, Template(ResidentMaking(plan, material.id)), made)
                    .ok());
  }
  Reopen();
  EXPECT_EQ(MacError(engine(), material), ErrorCode::kKmsInternal);
}

class SmallCache : public Custody {
 protected:
  SmallCache() {
    EngineOptions options = EngineOn(token_);
    options.cached_keys_max = 16;
    Open(std::move(options));
  }
};

TEST_F(SmallCache, ServesMoreKeysThanItHolds) {
  std::vector<std::pair<domain::KeyMaterial, Bytes>> keys;
  std::set<Bytes> tags;
  for (int i = 0; i < 200; ++i) {
    const auto material = Generate(engine(), i % 10 == 0 ? kResident : kWrapped);
    keys.emplace_back(material, Mac(engine(), material));
    tags.insert(keys.back().second);
  }
  EXPECT_EQ(tags.size(), 200U);
  for (int round = 0; round < 2; ++round) {
    for (const auto& [material, tag] : keys) EXPECT_EQ(Mac(engine(), material), tag);
    EXPECT_EQ(engine().Status().cached_keys, 16U);
    EXPECT_LE(SessionObjects(), 16U);
  }
  ExpectUntroubled();
}

TEST_F(SmallCache, LeavesNothingBehind) {
  const auto count = [&] { return std::tuple(SessionObjects(), TokenObjectCount(), Sessions()); };
  const auto before = count();
  for (int i = 0; i < 60; ++i) {
    const auto material = Generate(engine(), i % 3 == 0 ? kResident : kWrapped);
    Mac(engine(), material);
    auto damaged = material;
    damaged.id = NextId();
    if (!damaged.blob.empty()) damaged.blob[7] ^= 1U;
    EXPECT_TRUE(MacError(engine(), damaged));
    EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
  }
  EXPECT_EQ(count(), before);
}

class FlushedCustody : public Custody {
 protected:
  bool FlushedDirectory() const {
    for (const std::string& path : witness_.flushed())
      if (std::filesystem::path(path).parent_path() == token_.token_directory()) return true;
    return false;
  }
  FlushWitness witness_;
};

TEST_F(FlushedCustody, KeepsNoResidentKeyThatIsNotOnDisk) {
  const std::size_t before = TokenObjectCount();
  const auto id = NextId();
  witness_.Fail(true);
  const auto made = engine().GenerateMaterial({.custody = kResident, .id = id}, Never());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kKmsInternal);
  EXPECT_EQ(made.error().message.find(token_.directory()), std::string::npos)
      << "callers must not learn paths: " << made.error().message;
  EXPECT_EQ(TokenObjectCount(), before);
  witness_.Fail(false);
  EXPECT_TRUE(engine().GenerateMaterial({.custody = kResident, .id = id}, Never()));
  EXPECT_TRUE(FlushedDirectory());
}

TEST_F(FlushedCustody, FlushesADestructionThatIsTriedAgain) {
  const auto material = Generate(engine(), kResident);
  witness_.Fail(true);
  EXPECT_FALSE(engine().DestroyMaterial(material, Never()));
  EXPECT_FALSE(engine().DestroyMaterial(material, Never()));
  witness_.Fail(false);
  EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
}

class FailingCustody : public Custody, public testing::WithParamInterface<FailureIs> {
 protected:
  static constexpr CK_RV kCodes[] = {CKR_GENERAL_ERROR, CKR_DEVICE_REMOVED, CKR_OPERATION_ACTIVE,
                                     CKR_KEY_HANDLE_INVALID};
  // Runs `call` with its first, second, ... call to the module failing, until none fails.
  template <class Body>
  void FailEachCall(const Body& body) {
    FailingCalls calls(token_.module_path());
    for (const CK_RV code : kCodes) {
      bool failed = true;
      for (int n = 1; failed; ++n) {
        ASSERT_LT(n, 500);
        calls.FailAt(n, code, GetParam());
        body([&] { failed = calls.Stop(); });
        ASSERT_TRUE(engine().CheckHealth(Never())) << code << " at call " << n;
        // A key that was loaded without an answer has no known handle and goes with its session.
        if (GetParam() == FailureIs::kAfter) continue;
        ASSERT_LE(SessionObjects(), engine().Status().cached_keys) << code << " at call " << n;
      }
    }
  }
};

TEST_P(FailingCustody, MakesAWrappedKeyOrSaysThatItDidNot) {
  FailEachCall([&](const auto& stop) {
    domain::KeyMaterial material;
    material.id = NextId();
    const auto made = engine().GenerateMaterial({.custody = kWrapped, .id = material.id}, Never());
    stop();
    if (!made) return;
    material.dialect = made->dialect;
    material.root_generation = made->root_generation;
    material.length_bytes = made->length_bytes;
    material.blob = made->blob;
    Mac(engine(), material);
    EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
  });
}

TEST_P(FailingCustody, MakesAResidentKeyOrSaysThatItDidNot) {
  const std::size_t before = TokenObjectCount();
  FailEachCall([&](const auto& stop) {
    const auto material = ResidentMaterial(NextId());
    const auto made = engine().GenerateMaterial({.custody = kResident, .id = material.id}, Never());
    stop();
    if (made) Mac(engine(), material);
    EXPECT_EQ(TokenObjectCount(), before + (made ? 1 : 0));
    EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
    EXPECT_EQ(TokenObjectCount(), before);
  });
}

TEST_P(FailingCustody, NeverGivesAWrongMac) {
  for (const auto custody : {kWrapped, kResident}) {
    const auto material = Generate(engine(), custody);
    const Bytes expected = Mac(engine(), material);
    FailEachCall([&](const auto& stop) {
      const auto tag = engine().DeriveMessageKey(material, AsBytes("input"), Never());
      stop();
      EXPECT_TRUE(!tag || ToBytes(tag->view()) == expected);
      EXPECT_EQ(Mac(engine(), material), expected);
      if (custody == kResident) return;
      EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
    });
  }
}

INSTANTIATE_TEST_SUITE_P(WhenACallFails, FailingCustody,
                         testing::Values(FailureIs::kBefore, FailureIs::kAfter),
                         [](const auto& when) {
                           return when.param == FailureIs::kBefore ? "Undone" : "Unanswered";
                         });

}  // namespace
}  // namespace kmaas::hsm
