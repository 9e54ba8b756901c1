// Goal: with keys that were brought in, the engine answers as Wycheproof wants: nothing invalid is
// accepted, nothing valid refused, and what is left open is decided in wycheproof_decisions.txt.
#include "tests/unit/crypto/wycheproof.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "base/encoding.h"
#include "crypto/der.h"
#include "crypto/public_key_info.h"
#include "tests/contract/engine/engine_suite.h"

namespace kmaas::contract {
namespace {

using crypto::ForEachCase;
using crypto::WycheproofCase;
using domain::KeySpec;
using domain::KeyUsage;
using domain::WrappingAlgorithm;

// "ecdh CompressedPoint" -> whether it is accepted.
std::map<std::string, bool> Decisions() {
  std::map<std::string, bool> decisions;
  std::ifstream file(std::string(KMAAS_SOURCE_DIR) +
                     "/tests/contract/engine/wycheproof_decisions.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string family, flag, decision, reason;
    words >> family >> flag >> decision >> reason;
    if (family.empty() || family[0] == '#') continue;
    EXPECT_TRUE((decision == "accept" || decision == "refuse") && !reason.empty()) << line;
    decisions[family + " " + flag] = decision == "accept";
  }
  return decisions;
}

class EngineWycheproof : public testing::Test {
 protected:
  static constexpr auto kPairSize = domain::WrappingKeySpec::kRsa2048;

  static void SetUpTestSuite() { under_test_ = std::make_unique<SoftHsmUnderTest>(); }
  static void TearDownTestSuite() { under_test_.reset(); }
  static ports::CryptoEngine& engine() { return under_test_->engine(); }

  EngineWycheproof() : pairs_{NewPair(1), NewPair(2)} {}

  // A private key, or a secret, which needs no key of its own between.
  Result<domain::KeyMaterial> Import(KeySpec spec, KeyUsage usage, ByteView material) {
    const auto& [id, public_key] = pairs_[domain::IsAsymmetric(spec) ? 1 : 0];
    const auto algorithm = domain::IsAsymmetric(spec) ? WrappingAlgorithm::kRsaAesKeyWrapSha1
                                                      : WrappingAlgorithm::kRsaesOaepSha1;
    ports::MaterialPlan plan{spec, usage, domain::Custody::kWrapped, {}, {}, "111122223333"};
    auto imported = engine().ImportMaterial(
        {id, algorithm, plan}, WrapForImport(public_key, algorithm, material), Deadline::Never());
    if (!imported) return std::move(imported).error();
    plan.id = imported->id;
    auto kept = ports::MaterialOf(plan, std::move(imported->made));
    kept.origin = domain::KeyOrigin::kExternal;
    return kept;
  }

 private:
  using Pair = std::pair<domain::ImportKeyId, Bytes>;
  static Pair NewPair(std::uint8_t number) {
    Pair pair;
    pair.first.bits.fill(number);
    (void)engine().DestroyImportKey(pair.first, Deadline::Never());
    const auto algorithm =
        number == 1 ? WrappingAlgorithm::kRsaesOaepSha1 : WrappingAlgorithm::kRsaAesKeyWrapSha1;
    auto made = engine().MakeImportKey(pair.first, kPairSize, algorithm, Deadline::Never());
    EXPECT_TRUE(made) << made.error().detail;
    if (made) pair.second = *std::move(made);
    return pair;
  }
  static std::unique_ptr<SoftHsmUnderTest> under_test_;
  std::array<Pair, 2> pairs_;
};
std::unique_ptr<SoftHsmUnderTest> EngineWycheproof::under_test_;

TEST_F(EngineWycheproof, DecryptsByOaep) {
  using domain::EncryptionAlgorithm;
  struct {
    const char* file;
    KeySpec spec;
    EncryptionAlgorithm algorithm;
  } const files[] = {
      {"2048_sha1_mgf1sha1", KeySpec::kRsa2048, EncryptionAlgorithm::kRsaesOaepSha1},
      {"2048_sha256_mgf1sha256", KeySpec::kRsa2048, EncryptionAlgorithm::kRsaesOaepSha256},
      {"3072_sha256_mgf1sha256", KeySpec::kRsa3072, EncryptionAlgorithm::kRsaesOaepSha256},
      {"4096_sha256_mgf1sha256", KeySpec::kRsa4096, EncryptionAlgorithm::kRsaesOaepSha256}};
  std::size_t cases = 0;
  for (const auto& [name, spec, algorithm] : files) {
    std::optional<domain::KeyMaterial> key;
    const std::string file = std::string("rsa_oaep_") + name + "_test.json";
    cases += ForEachCase(file, [&, spec = spec, algorithm = algorithm](const WycheproofCase& c) {
      if (!key) {
        const auto pkcs8 = HexDecode(std::string_view(c.group["privateKeyPkcs8"].get_string()));
        key = Import(spec, KeyUsage::kEncryptDecrypt, *pkcs8).value();
      }
      const auto opened = engine().DecryptRsa(*key, algorithm, c.Hex("ct"), Deadline::Never());
      EXPECT_EQ(opened.has_value(), c.valid() && c.Hex("label").empty()) << file << c.Name();
      EXPECT_TRUE(opened || opened.error().code == ErrorCode::kInvalidCiphertext);
      EXPECT_TRUE(!opened || ToBytes(opened->view()) == c.Hex("msg")) << c.Name();
    });
  }
  if (cases == 0) GTEST_SKIP() << "no vectors";
  EXPECT_EQ(cases, 36U + 37 + 37 + 37);
}

// PKCS#8 without a public key (RFC 5208, RFC 5915), as long as the field.
Bytes Pkcs8OfScalar(KeySpec spec, ByteView scalar) {
  using crypto::AppendDer;
  using crypto::DerTag;
  const std::size_t bytes = crypto::CoordinateBytes(spec);
  Bytes padded(bytes - std::min(bytes, scalar.size()));
  Append(padded, scalar.last(std::min(bytes, scalar.size())));
  Bytes numbers;
  crypto::AppendDerUnsigned(numbers, Bytes{1});
  AppendDer(numbers, DerTag::kOctetString, padded);
  Bytes key;
  AppendDer(key, DerTag::kSequence, numbers);
  Bytes algorithm = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
  Append(algorithm, crypto::CurveOid(spec));
  Bytes content;
  crypto::AppendDerUnsigned(content, {});
  AppendDer(content, DerTag::kSequence, algorithm);
  AppendDer(content, DerTag::kOctetString, key);
  Bytes pkcs8;
  AppendDer(pkcs8, DerTag::kSequence, content);
  return pkcs8;
}

TEST_F(EngineWycheproof, AgreesByEcdh) {
  const auto decisions = Decisions();
  std::size_t cases = 0;
  for (const auto& [file, spec] : {std::pair("ecdh_secp256r1_test.json", KeySpec::kEccNistP256),
                                   std::pair("ecdh_secp384r1_test.json", KeySpec::kEccNistP384),
                                   std::pair("ecdh_secp521r1_test.json", KeySpec::kEccNistP521)}) {
    std::map<Bytes, domain::KeyMaterial> keys;
    cases += ForEachCase(file, [&, spec = spec](const WycheproofCase& c) {
      const std::string hex(std::string_view(c.test["private"].get_string()));
      const Bytes scalar = *HexDecode(hex.size() % 2 == 0 ? hex : "0" + hex);
      if (!keys.contains(scalar))
        keys[scalar] = Import(spec, KeyUsage::kKeyAgreement, Pkcs8OfScalar(spec, scalar)).value();
      bool accepted = c.valid();
      if (c.result() == "acceptable") {
        accepted = true;
        for (const std::string& flag : c.Flags()) accepted &= decisions.at("ecdh " + flag);
      }
      const auto shared = engine().AgreeSecret(keys[scalar], c.Hex("public"), Deadline::Never());
      EXPECT_EQ(shared.has_value(), accepted) << file << " " << c.Name();
      EXPECT_TRUE(!shared || ToBytes(shared->view()) == c.Hex("shared")) << c.Name();
    });
  }
  if (cases == 0) GTEST_SKIP() << "no vectors";
  EXPECT_EQ(cases, 612U + 1047 + 916);
}

TEST_F(EngineWycheproof, MakesHmacs) {
  const auto decisions = Decisions();
  std::size_t cases = 0;
  for (const KeySpec spec :
       {KeySpec::kHmac224, KeySpec::kHmac256, KeySpec::kHmac384, KeySpec::kHmac512}) {
    const auto algorithm = domain::FactsOf(spec).mac[0];
    const std::size_t bits = domain::FactsOf(spec).bits;
    const bool odd_is_refused = spec == KeySpec::kHmac224 || spec == KeySpec::kHmac256;
    const std::string file = "hmac_sha" + std::to_string(bits) + "_test.json";
    std::map<Bytes, domain::KeyMaterial> keys;
    cases += ForEachCase(file, [&](const WycheproofCase& c) {
      const std::size_t key_bits = c.GroupNumber("keySize");
      const Bytes secret = c.Hex("key");
      if (key_bits < bits || (key_bits == 520 && odd_is_refused)) {
        EXPECT_FALSE(decisions.at(key_bits < bits ? "hmac keySize<spec" : "hmac keySize=520"));
        EXPECT_FALSE(Import(spec, KeyUsage::kGenerateVerifyMac, secret)) << c.Name();
        return;
      }
      if (!keys.contains(secret))
        keys[secret] = Import(spec, KeyUsage::kGenerateVerifyMac, secret).value();
      const auto tag = engine().MakeMac(keys[secret], algorithm, c.Hex("msg"), Deadline::Never());
      ASSERT_TRUE(tag) << file << c.Name() << tag.error().detail;
      const Bytes wanted = c.Hex("tag");
      EXPECT_EQ(std::equal(wanted.begin(), wanted.end(), tag->begin()), c.valid()) << c.Name();
    });
  }
  if (cases == 0) GTEST_SKIP() << "no vectors";
  EXPECT_GE(cases, 650U);
}

}  // namespace
}  // namespace kmaas::contract
