// Goal: every engine makes, keeps and uses keys of each kind that it says it can keep as
// ports::CryptoEngine promises. Method: one typed suite over the fake, SoftHSM and NSS softokn;
// what an engine has no place for is left out; results are checked with the public half.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "crypto/digest.h"
#include "crypto/hash.h"
#include "crypto/private_key.h"
#include "tests/contract/engine/engines.h"

namespace kmaas::contract {
namespace {

using domain::Custody;
using domain::KeySpec;
using domain::KeyUsage;

// What one engine made: a material and its public half.
struct Made {
  domain::KeyMaterial material;
  std::optional<crypto::PublicKey> half;
};

template <class T>
class KeyContract : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (T::Available()) under_test_ = std::make_unique<T>();
  }
  static void TearDownTestSuite() {
    made_.clear();
    under_test_.reset();
  }
  void SetUp() override {
    if (!under_test_) GTEST_SKIP() << "module not installed";
  }

  ports::CryptoEngine& engine() { return under_test_->engine(); }
  void Restart() { under_test_->Restart(); }
  static Deadline Never() { return Deadline::Never(); }

  // Made once for the suite: some are dear.
  const Made& Make(const ports::MaterialPlan& kind) {
    const std::string name = std::string(ToText(kind.spec)) + std::string(ToText(kind.usage)) +
                             std::string(ToText(kind.custody));
    if (const auto found = made_.find(name); found != made_.end()) return found->second;
    ports::MaterialPlan plan = kind;
    plan.id.bits.fill(0xa5);
    plan.id.bits[0] = static_cast<std::uint8_t>(made_.size() + 1);
    auto generated = engine().GenerateMaterial(plan, Never());
    EXPECT_TRUE(generated) << name << ": " << generated.error().detail;
    Made made;
    if (generated) made.material = MaterialOf(plan, *std::move(generated));
    made.half = crypto::PublicKey::Parse(plan.spec, made.material.public_key);
    EXPECT_EQ(made.half.has_value(), domain::IsAsymmetric(plan.spec)) << name;
    return made_.emplace(name, std::move(made)).first->second;
  }

  // Every material that the engine has a place for, of one usage.
  void ForEachKey(KeyUsage usage, const std::function<void(const Made&)>& check) {
    for (std::size_t i = 0; i < domain::kCount<KeySpec>; ++i) {
      const auto spec = static_cast<KeySpec>(i);
      if (!Admits(spec, usage)) continue;
      for (const Custody wished : {Custody::kWrapped, Custody::kResident}) {
        const auto custody = engine().CustodyFor(spec, usage, wished);
        if (!custody) continue;
        SCOPED_TRACE(std::string(ToText(spec)) + " " + std::string(ToText(*custody)));
        check(Make({.spec = spec, .usage = usage, .custody = *custody}));
      }
    }
  }

  template <class Value>
  static ErrorCode CodeOf(const Result<Value>& result) {
    return result ? ErrorCode::kDryRunOperation : result.error().code;
  }

  void ExpectSignatures(const Made& made) {
    for (const auto algorithm : SigningAlgorithms(made.material.spec, made.material.usage)) {
      const Bytes input = crypto::Hash(FactsOf(algorithm).digest, AsBytes("message"));
      const auto signature = engine().Sign(made.material, algorithm, input, Never());
      // The one algorithm that a place may not have.
      const bool is_prehash = FactsOf(algorithm).scheme == domain::SignatureScheme::kEd25519Prehash;
      if (is_prehash && CodeOf(signature) == ErrorCode::kUnsupportedOperation) continue;
      ASSERT_TRUE(signature) << ToText(algorithm) << ": " << signature.error().detail;
      EXPECT_TRUE(made.half->Verify(algorithm, input, *signature)) << ToText(algorithm);
    }
  }

  // Which uses the engine says are none of this material's: with an algorithm of its spec where it
  // has one.
  std::string RefusedUses(const domain::KeyMaterial& material) {
    const domain::KeySpecFacts& facts = FactsOf(material.spec);
    const auto signing =
        facts.signing.empty() ? domain::SigningAlgorithm::kEcdsaSha256 : facts.signing.front();
    const auto mac = facts.mac.empty() ? domain::MacAlgorithm::kHmacSha256 : facts.mac.front();
    const Bytes input(SizeOf(FactsOf(signing).digest), 1);
    std::string refused;
    const auto note = [&](ErrorCode code, const char* use) {
      if (code == ErrorCode::kInvalidKeyUsage) refused += use;
    };
    note(CodeOf(engine().Sign(material, signing, input, Never())), "sign ");
    note(CodeOf(engine().MakeMac(material, mac, input, Never())), "mac ");
    note(CodeOf(engine().AgreeSecret(material, input, Never())), "agree ");
    note(CodeOf(engine().DecryptRsa(material, domain::EncryptionAlgorithm::kRsaesOaepSha1, input,
                                    Never())),
         "decrypt ");
    note(CodeOf(engine().DeriveMessageKey(material, input, Never())), "derive ");
    return refused;
  }

  static std::unique_ptr<T> under_test_;
  static std::map<std::string, Made> made_;
};

template <class T>
std::unique_ptr<T> KeyContract<T>::under_test_;
template <class T>
std::map<std::string, Made> KeyContract<T>::made_;

class Names {
 public:
  template <class T>
  static std::string GetName(int /*index*/) {
    if constexpr (std::is_same_v<T, FakeUnderTest>) return "Fake";
    if constexpr (std::is_same_v<T, SoftHsmUnderTest>) return "SoftHsm";
    return "Nss";
  }
};

using Engines = testing::Types<FakeUnderTest, SoftHsmUnderTest, NssUnderTest>;
TYPED_TEST_SUITE(KeyContract, Engines, Names);

TYPED_TEST(KeyContract, SignsWhatThePublicHalfVerifies) {
  this->ForEachKey(KeyUsage::kSignVerify,
                   [this](const Made& made) { this->ExpectSignatures(made); });
}

TYPED_TEST(KeyContract, DecryptsWhatThePublicHalfEncrypts) {
  this->ForEachKey(KeyUsage::kEncryptDecrypt, [this](const Made& made) {
    if (!made.half) return;
    for (const auto algorithm : EncryptionAlgorithms(made.material.spec, made.material.usage)) {
      for (const std::size_t size :
           {std::size_t{1}, PlaintextBytesMax(made.half->spec(), algorithm)}) {
        const Bytes plaintext(size, 0x5a);
        const auto opened = this->engine().DecryptRsa(
            made.material, algorithm, *made.half->Encrypt(algorithm, plaintext), this->Never());
        ASSERT_TRUE(opened) << ToText(algorithm) << ": " << opened.error().detail;
        EXPECT_EQ(ToBytes(opened->view()), plaintext);
      }
    }
  });
}

TYPED_TEST(KeyContract, AnswersAlikeForEveryBadCiphertext) {
  this->ForEachKey(KeyUsage::kEncryptDecrypt, [this](const Made& made) {
    if (!made.half) return;
    const auto algorithm = domain::EncryptionAlgorithm::kRsaesOaepSha256;
    const Bytes good = *made.half->Encrypt(algorithm, AsBytes("plaintext"));
    Bytes flipped = good;
    flipped.back() ^= 1;
    const Bytes bad[] = {flipped,
                         Bytes(good.size(), 0xff),
                         Bytes(good.size(), 0),
                         Bytes(good.begin(), good.end() - 1),
                         {}};
    for (const Bytes& ciphertext : bad) {
      const auto opened =
          this->engine().DecryptRsa(made.material, algorithm, ciphertext, this->Never());
      ASSERT_EQ(this->CodeOf(opened), ErrorCode::kInvalidCiphertext);
      EXPECT_EQ(opened.error().message, "");
    }
    EXPECT_EQ(this->CodeOf(this->engine().DecryptRsa(
                  made.material, domain::EncryptionAlgorithm::kRsaesOaepSha1, good, this->Never())),
              ErrorCode::kInvalidCiphertext);
  });
}

TYPED_TEST(KeyContract, MakesTheSameMacForTheSameMessageOnly) {
  this->ForEachKey(KeyUsage::kGenerateVerifyMac, [this](const Made& made) {
    const auto algorithm = MacAlgorithms(made.material.spec, made.material.usage).front();
    const auto mac = [&](std::string_view message) {
      auto tag = this->engine().MakeMac(made.material, algorithm, AsBytes(message), this->Never());
      EXPECT_TRUE(tag) << tag.error().detail;
      return tag ? *std::move(tag) : Bytes();
    };
    EXPECT_EQ(mac("message").size(), SizeOf(DigestOf(algorithm)));
    EXPECT_EQ(mac("message"), mac("message"));
    EXPECT_NE(mac("message"), mac("massage"));
    EXPECT_EQ(mac(std::string(4096, 'm')).size(), SizeOf(DigestOf(algorithm)));
  });
}

TYPED_TEST(KeyContract, AgreesWithItsPeer) {
  this->ForEachKey(KeyUsage::kKeyAgreement, [this](const Made& made) {
    const auto peer = crypto::PrivateKey::Generate(made.material.spec);
    const auto ours =
        this->engine().AgreeSecret(made.material, peer.PublicKeyInfo(), this->Never());
    ASSERT_TRUE(ours) << ours.error().detail;
    const auto theirs = peer.AgreeSecret(*made.half);
    EXPECT_TRUE(crypto::ConstantTimeEqual(ours->view(), theirs->view()));
  });
}

TYPED_TEST(KeyContract, AgreesWithNoBadPeer) {
  this->ForEachKey(KeyUsage::kKeyAgreement, [this](const Made& made) {
    Bytes off_curve = crypto::PrivateKey::Generate(made.material.spec).PublicKeyInfo();
    off_curve.back() ^= 1;
    const Bytes other_curve = crypto::PrivateKey::Generate(KeySpec::kEccSecgP256k1).PublicKeyInfo();
    for (const Bytes& peer : {off_curve, other_curve, Bytes(), Bytes(91, 0x30)})
      EXPECT_EQ(this->CodeOf(this->engine().AgreeSecret(made.material, peer, this->Never())),
                ErrorCode::kValidation);
  });
}

TYPED_TEST(KeyContract, DoesWithAKeyWhatItsUsageSaysOnly) {
  for (std::size_t i = 0; i < domain::kCount<KeyUsage>; ++i) {
    const auto usage = static_cast<KeyUsage>(i);
    this->ForEachKey(usage, [&](const Made& made) {
      const bool derives = domain::IsSymmetricEncryption(made.material.spec);
      const std::string others = this->RefusedUses(made.material);
      EXPECT_EQ(others.find("sign") == std::string::npos, usage == KeyUsage::kSignVerify);
      EXPECT_EQ(others.find("mac") == std::string::npos, usage == KeyUsage::kGenerateVerifyMac);
      EXPECT_EQ(others.find("agree") == std::string::npos, usage == KeyUsage::kKeyAgreement);
      EXPECT_EQ(others.find("decrypt") == std::string::npos,
                usage == KeyUsage::kEncryptDecrypt && !derives);
      EXPECT_EQ(others.find("derive") == std::string::npos, derives);
    });
  }
}

TYPED_TEST(KeyContract, KeepsKeysOverARestart) {
  this->ForEachKey(KeyUsage::kSignVerify, [](const Made& /*made*/) {});
  this->Restart();
  this->ForEachKey(KeyUsage::kSignVerify,
                   [this](const Made& made) { this->ExpectSignatures(made); });
}

// The row of a material binds it: what is sealed for one is not taken for another.
TYPED_TEST(KeyContract, TakesNoBlobOfAnotherClass) {
  this->ForEachKey(KeyUsage::kGenerateVerifyMac, [this](const Made& made) {
    if (made.material.custody == Custody::kResident) return;
    domain::KeyMaterial moved = made.material;
    moved.spec = KeySpec::kSymmetricDefault;
    moved.usage = KeyUsage::kEncryptDecrypt;
    moved.length_bytes = 32;
    moved.id.bits.fill(0xee);
    EXPECT_FALSE(this->engine().DeriveMessageKey(moved, AsBytes("x"), this->Never()));
  });
}

TYPED_TEST(KeyContract, UsesNoDestroyedResidentKey) {
  for (const KeySpec spec : {KeySpec::kEccNistP256, KeySpec::kEccNistEdwards25519}) {
    if (!this->engine().CustodyFor(spec, KeyUsage::kSignVerify, Custody::kResident)) continue;
    ports::MaterialPlan plan{
        .spec = spec, .usage = KeyUsage::kSignVerify, .custody = Custody::kResident};
    plan.id.bits.fill(0xdd);
    auto generated = this->engine().GenerateMaterial(plan, this->Never());
    ASSERT_TRUE(generated);
    const auto material = MaterialOf(plan, *std::move(generated));
    ASSERT_TRUE(this->engine().DestroyMaterial(material, this->Never()));
    const Bytes input(32, 1);
    EXPECT_EQ(this->CodeOf(this->engine().Sign(material, FactsOf(spec).signing.back(), input,
                                               this->Never())),
              ErrorCode::kKeyUnavailable);
  }
}

}  // namespace
}  // namespace kmaas::contract
