// Goal: keys of every kind come and go without a trace in the token, stay what they are when calls
// to the module fail, and are refused when somebody has put others in their place.
#include <gtest/gtest.h>

#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "tests/component/hsm/failing_calls.h"
#include "tests/component/hsm/key_kinds.h"

namespace kmaas::hsm {
namespace {

using domain::Custody;
using domain::KeySpec;
using domain::KeyUsage;

struct Kind {
  KeySpec spec;
  KeyUsage usage;
  Custody custody;
};

// One of each way in which keys are made and used; RSA takes too long to make often.
const Kind kKinds[] = {
    {KeySpec::kHmac384, KeyUsage::kGenerateVerifyMac, Custody::kWrapped},
    {KeySpec::kHmac384, KeyUsage::kGenerateVerifyMac, Custody::kResident},
    {KeySpec::kEccNistP256, KeyUsage::kSignVerify, Custody::kWrapped},
    {KeySpec::kEccNistP256, KeyUsage::kSignVerify, Custody::kResident},
    {KeySpec::kEccNistP384, KeyUsage::kKeyAgreement, Custody::kWrapped},
    {KeySpec::kEccNistP384, KeyUsage::kKeyAgreement, Custody::kResident},
    {KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, Custody::kResident},
    {KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, Custody::kProcess},
};

class KeyKinds : public HsmTest {
 protected:
  KeyKinds() { Open(); }
  Intruder Beside() const { return Intruder(token_, Intruder::Module::kShared); }
  std::size_t SessionObjects() const { return Beside().Find({IsNot(CKA_TOKEN)}).size(); }
  std::size_t TokenObjectCount() const { return Beside().Find({Is(CKA_TOKEN)}).size(); }
  void Reopen() {
    engine_->Close();
    Open();
  }
  domain::KeyMaterial New(const Kind& kind) {
    return Generate(engine(), PlanFor(kind.spec, kind.usage, kind.custody));
  }
};

TEST_F(KeyKinds, LeaveNothingBehind) {
  const auto before = std::pair(SessionObjects(), TokenObjectCount());
  for (const Kind& kind : kKinds) {
    const auto material = New(kind);
    EXPECT_EQ(UseError(engine(), material), std::nullopt) << ToText(kind.spec);
    EXPECT_EQ(engine().Status().cached_keys, 1U);
    EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
    EXPECT_EQ(engine().Status().cached_keys, 0U);
    EXPECT_EQ(std::pair(SessionObjects(), TokenObjectCount()), before) << ToText(kind.spec);
  }
  EXPECT_EQ(generation(), 1U);
}

TEST_F(KeyKinds, LeaveOneObjectAtMostWhileTheyAreUsed) {
  const std::size_t before = SessionObjects();
  for (const Kind& kind : kKinds) {
    const auto material = New(kind);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(UseError(engine(), material), std::nullopt);
    EXPECT_LE(SessionObjects(), before + (kind.custody == Custody::kWrapped ? 1 : 0));
    EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
  }
}

TEST_F(KeyKinds, SurviveALogout) {
  for (const Kind& kind : kKinds) {
    const auto material = New(kind);
    EXPECT_EQ(UseError(engine(), material), std::nullopt);
    ASSERT_EQ(Beside().session().Logout().code, CKR_OK);
    EXPECT_EQ(UseError(engine(), material), std::nullopt) << ToText(kind.spec);
  }
}

TEST_F(KeyKinds, AskTheTokenForNothingThatARowGetsWrong) {
  const auto good = New({KeySpec::kEccNistP256, KeyUsage::kSignVerify, Custody::kWrapped});
  const ModuleHook<&CK_FUNCTION_LIST::C_UnwrapKey> hook(
      token_.module_path(), [](auto, auto...) -> CK_RV { std::abort(); });
  std::vector<domain::KeyMaterial> wrong(5, good);
  wrong[0].dialect = domain::WrapDialect::kNone;
  wrong[1].dialect = domain::WrapDialect::kPkcs11WrapKwp;
  wrong[2].dialect = domain::WrapDialect::kProcessSeal;
  wrong[3].root_generation = 2;
  wrong[4].length_bytes = 32;
  for (const auto& material : wrong)
    EXPECT_EQ(UseError(engine(), material), ErrorCode::kKmsInternal);
}

TEST_F(KeyKinds, RefuseAResidentKeyThatIsNotTheOneOfTheRow) {
  for (const Kind& kind : kKinds) {
    if (kind.custody != Custody::kResident || kind.spec == KeySpec::kHmac384) continue;
    const auto material = New(kind);
    {
      const Intruder intruder = Beside();
      const Session& session = intruder.session();
      const ObjectHandle real = intruder.FindOnly(ResidentFinding(CKO_PRIVATE_KEY, material.id));
      ASSERT_TRUE(session.Destroy(real).ok());
      const KeyPlan& plan = *FindPlan(kind.spec, kind.usage);
      Session::KeyPair planted;
      ASSERT_TRUE(session
                      .GenerateKeyPair(plan.generate, Template(PublicMaking(plan)),
                                       Template(ResidentMaking(plan, material.id)), planted)
                      .ok());
    }
    Reopen();
    EXPECT_EQ(UseError(engine(), material), ErrorCode::kKmsInternal) << ToText(kind.spec);
  }
}

TEST_F(KeyKinds, SayThatAResidentKeyIsGone) {
  const auto material = New({KeySpec::kEccNistP256, KeyUsage::kSignVerify, Custody::kResident});
  EXPECT_EQ(UseError(engine(), material), std::nullopt);
  {
    const Intruder intruder = Beside();
    const ObjectHandle found = intruder.FindOnly(ResidentFinding(CKO_PRIVATE_KEY, material.id));
    ASSERT_EQ(intruder.session().Destroy(found).code, CKR_OK);
  }
  EXPECT_EQ(UseError(engine(), material), ErrorCode::kKeyUnavailable);
  EXPECT_TRUE(engine().CheckHealth(Never()));
}

TEST_F(KeyKinds, OfTheProcessAreNowhereInTheToken) {
  const auto before = std::pair(SessionObjects(), TokenObjectCount());
  const auto material =
      New({KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, Custody::kProcess});
  EXPECT_EQ(UseError(engine(), material), std::nullopt);
  EXPECT_EQ(std::pair(SessionObjects(), TokenObjectCount()), before);
}

TEST_F(KeyKinds, OfTheProcessNeedTheTokenToBeOpened) {
  const auto material =
      New({KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, Custody::kProcess});
  Reopen();
  {
    const ModuleHook<&CK_FUNCTION_LIST::C_Sign> hook(
        token_.module_path(), [](auto, auto...) -> CK_RV { return CKR_DEVICE_ERROR; });
    EXPECT_TRUE(UseError(engine(), material).has_value());
  }
  EXPECT_EQ(UseError(engine(), material), std::nullopt);
}

// As a replica in another Region may be.
TEST_F(KeyKinds, MayKeepOneMaterialInTwoWays) {
  const auto in_process =
      New({KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, Custody::kProcess});
  auto resident = PlanFor(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, Custody::kResident);
  resident.id = in_process.id;
  const auto in_token = Generate(engine(), resident);
  for (const auto& material : {in_process, in_token, in_process, in_token})
    EXPECT_EQ(UseError(engine(), material), std::nullopt);
  EXPECT_TRUE(engine().DestroyMaterial(in_token, Never()));
  EXPECT_EQ(UseError(engine(), in_process), std::nullopt);
  EXPECT_EQ(UseError(engine(), in_token), ErrorCode::kKeyUnavailable);
}

class FewCachedKeys : public KeyKinds {
 protected:
  FewCachedKeys() {
    EngineOptions options = EngineOn(token_);
    options.cached_keys_max = 3;
    Open(std::move(options));
  }
};

TEST_F(FewCachedKeys, ServeAllKinds) {
  const std::size_t before = SessionObjects();
  std::vector<domain::KeyMaterial> materials;
  for (const Kind& kind : kKinds) materials.push_back(New(kind));
  for (int round = 0; round < 3; ++round) {
    for (const auto& material : materials)
      EXPECT_EQ(UseError(engine(), material), std::nullopt) << ToText(material.spec);
    EXPECT_LE(engine().Status().cached_keys, 3U + 1) << "and one of the process";
    EXPECT_LE(SessionObjects(), before + 4);
  }
}

class FailingKinds : public KeyKinds, public testing::WithParamInterface<FailureIs> {
 protected:
  // One for each verdict on a failure; FailingCustody tries more of them.
  static constexpr CK_RV kCodes[] = {CKR_GENERAL_ERROR, CKR_DEVICE_REMOVED};
  // Runs `body` with its first, second, ... call to the module failing, until none fails.
  template <class Body>
  void FailEachCall(const Body& body) {
    FailingKeyCalls calls(token_.module_path());
    for (const CK_RV code : kCodes) {
      bool failed = true;
      for (int n = 1; failed; ++n) {
        ASSERT_LT(n, 500);
        calls.FailAt(n, code, GetParam());
        body([&] { failed = calls.Stop(); });
        ASSERT_TRUE(engine().CheckHealth(Never())) << code << " at call " << n;
      }
    }
  }
};

TEST_P(FailingKinds, MakeAKeyOrSayThatTheyDidNot) {
  for (const Kind& kind : kKinds) {
    const std::size_t before = TokenObjectCount();
    FailEachCall([&](const auto& stop) {
      const auto plan = PlanFor(kind.spec, kind.usage, kind.custody);
      auto made = engine().GenerateMaterial(plan, Never());
      stop();
      const bool stays = made && kind.custody == Custody::kResident;
      EXPECT_EQ(TokenObjectCount(), before + (stays ? 1 : 0)) << ToText(kind.spec);
      if (!made) return;
      const auto material = ports::MaterialOf(plan, *std::move(made));
      EXPECT_EQ(UseError(engine(), material), std::nullopt) << ToText(kind.spec);
      EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
    });
  }
}

// UseError checks each answer.
TEST_P(FailingKinds, NeverGiveAWrongAnswer) {
  std::vector<domain::KeyMaterial> materials;
  for (const Kind& kind : kKinds) materials.push_back(New(kind));
  materials.push_back(Generate(engine(), PlanFor(KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt)));
  for (const auto& material : materials) {
    FailEachCall([&](const auto& stop) {
      (void)UseError(engine(), material);
      stop();
      EXPECT_EQ(UseError(engine(), material), std::nullopt) << ToText(material.spec);
      if (material.custody == Custody::kResident) return;
      EXPECT_TRUE(engine().DestroyMaterial(material, Never()));
    });
  }
}

INSTANTIATE_TEST_SUITE_P(WhenACallFails, FailingKinds,
                         testing::Values(FailureIs::kBefore, FailureIs::kAfter),
                         [](const auto& when) {
                           return when.param == FailureIs::kBefore ? "Undone" : "Unanswered";
                         });

}  // namespace
}  // namespace kmaas::hsm
