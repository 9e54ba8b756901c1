// Goal: bytes of the token that are wrong neither reach a customer nor make him hear that his own
// are. The campaign with a failing HSM does the same to all that is done often; here is the rest.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "hsm/mechanisms.h"
#include "tests/component/hsm/key_kinds.h"
#include "tests/component/hsm/module_hook.h"
#include "tests/fakes/import_wrapping.h"

namespace kmaas::hsm {
namespace {

using domain::Custody;
using domain::KeySpec;
using domain::KeyUsage;
using domain::WrappingAlgorithm;

constexpr auto kPairSize = domain::WrappingKeySpec::kRsa2048;

// One bit of the n-th answer that holds bytes, counted over these functions; of attributes, one
// that is not a template.
class FlippedAnswer {
 public:
  explicit FlippedAnswer(const std::string& module)
      : attributes_(
            module,
            [this](auto original, auto session, auto object, CK_ATTRIBUTE* rows, CK_ULONG count) {
              const CK_RV rv = original(session, object, rows, count);
              if (rv == CKR_OK && rows[0].pValue != nullptr && IsOne(rows[0]) && IsTheOne())
                static_cast<CK_BYTE*>(rows[0].pValue)[rows[0].ulValueLen / 2] ^= 4;
              return rv;
            }),
        signs_(module,
               [this](auto original, auto... arguments) { return Spoil(original, arguments...); }),
        decrypts_(module, [this](auto original, auto... arguments) {
          return Spoil(original, arguments...);
        }) {}

  void FlipAt(int n) {
    answers_ = 0;
    flip_at_ = n;
  }
  // From now on only these attributes count, and no other answers.
  void LimitTo(std::vector<CK_ATTRIBUTE_TYPE> types) { types_ = std::move(types); }
  bool Stop() {
    const bool flipped = answers_ >= flip_at_;
    flip_at_ = -1;
    return flipped;
  }

 private:
  bool IsTheOne() { return ++answers_ == flip_at_; }
  bool IsOne(const CK_ATTRIBUTE& row) const {
    const bool limited = !types_.empty();
    return (row.type & CKF_ARRAY_ATTRIBUTE) == 0 && row.ulValueLen > 0 &&
           (!limited || std::ranges::find(types_, row.type) != types_.end());
  }
  CK_RV Spoil(auto original, CK_SESSION_HANDLE session, CK_BYTE* in, CK_ULONG in_size, CK_BYTE* out,
              CK_ULONG* size) {
    const CK_RV rv = original(session, in, in_size, out, size);
    if (rv == CKR_OK && types_.empty() && IsTheOne()) out[*size / 2] ^= 4;
    return rv;
  }

  std::vector<CK_ATTRIBUTE_TYPE> types_;
  std::atomic<int> answers_{0};
  std::atomic<int> flip_at_{-1};
  ModuleHook<&CK_FUNCTION_LIST::C_GetAttributeValue> attributes_;
  ModuleHook<&CK_FUNCTION_LIST::C_Sign> signs_;
  ModuleHook<&CK_FUNCTION_LIST::C_Decrypt> decrypts_;
};

class WrongBytes : public HsmTest {
 protected:
  WrongBytes() { Open(); }

  Result<Bytes> MakePair(const domain::ImportKeyId& id, WrappingAlgorithm algorithm) {
    return engine().MakeImportKey(id, kPairSize, algorithm, Never());
  }
  static bool BlamesTheCustomer(ErrorCode code) {
    return code != ErrorCode::kKmsInternal && code != ErrorCode::kKeyUnavailable;
  }
};

TEST_F(WrongBytes, OfPublicKeysOfImportPairsAreNotGivenOut) {
  for (const auto algorithm :
       {WrappingAlgorithm::kRsaesOaepSha1, WrappingAlgorithm::kRsaesOaepSha256}) {
    FlippedAnswer answer(token_.module_path());
    answer.LimitTo({CKA_MODULUS, CKA_PUBLIC_EXPONENT});
    bool flipped = true;
    for (int n = 1; flipped; ++n) {
      const domain::ImportKeyId id{static_cast<std::uint8_t>(n),
                                   static_cast<std::uint8_t>(algorithm)};
      answer.FlipAt(n);
      const auto made = MakePair(id, algorithm);
      flipped = answer.Stop();
      EXPECT_NE(made.has_value(), flipped) << n;
      EXPECT_TRUE(made || !BlamesTheCustomer(made.error().code)) << n;
    }
  }
}

TEST_F(WrongBytes, AreNotTakenForAWrongImport) {
  const auto pkcs8 = crypto::PrivateKey::Generate(KeySpec::kEccNistP256).Pkcs8();
  const Bytes secret(32, 7);
  FlippedAnswer answer(token_.module_path());
  for (const auto algorithm :
       {WrappingAlgorithm::kRsaAesKeyWrapSha1, WrappingAlgorithm::kRsaAesKeyWrapSha256}) {
    const domain::ImportKeyId id{0x77, static_cast<std::uint8_t>(algorithm)};
    const Bytes public_key = Must(MakePair(id, algorithm));
    for (const bool is_pair : {false, true}) {
      const Bytes wrapped = fakes::WrapForImport(public_key, kPairSize, algorithm,
                                                 is_pair ? pkcs8.view() : ByteView(secret));
      ports::ImportPlan plan{id, algorithm,
                             is_pair ? PlanFor(KeySpec::kEccNistP256, KeyUsage::kSignVerify)
                                     : PlanFor(KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac)};
      plan.material.id = {};
      for (int n = 1;; ++n) {
        answer.FlipAt(n);
        auto imported = engine().ImportMaterial(plan, wrapped, Never());
        if (!answer.Stop()) break;
        if (!imported) {
          EXPECT_FALSE(BlamesTheCustomer(imported.error().code))
              << n << ": " << imported.error().detail;
          continue;
        }
        plan.material.id = imported->id;
        EXPECT_EQ(UseError(engine(), ports::MaterialOf(plan.material, imported->made)),
                  std::nullopt)
            << n;
      }
    }
  }
}

// What is kept in the process passes through it once, and any 32 bytes are a key of this kind.
TEST_F(WrongBytes, AreNotTakenForAnImportIntoTheProcess) {
  const auto key = crypto::PrivateKey::Generate(KeySpec::kEccNistEdwards25519);
  const auto algorithm = WrappingAlgorithm::kRsaAesKeyWrapSha256;
  const domain::ImportKeyId id{0x78};
  const Bytes public_key = Must(MakePair(id, algorithm));
  const Bytes wrapped = fakes::WrapForImport(public_key, kPairSize, algorithm, key.Pkcs8().view());
  FlippedAnswer answer(token_.module_path());
  int refused = 0;
  for (int n = 1;; ++n) {
    ports::ImportPlan plan{
        id, algorithm,
        PlanFor(KeySpec::kEccNistEdwards25519, KeyUsage::kSignVerify, domain::Custody::kProcess)};
    plan.material.id = {};
    answer.FlipAt(n);
    const auto imported = engine().ImportMaterial(plan, wrapped, Never());
    if (!answer.Stop()) break;
    if (imported) {
      EXPECT_EQ(imported->made.public_key, key.PublicKeyInfo()) << n;
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
}

// As they were made before keys for MACs could verify them.
TEST_F(WrongBytes, AreFoundByAskingTwiceWhereAKeyCannotVerify) {
  const domain::KeyMaterial key = ResidentMaterial(NextId());
  {
    const Intruder intruder(token_, Intruder::Module::kShared);
    AttributeList older = Without(ResidentMaking(BackingKeyPlan(), key.id), {CKA_VERIFY});
    older.insert(older.begin(), IsNot(CKA_VERIFY));
    ObjectHandle made;
    ASSERT_TRUE(
        intruder.session().GenerateKey(CKM_GENERIC_SECRET_KEY_GEN, Template(older), made).ok());
  }
  const Bytes expected = Mac(engine(), key);
  FlippedAnswer answer(token_.module_path());
  for (const int n : {1, 2}) {
    answer.FlipAt(n);
    EXPECT_EQ(MacError(engine(), key), ErrorCode::kKmsInternal);
    EXPECT_TRUE(answer.Stop());
  }
  EXPECT_EQ(Mac(engine(), key), expected);
}

}  // namespace
}  // namespace kmaas::hsm
