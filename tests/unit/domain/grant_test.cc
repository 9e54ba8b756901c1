#include "domain/grant.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kmaas::domain {
namespace {

constexpr char kAccount[] = "111122223333";
constexpr char kAlice[] = "arn:aws:iam::111122223333:user/alice";
constexpr char kRole[] = "arn:aws:iam::111122223333:role/app";
constexpr char kForeigner[] = "arn:aws:iam::999988887777:user/mallory";

Grant GrantOf(std::vector<std::string> operations, GrantConstraints constraints = {}) {
  Grant grant;
  grant.account = kAccount;
  grant.issuing_account = kAccount;
  grant.grantee = kAlice;
  grant.operations = std::move(operations);
  grant.constraints = std::move(constraints);
  return grant;
}
GrantConstraints Equals(EncryptionContext context) { return {std::move(context), {}, ""}; }
GrantConstraints Subset(EncryptionContext context) { return {{}, std::move(context), ""}; }

Principal UserOf(const std::string& arn, const std::string& account = kAccount) {
  return {PrincipalType::kIamUser, account, arn, "AIDAEXAMPLE", "name", "AKIAEXAMPLE"};
}
Principal RootOf(const std::string& account) {
  return {PrincipalType::kRoot, account, RootArn(account), account, "", ""};
}
Principal SessionOf(const std::string& role) {
  Session session;
  session.role_arn = role;
  return {PrincipalType::kAssumedRole,
          kAccount,
          "arn:aws:sts::111122223333:assumed-role/app/session",
          "AROAEXAMPLE:session",
          "",
          "ASIAEXAMPLE",
          std::make_shared<const Session>(std::move(session))};
}

std::string Right(const Grant& grant, const Principal& caller, bool policies_allow = false) {
  return std::string(RightToRetire(grant, caller, policies_allow).value_or("none"));
}

TEST(GrantOperations, AreSortedAndThoseOfAws) {
  const auto operations = GrantOperations();
  EXPECT_EQ(operations.size(), 19U);
  EXPECT_TRUE(std::is_sorted(operations.begin(), operations.end()));
}

TEST(GrantOperations, FitASymmetricKeyUnlessTheyNeedAnother) {
  std::vector<std::string_view> unfit;
  for (const std::string_view operation : GrantOperations()) {
    if (!FitsKey(operation, Key())) unfit.push_back(operation);
  }
  EXPECT_EQ(unfit, (std::vector<std::string_view>{"Decapsulate", "DeriveSharedSecret",
                                                  "Encapsulate", "GenerateMac", "GetPublicKey",
                                                  "Sign", "Verify", "VerifyMac"}));
  EXPECT_FALSE(FitsKey("PutKeyPolicy", Key()));
  EXPECT_FALSE(FitsKey("", Key()));
}

std::string FittingOnes(KeySpec spec, KeyUsage usage) {
  Key key;
  key.spec = spec;
  key.usage = usage;
  std::string fitting;
  for (const std::string_view operation : GrantOperations()) {
    if (FitsKey(operation, key)) fitting += std::string(operation) + " ";
  }
  return fitting;
}

TEST(GrantOperations, FitAKeyByItsUsage) {
  EXPECT_EQ(FittingOnes(KeySpec::kRsa2048, KeyUsage::kEncryptDecrypt),
            "CreateGrant Decrypt DescribeKey Encrypt GetPublicKey ReEncryptFrom ReEncryptTo "
            "RetireGrant ");
  EXPECT_EQ(FittingOnes(KeySpec::kRsa2048, KeyUsage::kSignVerify),
            "CreateGrant DescribeKey GetPublicKey RetireGrant Sign Verify ");
  EXPECT_EQ(FittingOnes(KeySpec::kEccNistP256, KeyUsage::kKeyAgreement),
            "CreateGrant DeriveSharedSecret DescribeKey GetPublicKey RetireGrant ");
  EXPECT_EQ(FittingOnes(KeySpec::kHmac256, KeyUsage::kGenerateVerifyMac),
            "CreateGrant DescribeKey GenerateMac RetireGrant VerifyMac ");
}

TEST(GrantContext, MustEqualWhatTheConstraintSays) {
  const Grant grant = GrantOf({"Decrypt"}, Equals({{"a", "1"}, {"b", "2"}}));
  EXPECT_TRUE(AllowsContext(grant, "Decrypt", {{"a", "1"}, {"b", "2"}}));
  for (const EncryptionContext& other : {EncryptionContext{}, EncryptionContext{{"a", "1"}},
                                         EncryptionContext{{"a", "1"}, {"b", "3"}},
                                         EncryptionContext{{"a", "1"}, {"b", "2"}, {"c", "3"}}})
    EXPECT_FALSE(AllowsContext(grant, "Decrypt", other));
}

TEST(GrantContext, MustIncludeASubset) {
  const Grant grant = GrantOf({"Decrypt"}, Subset({{"a", "1"}, {"b", ""}}));
  EXPECT_TRUE(AllowsContext(grant, "Decrypt", {{"a", "1"}, {"b", ""}}));
  EXPECT_TRUE(AllowsContext(grant, "Decrypt", {{"a", "1"}, {"b", ""}, {"c", "3"}}));
  EXPECT_FALSE(AllowsContext(grant, "Decrypt", {}));
  EXPECT_FALSE(AllowsContext(grant, "Decrypt", {{"a", "1"}}));
  EXPECT_FALSE(AllowsContext(grant, "Decrypt", {{"a", "2"}, {"b", ""}}));
}

TEST(GrantContext, HasKeysWithoutCaseAndValuesWithIt) {
  for (const GrantConstraints& constraints :
       {Equals({{"Key", "Value"}}), Subset({{"Key", "Value"}})}) {
    const Grant grant = GrantOf({"Decrypt"}, constraints);
    EXPECT_TRUE(AllowsContext(grant, "Decrypt", {{"kEY", "Value"}}));
    EXPECT_FALSE(AllowsContext(grant, "Decrypt", {{"Key", "value"}}));
  }
}

TEST(GrantContext, IsAskedOfOperationsThatHaveOne) {
  const Grant grant = GrantOf({}, Equals({{"a", "1"}}));
  for (const std::string_view operation : GrantOperations()) {
    const bool has_context = operation.find("rypt") != std::string_view::npos ||
                             operation.starts_with("GenerateDataKey");
    EXPECT_EQ(AllowsContext(grant, operation, {}), !has_context) << operation;
  }
  EXPECT_FALSE(AllowsContext(grant, "PutKeyPolicy", {{"a", "1"}}));
  EXPECT_TRUE(AllowsContext(GrantOf({}), "Decrypt", {{"a", "1"}}));
}

TEST(NarrowGrant, HasNoFurtherOperation) {
  const Grant parent = GrantOf({"CreateGrant", "Decrypt", "Encrypt"});
  EXPECT_TRUE(IsNarrowerThan(GrantOf({"Decrypt"}), parent));
  EXPECT_TRUE(IsNarrowerThan(GrantOf({"CreateGrant", "Decrypt", "Encrypt"}), parent));
  EXPECT_FALSE(IsNarrowerThan(GrantOf({"Decrypt", "DescribeKey"}), parent));
  EXPECT_FALSE(IsNarrowerThan(GrantOf({"RetireGrant"}), parent));
}

TEST(NarrowGrant, HasAnEqualOrStricterContext) {
  const Grant free = GrantOf({"Decrypt"});
  const Grant equal = GrantOf({"Decrypt"}, Equals({{"a", "1"}, {"b", "2"}}));
  const Grant longer = GrantOf({"Decrypt"}, Equals({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  const Grant wide = GrantOf({"Decrypt"}, Subset({{"a", "1"}}));
  const Grant tight = GrantOf({"Decrypt"}, Subset({{"a", "1"}, {"b", "2"}}));
  const Grant other = GrantOf({"Decrypt"}, Subset({{"a", "2"}, {"b", "2"}}));
  const std::vector<Grant> all = {free, equal, longer, wide, tight, other};
  // Rows: the new grant; columns: the one that allows it.
  const std::vector<std::string> table = {"100000", "110110", "101110",
                                          "100100", "100110", "100001"};
  for (std::size_t row = 0; row < all.size(); ++row) {
    for (std::size_t column = 0; column < all.size(); ++column)
      EXPECT_EQ(IsNarrowerThan(all[row], all[column]), table[row][column] == '1')
          << row << " " << column;
  }
}

// Whatever passes the narrower grant passes the wider one.
TEST(NarrowGrant, AllowsNoContextThatTheWiderRefuses) {
  const std::vector<EncryptionContext> contexts = {
      {}, {{"a", "1"}}, {{"A", "1"}}, {{"b", "2"}}, {{"a", "2"}}, {{"a", "1"}, {"b", "2"}}};
  std::vector<Grant> grants = {GrantOf({"Decrypt"})};
  for (const EncryptionContext& context : contexts) {
    if (context.empty()) continue;
    grants.push_back(GrantOf({"Decrypt"}, Equals(context)));
    grants.push_back(GrantOf({"Decrypt"}, Subset(context)));
  }
  for (const Grant& child : grants) {
    for (const Grant& parent : grants) {
      if (!IsNarrowerThan(child, parent)) continue;
      for (const EncryptionContext& context : contexts)
        EXPECT_TRUE(!AllowsContext(child, "Decrypt", context) ||
                    AllowsContext(parent, "Decrypt", context));
    }
  }
}

TEST(NarrowGrant, KeepsTheSource) {
  const GrantConstraints source{{}, {}, "arn:aws:s3:eu-central-1:111122223333:bucket/b"};
  const GrantConstraints other{{}, {}, "arn:aws:s3:eu-central-1:111122223333:bucket/c"};
  EXPECT_TRUE(IsNarrowerThan(GrantOf({}, source), GrantOf({})));
  EXPECT_TRUE(IsNarrowerThan(GrantOf({}, source), GrantOf({}, source)));
  EXPECT_FALSE(IsNarrowerThan(GrantOf({}), GrantOf({}, source)));
  EXPECT_FALSE(IsNarrowerThan(GrantOf({}, other), GrantOf({}, source)));
}

TEST(RightToRetire, IsTheRetiringPrincipals) {
  Grant grant = GrantOf({"Decrypt"});
  grant.retiring = kForeigner;
  EXPECT_EQ(Right(grant, UserOf(kForeigner, "999988887777")), "retiring principal");
  EXPECT_EQ(Right(grant, UserOf("arn:aws:iam::999988887777:user/eve", "999988887777"), true),
            "none");
  grant.retiring = kRole;
  EXPECT_EQ(Right(grant, SessionOf(kRole)), "retiring principal");
  EXPECT_EQ(Right(grant, SessionOf("arn:aws:iam::111122223333:role/other")), "none");
}

TEST(RightToRetire, IsTheGranteesWhenTheGrantSaysSo) {
  EXPECT_EQ(Right(GrantOf({"Decrypt"}), UserOf(kAlice)), "none");
  EXPECT_EQ(Right(GrantOf({"Decrypt", "RetireGrant"}), UserOf(kAlice)), "grantee");
  EXPECT_EQ(Right(GrantOf({"RetireGrant"}), UserOf("arn:aws:iam::111122223333:user/Alice")),
            "none");
}

TEST(RightToRetire, IsTheAccountsAndOfThoseWhoActForIt) {
  Grant grant = GrantOf({"Decrypt"});
  grant.issuing_account = "444455556666";
  for (const char* account : {kAccount, "444455556666"}) {
    EXPECT_EQ(Right(grant, RootOf(account)), "account of the grant");
    const Principal user = UserOf("arn:aws:iam::" + std::string(account) + ":user/carol", account);
    EXPECT_EQ(Right(grant, user, true), "account of the grant");
    EXPECT_EQ(Right(grant, user, false), "none");
  }
  EXPECT_EQ(Right(grant, RootOf("999988887777"), true), "none");
}

TEST(RightToRetire, PassesFromARetiringAccountToThoseWhoActForIt) {
  Grant grant = GrantOf({"Decrypt"});
  grant.retiring = RootArn("999988887777");
  EXPECT_EQ(Right(grant, RootOf("999988887777")), "retiring principal");
  EXPECT_EQ(Right(grant, UserOf(kForeigner, "999988887777"), true), "retiring principal");
  EXPECT_EQ(Right(grant, UserOf(kForeigner, "999988887777"), false), "none");
}

// A service's name is no ARN, and nobody but the service is called so.
TEST(RightToRetire, OfAServiceIsThatServices) {
  Grant grant = GrantOf({"Decrypt"});
  grant.retiring = "dynamodb.amazonaws.com";
  grant.retiring_is_service = true;
  Principal caller = UserOf("dynamodb.amazonaws.com", "999988887777");
  EXPECT_EQ(Right(grant, caller), "none");
  caller.type = PrincipalType::kService;
  EXPECT_EQ(Right(grant, caller), "retiring principal");
  grant.retiring_is_service = false;
  EXPECT_EQ(Right(grant, caller), "none");
}

TEST(GrantIds, AreSixtyFourLowerHexDigits) {
  EXPECT_TRUE(IsGrantId(std::string(64, 'a')));
  EXPECT_FALSE(IsGrantId(std::string(63, 'a')));
  EXPECT_FALSE(IsGrantId(std::string(65, 'a')));
  EXPECT_FALSE(IsGrantId(std::string(64, 'A')));
  EXPECT_FALSE(IsGrantId(std::string(63, 'a') + "/"));
}

TEST(SourceArn, NamesAResourceOfAnAccount) {
  EXPECT_TRUE(IsSourceArn("arn:aws:s3:eu-central-1:111122223333:bucket/b"));
  EXPECT_TRUE(IsSourceArn("arn:aws-cn:s3::111122223333:a b:c*"));
  for (const char* arn : {"", "arn:aws:s3:::bucket", "arn:gcp:s3::111122223333:b",
                          "arn:aws:s3::111122223333:", "arn:aws::eu-central-1:111122223333:b",
                          "arn:aws:S3::111122223333:b", "arn:aws:s3::111122223333:b\n",
                          "arn:aws:s3:EU:111122223333:b"})
    EXPECT_FALSE(IsSourceArn(arn)) << arn;
}

}  // namespace
}  // namespace kmaas::domain
