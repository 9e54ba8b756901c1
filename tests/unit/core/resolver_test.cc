#include "core/resolver.h"

#include "tests/unit/core/core_world.h"

namespace kmaas::core {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kMissingId[] = "12345678-1234-1234-1234-123456789012";

std::string ArnOf(const std::string& resource, const std::string& account = kAccount,
                  const std::string& region = kRegion) {
  return "arn:aws:kms:" + region + ":" + account + ":" + resource;
}

class Resolver : public testing::Test {
 protected:
  Resolver() : arn_(world_.MakeKey()), id_(arn_.substr(arn_.rfind('/') + 1)) {
    world_.MakeAlias(kAccount, "alias/app", arn_);
  }
  // DescribeKey takes every form; which key it found, or the error.
  std::string Describe(const std::string& text, const std::string& account = kAccount) {
    kms::DescribeKeyRequest request;
    request.set_key_id(text);
    return Answer("DescribeKey", request, account);
  }
  // EnableKey takes ids and key ARNs.
  std::string Enable(const std::string& text) {
    kms::EnableKeyRequest request;
    request.set_key_id(text);
    return Answer("EnableKey", request, kAccount);
  }
  std::string Answer(const std::string& operation, const google::protobuf::Message& request,
                     const std::string& account) {
    world_.log.clear();
    const auto reply = world_.Send(operation, request, UserOf(account));
    return reply ? world_.audit.records().back().resources.at(0).arn : Outcome(reply);
  }

  World world_;
  std::string arn_;
  std::string id_;
};

TEST_F(Resolver, FindsAKeyByEveryForm) {
  for (const std::string& text : {id_, arn_, std::string("alias/app"), ArnOf("alias/app")})
    EXPECT_EQ(Describe(text), arn_) << text;
  EXPECT_EQ(Enable(id_), arn_);
  EXPECT_EQ(Enable(arn_), arn_);
}

TEST_F(Resolver, NamesAKeyThatIsNotThereByItsArn) {
  const std::string expected =
      "NotFoundException: Key '" + ArnOf(std::string("key/") + kMissingId) + "' does not exist";
  EXPECT_EQ(Describe(kMissingId), expected);
  EXPECT_EQ(Describe(ArnOf(std::string("key/") + kMissingId)), expected);
  const std::string mrk = "mrk-1234abcd12ab34cd56ef1234567890ab";
  EXPECT_EQ(Describe(mrk), "NotFoundException: Key '" + ArnOf("key/" + mrk) + "' does not exist");
}

TEST_F(Resolver, RepeatsWhatIsNoKeyId) {
  for (const std::string text :
       {"key", "mrk-fake-key-id", "12345678123412341234123456789012", "mrk-", "key/x",
        "12345678-1234-1234-1234-12345678901", "12345678-1234-1234-1234-1234567890123",
        "1234567g-1234-1234-1234-123456789012", "..", "../keys", "%2e%2e", "ARN:aws:kms",
        "Alias/app", "aliases/app"})
    EXPECT_EQ(Describe(text), "NotFoundException: Invalid keyId '" + text + "'");
}

TEST_F(Resolver, NamesAnAliasThatIsNotThereByItsArn) {
  const std::string expected = "NotFoundException: Alias " + ArnOf("alias/none") + " is not found.";
  EXPECT_EQ(Describe("alias/none"), expected);
  EXPECT_EQ(Describe(ArnOf("alias/none")), expected);
}

TEST_F(Resolver, TakesNoAliasWhereOnlyAKeyMayStand) {
  EXPECT_EQ(Enable(ArnOf("alias/app")),
            "InvalidArnException: Key Aliases are not supported for this operation.");
  EXPECT_EQ(Enable("alias/app"), "NotFoundException: Invalid keyId 'alias/app'");
}

TEST_F(Resolver, NamesTheOtherRegionOfAnArn) {
  for (const std::string& resource : {"key/" + id_, std::string("alias/app")})
    EXPECT_EQ(Describe(ArnOf(resource, kAccount, "us-east-1")),
              "NotFoundException: Invalid arn us-east-1");
}

TEST_F(Resolver, RepeatsWhatIsNoArnOfAKey) {
  for (const std::string text :
       {"arn:", "arn:aws:kms", "arn:aws:kms:eu-central-1:111122223333",
        "arn:aws:kms:eu-central-1:111122223333:", "arn:aws:kms:eu-central-1:111122223333:grant/x",
        "arn:aws:s3:eu-central-1:111122223333:key/x", "arn:gcp:kms:eu-central-1:111122223333:key/x",
        "arn:aws:kms:eu-central-1:11112222333:key/x", "arn:aws:kms:eu-central-1::key/x",
        "arn:aws:kms:eu-central-1:111122223333:Key/x"})
    EXPECT_EQ(Describe(text), "InvalidArnException: Invalid arn " + text);
}

TEST_F(Resolver, NamesTheIdInAnArnThatIsNone) {
  EXPECT_EQ(Describe(ArnOf("key/nonsense")), "NotFoundException: Invalid keyId 'nonsense'");
  EXPECT_EQ(Describe(ArnOf("key/")), "NotFoundException: Invalid keyId ''");
  EXPECT_EQ(Describe(ArnOf("key/" + id_ + "/x")),
            "NotFoundException: Invalid keyId '" + id_ + "/x'");
}

// The caller's own account is where a name without an account is looked up.
TEST_F(Resolver, LooksNamesWithoutAnAccountUpInTheCallersOwn) {
  EXPECT_EQ(Describe(id_, kOtherAccount),
            "NotFoundException: Key '" + ArnOf("key/" + id_, kOtherAccount) + "' does not exist");
  EXPECT_EQ(Describe("alias/app", kOtherAccount),
            "NotFoundException: Alias " + ArnOf("alias/app", kOtherAccount) + " is not found.");
}

std::string Denied(const std::string& arn) {
  return "AccessDeniedException: User: " + UserOf(kOtherAccount).arn +
         " is not authorized to perform: kms:DescribeKey on resource: " + arn +
         " because no resource-based policy allows the kms:DescribeKey action";
}

TEST_F(Resolver, DeniesAForeignKeyAndAMissingOneAlike) {
  for (const std::string& arn : {arn_, ArnOf(std::string("key/") + kMissingId)})
    EXPECT_EQ(Describe(arn, kOtherAccount), Denied(arn));
}

// The answer names what the caller named: not the key behind it, which would say that it exists.
TEST_F(Resolver, DeniesAForeignAliasAndAMissingOneAlike) {
  for (const std::string& arn : {ArnOf("alias/app"), ArnOf("alias/none")})
    EXPECT_EQ(Describe(arn, kOtherAccount), Denied(arn));
}

// The second key of a call is a probe for the first: it is not looked up before the first is
// allowed.
TEST_F(Resolver, DeniesAForeignKeyBeforeItLooksForTheNextOne) {
  for (const std::string& source : {arn_, ArnOf(std::string("key/") + kMissingId)}) {
    kms::ReEncryptRequest request;
    request.set_ciphertext_blob("x");
    request.set_source_key_id(source);
    request.set_destination_key_id(kMissingId);
    EXPECT_THAT(Answer("ReEncrypt", request, kOtherAccount),
                HasSubstr("kms:ReEncryptFrom on resource: " + source));
  }
}

TEST_F(Resolver, TellsForeignersNothingOfTheState) {
  for (const domain::KeyState state :
       {domain::KeyState::kDisabled, domain::KeyState::kPendingDeletion}) {
    world_.SetState(arn_, state);
    kms::EncryptRequest request;
    request.set_key_id(arn_);
    request.set_plaintext("x");
    EXPECT_THAT(Answer("Encrypt", request, kOtherAccount), HasSubstr("AccessDeniedException"));
  }
}

TEST_F(Resolver, NeverTakesANearMissForTheName) {
  const std::string upper = [this] {
    std::string text = id_;
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }();
  for (const std::string& text :
       {upper, " " + id_, id_ + " ", id_ + "\n", id_ + std::string(1, '\0'),
        std::string("alias/App"), std::string("alias/app "), std::string("alias//app"),
        std::string("alias/./app"), std::string("alias/x/../app"), std::string("alias/%61pp"),
        std::string("alias/app\0x", 11), std::string("alias/\xd0\xb0pp"), ArnOf("alias/APP"),
        ArnOf("alias/app/")})
    EXPECT_THAT(Describe(text), Not(testing::StartsWith("arn:"))) << text;
}

class CiphertextTarget : public Resolver {
 protected:
  std::string Decrypt(const std::string& blob, const std::string& account = kAccount) {
    kms::DecryptRequest request;
    if (!blob.empty()) request.set_ciphertext_blob(blob);
    return Answer("Decrypt", request, account);
  }
  static std::string BlobOf(const domain::KeyId& id) {
    domain::CiphertextHeader header;
    header.key_id = id;
    Bytes blob = domain::EncodeHeader(header);
    blob.resize(blob.size() + 17);
    return std::string(AsText(blob));
  }
};

TEST_F(CiphertextTarget, FindsTheKeyThatTheBlobNames) {
  EXPECT_EQ(Decrypt(BlobOf(*domain::KeyId::Parse(id_))), arn_);
}

TEST_F(CiphertextTarget, AnswersAlikeForMissingAndForeignKeys) {
  const std::string expected = "AccessDeniedException: " + CiphertextKeyDenied().message;
  EXPECT_EQ(Decrypt(BlobOf(*domain::KeyId::Parse(kMissingId))), expected);
  EXPECT_EQ(Decrypt(BlobOf(*domain::KeyId::Parse(id_)), kOtherAccount), expected);
}

// Who is denied the key hears no more than who names one that is not there.
TEST_F(CiphertextTarget, AnswersAlikeWhenTheKeyIsDenied) {
  world_.authoriser.decide = [](const AccessQuestion& /*question*/) -> Result<Verdict> {
    return Error{ErrorCode::kAccessDenied, "denied on a key that the caller did not name"};
  };
  EXPECT_EQ(Decrypt(BlobOf(*domain::KeyId::Parse(id_))),
            "AccessDeniedException: " + CiphertextKeyDenied().message);
}

TEST_F(CiphertextTarget, FindsNoKeyInABlobThatIsNone) {
  EXPECT_EQ(Decrypt("not a blob"), "InvalidCiphertextException: ");
}

TEST_F(CiphertextTarget, WantsABlobOrAKey) {
  EXPECT_EQ(Decrypt(""),
            "ValidationException: 1 validation error detected: Value null at 'ciphertextBlob' "
            "failed to satisfy constraint: Member must not be null");
}

}  // namespace
}  // namespace kmaas::core
