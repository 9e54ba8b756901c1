#include "base/encoding.h"
#include "crypto/ed25519.h"
#include "keyservice/classes/signed_table.h"
#include "tests/unit/keyservice/keyservice_fixture.h"

namespace kmaas::keyservice {
namespace {

std::string Edited(const std::string& from, const std::string& to) {
  std::string text = ShippedText();
  const std::size_t at = text.rfind(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// rfind edits the last one: class 5.
TEST(ClassTableFile, RefusesWhatIsUnknownMissingOutOfRangeOrWeaker) {
  const struct {
    const char* from;
    const char* to;
    const char* said;
  } cases[] = {
      {"    pam: SA", "    pam: SA\n    color: red", "class 5 has an unknown name: color"},
      {"    pam: SA\n", "", "class 5 lacks pam"},
      {"    pam: SA", "    pam: SA\n    pam: SA", "twice"},
      {"    pam: SA", "    pam: XX", "pam must be one of AO, MA, SA"},
      {"deletion_wait_days: 30", "deletion_wait_days: 31", "from 7 to 30"},
      {"rsa_bits_min: 4096", "rsa_bits_min: 3072",
       "class 5: rsa_bits_min 3072 is weaker than 4096"},
      {"rotation_days: 90", "rotation_days: 181", "beyond rotation_days_max"},
      {"approvers_min: 4", "approvers_min: 2", "nothing could be approved"},
      {"non_production: exception", "non_production: oops", "must be one of refused"},
      {"label: dev", "label: tni", "has the name or label of T&I"},
      {"serial: 1", "serial: -1", ":3: the file serial must be a whole number"},
  };
  for (const auto& one : cases) {
    const auto table = ParseClassTable(Edited(one.from, one.to), "f");
    ASSERT_FALSE(table.has_value()) << one.to;
    EXPECT_NE(table.error().message.find(one.said), std::string::npos) << table.error().message;
  }
}

TEST(ClassTableFile, IsBelievedWithItsSignatureAndItsSerialOnly) {
  const Bytes seed(32, 7);
  const SecretBytes key = crypto::Ed25519KeyFromSeed(seed);
  const Bytes public_key = crypto::Ed25519PublicKey(key.view());
  std::string text = ShippedText();
  const std::string signature = Base64Encode(crypto::Ed25519Sign(key.view(), AsBytes(text))) + "\n";
  EXPECT_TRUE(ReadSignedTable({"f", text, signature}, public_key, 1).has_value());
  EXPECT_EQ(ReadSignedTable({"f", text, signature}, public_key, 2).error().code,
            ErrorCode::kValidation);
  EXPECT_EQ(ReadSignedTable({"f", text, "AA=="}, public_key, 1).error().code,
            ErrorCode::kInvalidSignature);
  text += "\n";
  EXPECT_EQ(ReadSignedTable({"f", text, signature}, public_key, 1).error().code,
            ErrorCode::kInvalidSignature);
}

TEST(ClassTableFile, IsExplainedRuleByRule) {
  const std::string said = Explain(Shipped());
  EXPECT_NE(said.find("elevation_minutes_max: longest elevation\n  1  480"), std::string::npos);
}

}  // namespace
}  // namespace kmaas::keyservice
