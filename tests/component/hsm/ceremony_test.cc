// Goal: the ceremony makes what it says and nothing by halves, on a token that it has looked into
// first; and no key ever stands in clear in the token's files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "crypto/ecdsa.h"
#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "tests/component/hsm/failing_calls.h"
#include "tests/component/hsm/fixture.h"
#include "tests/component/hsm/flush_witness.h"

namespace kmaas::hsm {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t kObjects = 9;  // five roots, integrity, seal, both halves of audit

class Ceremony : public testing::Test {
 protected:
  Result<CeremonyReport> Perform(bool accept_weak = false, bool lasting = false) {
    CeremonyOptions options = CeremonyOn(token_);
    options.accept_weak_token = accept_weak;
    options.lasting_roots = lasting;
    return MakeServiceKeys(std::move(options));
  }
  Result<std::unique_ptr<Engine>> OpenEngine(bool accept_weak = false) {
    EngineOptions options = EngineOn(token_);
    options.accept_weak_token = accept_weak;
    return Engine::Open(std::move(options), clock_);
  }
  std::size_t ObjectsInToken() const { return Alone().Find({Is(CKA_TOKEN)}).size(); }
  Intruder Alone() const { return Intruder(token_, Intruder::Module::kOwn); }
  // Contents by path, without what SoftHSM notes at a login.
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(token_.token_directory())) {
      if (!entry.is_regular_file() || entry.path().filename() == "token.object") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      files[entry.path()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return files;
  }
  bool InFiles(std::string_view bytes) const {
    const auto files = Files();
    return std::any_of(files.begin(), files.end(), [&](const auto& file) {
      return file.second.find(bytes) != std::string::npos;
    });
  }

  fakes::ManualClock clock_;
  fakes::SoftToken token_ = fakes::SoftToken::Create();
};

TEST_F(Ceremony, MakesWhatItSays) {
  const auto report = Must(Perform());
  EXPECT_EQ(report.made.size(), kObjects);
  EXPECT_THAT(report.made, testing::Contains("kmaas-root-mac generation 1"));
  EXPECT_FALSE(report.weak);
  EXPECT_TRUE(report.warnings.empty());
  EXPECT_GE(report.attacks.size(), 20U);
  for (const AttackOutcome& outcome : report.attacks)
    EXPECT_TRUE(outcome.withstood) << outcome.attack << ": " << outcome.answer;
  EXPECT_EQ(ObjectsInToken(), kObjects);
}

TEST_F(Ceremony, ReportsThePublicKeyOfTheAuditKey) {
  const auto report = Must(Perform());
  const auto engine = Must(OpenEngine());
  const std::array<std::uint8_t, 32> digest{1, 2, 3};
  const auto signature = Must(engine->SignAuditDigest(digest, Deadline::Never()));
  EXPECT_TRUE(crypto::VerifyP256(report.audit_public_key, digest, signature));
}

TEST_F(Ceremony, LeavesRootsThatReadBackAsTheyShould) {
  Must(Perform());
  const Intruder intruder = Alone();
  for (const RootClass root : kRootClasses) {
    const auto key = intruder.FindOnly(TokenObjects(CKO_SECRET_KEY, RootLabel(root)));
    for (const Attribute& wanted :
         {Is(CKA_TRUSTED), Is(CKA_PRIVATE), Is(CKA_SENSITIVE), IsNot(CKA_EXTRACTABLE),
          Is(CKA_ALWAYS_SENSITIVE), Is(CKA_NEVER_EXTRACTABLE), Is(CKA_LOCAL), IsNot(CKA_MODIFIABLE),
          Is(CKA_DESTROYABLE), Is(CKA_WRAP), Is(CKA_UNWRAP), IsNot(CKA_ENCRYPT), IsNot(CKA_DECRYPT),
          IsNot(CKA_SIGN), IsNot(CKA_DERIVE), AllowedMechanisms({CKM_AES_KEY_WRAP_PAD})}) {
      Attribute actual;
      ASSERT_TRUE(intruder.session().Read(key, wanted.type, actual).ok());
      EXPECT_TRUE(SameAttribute(wanted, actual)) << AttributeName(wanted.type);
    }
    Attribute rule;
    ASSERT_TRUE(intruder.session().Read(key, CKA_UNWRAP_TEMPLATE, rule).ok());
    EXPECT_TRUE(SameAttribute(rule, Nested(CKA_UNWRAP_TEMPLATE, UnwrapRule(root))));
  }
}

TEST_F(Ceremony, RefusesToOverwriteAndListsWhatItFound) {
  Must(Perform());
  const auto before = Files();
  const auto again = Perform();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(again.error().message,
              AllOf(HasSubstr("kmaas-root-mac generation 1"), HasSubstr("kmaas-root-agree"),
                    HasSubstr("kmaas-integrity"), HasSubstr("kmaas-audit-public"),
                    HasSubstr("Nothing was changed")));
  EXPECT_TRUE(Files() == before);
  EXPECT_FALSE(Perform(true)) << "a weak token accepted is not an overwriting allowed";
}

TEST_F(Ceremony, RefusesATokenWithOnlyAResidentKey) {
  {
    const Intruder intruder = Alone();
    ObjectHandle made;
    const KeyPlan& plan = BackingKeyPlan();
    const Template resident(ResidentMaking(plan, NextId()));
    ASSERT_TRUE(intruder.session().GenerateKey(plan.generate, resident, made).ok());
  }
  const auto refused = Perform();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(refused.error().message, HasSubstr("1 resident key"));
}

TEST_F(Ceremony, TriesEachPinOnceAndKeepsNothing) {
  for (const bool officer : {true, false}) {
    std::vector<CK_USER_TYPE> logins;
    const ModuleHook<&CK_FUNCTION_LIST::C_Login> hook(
        token_.module_path(),
        [&](auto original, CK_SESSION_HANDLE session, CK_USER_TYPE user, auto... pin) {
          logins.push_back(user);
          return original(session, user, pin...);
        });
    CeremonyOptions options = CeremonyOn(token_);
    (officer ? options.so_pin : options.user_pin) = Secret("not-the-pin");
    const auto refused = MakeServiceKeys(std::move(options));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kAccessDenied);
    EXPECT_THAT(refused.error().message, HasSubstr(officer ? "the security officer" : "the user"));
    EXPECT_EQ(std::count(logins.begin(), logins.end(), CK_USER_TYPE{CKU_SO}), officer ? 1 : 0);
    EXPECT_EQ(std::count(logins.begin(), logins.end(), CK_USER_TYPE{CKU_USER}), 1);
    EXPECT_EQ(ObjectsInToken(), 0U);
  }
}

TEST_F(Ceremony, FlushesEveryFileAndDirectory) {
  const FlushWitness witness;
  Must(Perform());
  const auto flushed = witness.flushed();
  const std::set<std::string> paths(flushed.begin(), flushed.end());
  for (const auto& [path, content] : Files()) EXPECT_TRUE(paths.contains(path)) << path;
  EXPECT_TRUE(paths.contains(token_.token_directory()));
  EXPECT_EQ(flushed.back(), token_.token_directory()) << "entries after what they name";
}

TEST_F(Ceremony, FailsWhenTheTokenCannotBeFlushed) {
  FlushWitness witness;
  witness.Fail(true);
  const auto failed = Perform();
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr(token_.token_directory()));
}

// Plays a token that ignores an attribute of the keys that it makes.
class IgnorantToken : public Ceremony {
 protected:
  using GenerateHook = ModuleHook<&CK_FUNCTION_LIST::C_GenerateKey>;
  static GenerateHook::Replacement Ignoring(CK_MECHANISM_TYPE mechanism, CK_ATTRIBUTE_TYPE type) {
    return [=](auto original, auto session, auto* how, auto* rows, auto count, auto* key) {
      std::vector<CK_ATTRIBUTE> left(rows, rows + count);
      if (how->mechanism == mechanism)
        std::erase_if(left, [&](const CK_ATTRIBUTE& row) { return row.type == type; });
      return original(session, how, left.data(), left.size(), key);
    };
  }
};

TEST_F(IgnorantToken, IsRefusedAndKeepsNothing) {
  for (const CK_ATTRIBUTE_TYPE type :
       {CKA_UNWRAP_TEMPLATE, CKA_ALLOWED_MECHANISMS, CKA_DESTROYABLE}) {
    {
      const GenerateHook hook(token_.module_path(), Ignoring(CKM_AES_KEY_GEN, type));
      const auto refused = Perform(false, /*lasting=*/true);
      ASSERT_FALSE(refused) << AttributeName(type);
      EXPECT_EQ(refused.error().code, ErrorCode::kUnsupportedOperation);
      EXPECT_THAT(refused.error().message, HasSubstr("Nothing was kept"));
    }
    EXPECT_EQ(ObjectsInToken(), 0U);
  }
}

TEST_F(IgnorantToken, IsTakenWhenWeaknessIsAcceptedAndSaysSo) {
  {
    const GenerateHook hook(token_.module_path(), Ignoring(CKM_AES_KEY_GEN, CKA_UNWRAP_TEMPLATE));
    const auto report = Must(Perform(true));
    EXPECT_TRUE(report.weak);
    EXPECT_THAT(report.warnings, testing::Contains(HasSubstr("readable key (row 3")));
  }
  const auto refused = OpenEngine();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(refused.error().message, HasSubstr("CKA_UNWRAP_TEMPLATE is not as the ceremony"));
  EXPECT_TRUE(OpenEngine(true));
}

TEST_F(IgnorantToken, IsFoundOutByReadingServiceKeysBack) {
  const GenerateHook hook(token_.module_path(), Ignoring(CKM_GENERIC_SECRET_KEY_GEN, CKA_COPYABLE));
  const auto refused = Perform();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("kmaas-integrity"), HasSubstr("CKA_COPYABLE")));
}

// Whoever holds a session can make a second one, but not one that is taken for the first.
TEST_F(Ceremony, MakesKeysThatAreRefusedWhenThereAreTwo) {
  Must(Perform());
  {
    const Intruder intruder = Alone();
    ObjectHandle made;
    const Template second(ServiceKeyMaking(kIntegrityLabel, 1));
    ASSERT_TRUE(intruder.session().GenerateKey(CKM_GENERIC_SECRET_KEY_GEN, second, made).ok());
  }
  const auto refused = OpenEngine();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("more than one kmaas-integrity"));
}

TEST_F(Ceremony, MakesRootsThatNoUntrustedKeyReplaces) {
  Must(Perform());
  {
    const Intruder intruder = Alone();
    ObjectHandle made;
    const Template second(WeakRootMaking(RootClass::kMac, CKM_AES_KEY_WRAP_PAD, 2));
    ASSERT_TRUE(intruder.session().GenerateKey(CKM_AES_KEY_GEN, second, made).ok());
  }
  EXPECT_EQ(Must(OpenEngine())->Status().root_generations, std::vector<std::uint32_t>{1});
}

// A known value in the place of each random one: what the token then writes can be searched. Their
// ends differ, or a blob would open under the root of another class.
class KnownBytes : public Ceremony {
 protected:
  static constexpr std::string_view kKnown = "known bytes of exactly that size";
  CK_RV Make(const CK_FUNCTION_LIST& api, CK_SESSION_HANDLE session, CK_KEY_TYPE type,
             std::vector<CK_ATTRIBUTE> rows, CK_OBJECT_HANDLE* key) {
    std::erase_if(rows, [](const CK_ATTRIBUTE& row) {
      return row.type == CKA_VALUE_LEN || row.type == CKA_CLASS || row.type == CKA_KEY_TYPE;
    });
    CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
    std::string value(kKnown);
    value.back() = static_cast<char>('a' + made_++);
    rows.push_back({CKA_CLASS, &secret, sizeof secret});
    rows.push_back({CKA_KEY_TYPE, &type, sizeof type});
    rows.push_back({CKA_VALUE, value.data(), value.size()});
    return api.C_CreateObject(session, rows.data(), rows.size(), key);
  }

 private:
  int made_ = 0;
};

TEST_F(KnownBytes, AreNowhereInTheTokenDirectory) {
  const CK_FUNCTION_LIST& api = FunctionsOf(token_.module_path());
  const ModuleHook<&CK_FUNCTION_LIST::C_GenerateKey> hook(
      token_.module_path(), [&](auto, auto session, auto* how, auto* rows, auto count, auto* key) {
        const bool aes = how->mechanism == CKM_AES_KEY_GEN;
        return Make(api, session, aes ? CKK_AES : CKK_GENERIC_SECRET, {rows, rows + count}, key);
      });
  // Refused at the end, because these keys were not born in the token; but they are in it.
  EXPECT_FALSE(Perform());
  EXPECT_EQ(ObjectsInToken(), kObjects);
  EXPECT_FALSE(InFiles(kKnown.substr(0, 8)));
}

TEST_F(KnownBytes, AreFoundWhenTheOfficerKeepsAPublicObject) {
  {
    const Intruder intruder = Alone();
    ObjectHandle made;
    ASSERT_TRUE(
        intruder.session()
            .Create(Template({Number(CKA_CLASS, CKO_SECRET_KEY), Number(CKA_KEY_TYPE, CKK_AES),
                              Is(CKA_TOKEN), IsNot(CKA_PRIVATE), Raw(CKA_VALUE, AsBytes(kKnown))}),
                    made)
            .ok());
  }
  EXPECT_TRUE(InFiles(kKnown.substr(0, 8)));
}

// Calls of the ceremony fail one by one, each on a token of its own.
TEST(FailingCeremony, NeverReportsSuccessByHalves) {
  const fakes::ManualClock clock;
  bool failed = true;
  for (int n = 1; failed; n += n < 12 ? 1 : 13) {
    const auto token = fakes::SoftToken::Create();
    FailingCalls calls(token.module_path());
    calls.FailAt(n, CKR_GENERAL_ERROR, FailureIs::kBefore);
    const auto report = MakeServiceKeys(CeremonyOn(token));
    failed = calls.Stop();
    // It may do without an answer, of another slot's token for example.
    EXPECT_TRUE(!report || Engine::Open(EngineOn(token), clock)) << "call " << n;
    const auto again = MakeServiceKeys(CeremonyOn(token));
    EXPECT_TRUE(again || again.error().code == ErrorCode::kAlreadyExists) << again.error().message;
  }
}

}  // namespace
}  // namespace kmaas::hsm
