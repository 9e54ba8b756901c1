// Goal: wrapping keys and import tokens belong together, to one key, for a day. Method: real keys
// of the fake token, every combination of algorithm and specs, tokens that were tampered with.
#include "domain/import_key.h"
#include "tests/api/import_fixture.h"

namespace kmaas::api {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Bytes kSecret(32, 0x42);

class ImportParameters : public Importing {
 protected:
  std::string RefusalOfAsking(const kms::GetParametersForImportRequest& request) {
    return Refusal(world_.Send("GetParametersForImport", request));
  }
};

TEST_F(ImportParameters, AreAWrappingKeyAndATokenForADay) {
  const std::string arn = MakeExternal();
  const auto reply = world_.Must<kms::GetParametersForImportResponse>(
      "GetParametersForImport", Asking(arn, "RSAES_OAEP_SHA_256", "RSA_3072"));
  EXPECT_EQ(reply.key_id(), arn);
  EXPECT_EQ(reply.parameters_valid_to(), ToEpochSeconds(world_.clock.Now() + hours(24)));
  const auto rows = Rows<domain::ImportKey>();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].spec, domain::WrappingKeySpec::kRsa3072);
  EXPECT_EQ(rows[0].algorithm, domain::WrappingAlgorithm::kRsaesOaepSha256);
  EXPECT_EQ(ToString(rows[0].public_key), reply.public_key());
  const auto due = Rows<records::DueWork>();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].work, records::Work::kEndImportKey);
  EXPECT_EQ(due[0].subject, rows[0].id.ToText());
  EXPECT_EQ(due[0].due, rows[0].valid_to);
}

TEST_F(ImportParameters, AreGivenForEveryMaterialThatTheWrappingHolds) {
  for (std::size_t i = 0; i < domain::kCount<domain::KeySpec>; ++i) {
    const auto spec = static_cast<domain::KeySpec>(i);
    const std::string arn =
        MakeExternal(std::string(ToText(spec)), std::string(ToText(FactsOf(spec).usages.front())));
    for (const char* wrapping : {"RSA_2048", "RSA_3072", "RSA_4096"}) {
      for (const char* algorithm : {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256",
                                    "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"}) {
        const bool direct = std::string(algorithm).starts_with("RSAES");
        const bool too_long =
            FactsOf(spec).family == domain::KeyFamily::kRsa ||
            (spec == domain::KeySpec::kEccNistP521 && std::string(wrapping) == "RSA_2048");
        const std::string text(ToText(spec));
        EXPECT_EQ(RefusalOfAsking(Asking(arn, algorithm, wrapping)),
                  direct && too_long
                      ? "UnsupportedOperationException: WrappingAlgorithm " +
                            std::string(algorithm) + " with WrappingKeySpec " + wrapping +
                            " cannot wrap key material of KeySpec " + text + "."
                      : "")
            << text << " " << algorithm << " " << wrapping;
      }
    }
  }
}

TEST_F(ImportParameters, AreNotGivenForWhatIsNotServed) {
  const std::string arn = MakeExternal();
  EXPECT_EQ(RefusalOfAsking(Asking(arn, "RSAES_PKCS1_V1_5")),
            "UnsupportedOperationException: WrappingAlgorithm RSAES_PKCS1_V1_5 is not supported.");
  EXPECT_EQ(RefusalOfAsking(Asking(arn, "SM2PKE", "SM2")),
            "UnsupportedOperationException: WrappingAlgorithm SM2PKE is not supported.");
  EXPECT_EQ(RefusalOfAsking(Asking(arn, "RSAES_OAEP_SHA_256", "SM2")),
            "UnsupportedOperationException: WrappingKeySpec SM2 is not supported.");
  const std::string own = world_.MakeKey();
  EXPECT_EQ(RefusalOfAsking(Asking(own, "RSAES_OAEP_SHA_256")),
            "UnsupportedOperationException: " + own +
                " origin is AWS_KMS which is not valid for this operation.");
  EXPECT_TRUE(Rows<domain::ImportKey>().empty());
}

TEST_F(ImportParameters, AreFiveAtATimeOfWhichTheOldestMakesRoom) {
  const std::string arn = MakeExternal();
  const std::string other = MakeExternal();
  const Parameters of_another = ParametersFor(other);
  const Parameters first = ParametersFor(arn);
  const domain::ImportKey oldest = Rows<domain::ImportKey>(IdIn(arn)).front();
  world_.clock.Advance(seconds(1));
  const Parameters second = ParametersFor(arn);
  for (int i = 0; i < 4; ++i) {
    world_.clock.Advance(seconds(1));
    ParametersFor(arn);
  }
  EXPECT_EQ(Rows<domain::ImportKey>(IdIn(arn)).size(), 5U);
  EXPECT_EQ(Rows<records::DueWork>().size(), 6U);
  EXPECT_EQ(
      world_.engine.ImportMaterial({.import_key = oldest.id}, {}, Deadline::Never()).error().code,
      ErrorCode::kInvalidImportToken);
  EXPECT_EQ(RefusalOf(Importable(arn, first, kSecret)), "InvalidImportTokenException: ");
  EXPECT_EQ(RefusalOf(Importable(arn, second, kSecret)), "");
  EXPECT_EQ(RefusalOf(Importable(other, of_another, kSecret)), "");
}

// However many somebody asks for, the owner's next one serves.
TEST_F(ImportParameters, AreNeverUsedUpByThoseWhoAskForMany) {
  const std::string arn = MakeExternal();
  for (int i = 0; i < 60; ++i) {
    world_.clock.Advance(seconds(1));
    ASSERT_EQ(RefusalOfAsking(Asking(arn, "RSAES_OAEP_SHA_256")), "");
  }
  EXPECT_EQ(RefusalOf(Importable(arn, kSecret)), "");
}

TEST_F(ImportParameters, ServeOutOfOrderAndMoreThanOnce) {
  const std::string arn = MakeExternal();
  const Parameters first = ParametersFor(arn);
  const Parameters second = ParametersFor(arn, "RSA_AES_KEY_WRAP_SHA_256");
  const std::string id = Import(Importable(arn, second, kSecret));
  EXPECT_EQ(Import(Importable(arn, first, kSecret)), id);
  EXPECT_EQ(Import(Importable(arn, first, kSecret)), id);
}

TEST_F(ImportParameters, HoldForOneKey) {
  const Parameters parameters = ParametersFor(MakeExternal());
  EXPECT_EQ(RefusalOf(Importable(MakeExternal(), parameters, kSecret)),
            "InvalidImportTokenException: ");
}

TEST_F(ImportParameters, AreRefusedWithAnyFlippedBitOrAnotherLength) {
  const std::string arn = MakeExternal();
  auto request = Importable(arn, kSecret);
  const std::string token = request.import_token();
  for (std::size_t bit = 0; bit < 8 * token.size(); ++bit) {
    std::string spoilt = token;
    spoilt[bit / 8] = static_cast<char>(spoilt[bit / 8] ^ (1 << (bit % 8)));
    request.set_import_token(spoilt);
    ASSERT_EQ(RefusalOf(request), "InvalidImportTokenException: ") << bit;
  }
  for (const std::string& spoilt : {token + "x", token.substr(1), std::string("x")}) {
    request.set_import_token(spoilt);
    EXPECT_EQ(RefusalOf(request), "InvalidImportTokenException: ");
  }
  EXPECT_EQ(Describe(arn).key_state(), "PendingImport");
}

TEST_F(ImportParameters, BelongTogether) {
  const std::string arn = MakeExternal();
  const Parameters first = ParametersFor(arn);
  Parameters mixed = ParametersFor(arn, "RSA_AES_KEY_WRAP_SHA_1");
  mixed.token = first.token;
  EXPECT_EQ(RefusalOf(Importable(arn, mixed, kSecret)), "InvalidCiphertextException: ");
}

TEST_F(ImportParameters, ExpireAfterADayWhetherDestroyedOrNot) {
  const std::string arn = MakeExternal();
  const auto request = Importable(arn, kSecret);
  const std::string id = Rows<domain::ImportKey>().front().id.ToText();
  world_.clock.Advance(hours(24) - seconds(1));
  EXPECT_EQ(EndImportKey(arn, id),
            "KMSInvalidStateException: Import key '" + id + "' has not expired.");
  Import(request);
  world_.clock.Advance(seconds(1));
  EXPECT_EQ(RefusalOf(request), "ExpiredImportTokenException: ");
  EXPECT_EQ(EndImportKey(arn, id), "");
  EXPECT_EQ(RefusalOf(request), "ExpiredImportTokenException: ");
  EXPECT_TRUE(Rows<domain::ImportKey>().empty());
  EXPECT_TRUE(Rows<records::DueWork>().empty());
  EXPECT_EQ(EndImportKey(arn, id), "NotFoundException: Import key '" + id + "' does not exist");
}

TEST_F(ImportParameters, OfARowThatIsGoneAreInvalid) {
  const std::string arn = MakeExternal();
  const auto request = Importable(arn, kSecret);
  const auto row = records::Table<domain::ImportKey>::RowKey(Rows<domain::ImportKey>().front());
  ASSERT_TRUE(world_.catalog.Write(
      [&](records::Changes& changes) { return changes.Delete<domain::ImportKey>(row); },
      Deadline::Never()));
  EXPECT_EQ(RefusalOf(request), "InvalidImportTokenException: ");
}

TEST_F(ImportParameters, StandInNoRecord) {
  const std::string arn = MakeExternal();
  const auto request = Importable(arn, kSecret);
  Import(request);
  for (const std::string& line : world_.audit.lines()) {
    EXPECT_EQ(line.find(request.import_token()), std::string::npos);
    EXPECT_EQ(line.find("mportToken\":"), std::string::npos);
    EXPECT_EQ(line.find("ncryptedKeyMaterial\":"), std::string::npos);
  }
}

}  // namespace
}  // namespace kmaas::api
