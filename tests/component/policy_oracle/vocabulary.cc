#include "tests/component/policy_oracle/vocabulary.h"

namespace kmaas::policy_oracle {
namespace {

std::vector<Caller> MakeCallers() {
  std::vector<Caller> callers;
  for (const std::string& account : Accounts()) {
    const std::string iam = "arn:aws:iam::" + account + ":";
    const std::string session = "arn:aws:sts::" + account + ":assumed-role/";
    callers.push_back({Caller::Kind::kRoot, account, iam + "root", ""});
    callers.push_back({Caller::Kind::kUser, account, iam + "user/alice", ""});
    callers.push_back({Caller::Kind::kUser, account, iam + "user/division/bob", ""});
    callers.push_back(
        {Caller::Kind::kRoleSession, account, session + "reader/one", iam + "role/reader"});
    callers.push_back(
        {Caller::Kind::kRoleSession, account, session + "reader/two", iam + "role/reader"});
    callers.push_back(
        {Caller::Kind::kRoleSession, account, session + "writer/one", iam + "role/service/writer"});
  }
  return callers;
}

const Texts kNumbers = {"0", "1", "7", "30", "300", "-1", "2.5"};
const Texts kNumbersOther = {"0", "1", "7.0", "30", "300", "0300", "-1", "2.50", "3600"};
const Texts kDates = {"2026-11-26T06:00:00Z", "2026-11-26T05:59:59Z",
                      "2026-11-26",           "2026",
                      "2027-01-01T00:00:00Z", "1795672800"};
const Texts kDatesOther = {"2026-11-26T06:00:00Z",
                           "2026-11-26T07:00:00+01:00",
                           "2026-11-26T01:00:00-05:00",
                           "2026-11-26T06:00Z",
                           "2026-11-26T05:59:59.5Z",
                           "2026-11-26",
                           "2026-11",
                           "2026",
                           "1795672800",
                           "2024-02-29T23:59:59Z"};
const Texts kTags = {"red", "blue", "Red", "r*d", "reed", ""};
const Texts kTagPatterns = {"red",
                            "blue",
                            "RED",
                            "r*d",
                            "re?d",
                            "*",
                            "?",
                            "b*",
                            "",
                            "r${*}d",
                            "${aws:username}",
                            "${aws:PrincipalTag/team}",
                            "${aws:PrincipalTag/team, 'red'}",
                            "${aws:username, 'r*d'}",
                            "${AWS:UserName, 'alice'}"};
const Texts kArns = {"arn:aws:iam::111122223333:role/reader",
                     "arn:aws:iam::111122223333:user/alice",
                     "arn:aws:iam::444455556666:role/service/writer",
                     "arn:aws:s3:::bucket:111122223333:role/reader"};
const Texts kArnPatterns = {"arn:aws:iam::111122223333:role/reader",
                            "arn:aws:iam::111122223333:*",
                            "arn:aws:iam::*:role/*",
                            "arn:aws:*:*:*:*role/reader",
                            "arn:aws:*:*:111122223333:role/*",
                            "arn:*:iam::111122223333:user/${aws:username}",
                            "arn:aws:iam::444455556666:role/service/write?"};
const Texts kAddresses = {"10.0.0.5",    "10.1.2.3",        "192.0.2.1",
                          "2001:db8::5", "2001:db8:0:1::5", "::ffff:10.0.0.5"};
const Texts kRanges = {"10.0.0.0/8", "10.0.0.0/24",   "10.0.0.5",          "10.0.0.4/31",
                       "0.0.0.0/0",  "2001:db8::/32", "2001:DB8:0:1::/64", "2001:db8:0:0:0:0:0:5",
                       "::/0"};
const Texts kOperations = {"Decrypt", "Encrypt", "DescribeKey", "CreateGrant"};
const Texts kOperationPatterns = {"Decrypt", "Encrypt", "Describe*", "*crypt", "CreateGrant"};
const Texts kTruth = {"true", "false"};
const Texts kOwners = {"*", "arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*"};
const Texts kOrganisation = {"o-a1b2c3d4e5"};

}  // namespace

const std::vector<std::string>& Accounts() {
  static const std::vector<std::string> kAccounts = {"111122223333", "444455556666",
                                                     "777788889999"};
  return kAccounts;
}

const std::vector<Caller>& Callers() {
  static const std::vector<Caller> kCallers = MakeCallers();
  return kCallers;
}

const Texts& KeyActions() {
  static const Texts kActions = {"kms:Encrypt",     "kms:Decrypt",     "kms:GenerateDataKey",
                                 "kms:DescribeKey", "kms:CreateGrant", "kms:RetireGrant",
                                 "kms:PutKeyPolicy"};
  return kActions;
}

const Texts& ActionPatterns() {
  static const Texts kPatterns = {
      "kms:*",         "kms:*",          "*",           "kms:Decrypt", "kms:Encrypt",
      "kms:*crypt",    "kms:?ncrypt",    "KMS:decrypt", "kms:*Key*",   "kms:*Grant",
      "kms:Generate*", "sts:AssumeRole", "sts:*",       "kms:D*r?pt"};
  return kPatterns;
}

const Texts& TrustActionPatterns() {
  static const Texts kPatterns = {"sts:AssumeRole", "sts:*", "sts:assume????", "sts:TagSession",
                                  "STS:Assume*"};
  return kPatterns;
}

const Texts& KeyArns() {
  static const Texts kArnsOfKeys = {
      "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      "arn:aws:kms:eu-west-1:444455556666:key/9999abcd-12ab-34cd-56ef-1234567890ab"};
  return kArnsOfKeys;
}

const Texts& RoleArns() {
  static const Texts kArnsOfRoles = {"arn:aws:iam::111122223333:role/reader",
                                     "arn:aws:iam::444455556666:role/service/writer"};
  return kArnsOfRoles;
}

const Texts& ResourcePatterns() {
  static const Texts kPatterns = {
      "*",
      "*",
      "*",
      "arn:aws:kms:*:111122223333:key/*",
      "arn:aws:kms:eu-west-1:*:key/*",
      "arn:aws:kms:eu-west-1:444455556666:key/????abcd-*",
      "arn:aws:kms:*:*:alias/*",
      "arn:aws:iam::*:role/*",
      "arn:aws:kms:*",
      "arn:*:key/9999abcd*",
      "arn:aws:kms:*:*:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      "arn:aws:kms:eu-west-1:*:key/${aws:PrincipalTag/key}*",
      "arn:aws:kms:eu-west-1:*:key/${aws:PrincipalTag/key, '1234abcd'}-*"};
  return kPatterns;
}

const std::vector<KeyWords>& Keys() {
  static const std::vector<KeyWords> kKeys = {
      {"aws:PrincipalTag/team", "String", false, kTagPatterns, kTags},
      {"aws:ResourceTag/Team", "String", false, kTagPatterns, kTags},
      {"aws:PrincipalTag/key", "String", false, {"1234abcd", "*"}, {"1234abcd", "9999abcd", "*"}},
      // Free text may be compared as anything.
      {"aws:PrincipalTag/level", "Numeric", false, kNumbersOther, {"7", "30", "seven", ""}},
      {"aws:PrincipalTag/since", "Date", false, kDatesOther, {"2026-11-26", "300", "soon"}},
      {"aws:PrincipalTag/bytes",
       "Binary",
       false,
       {"cmVk", "Ymx1ZQ==", "cmVkIQ=="},
       {"cmVk", "cmVkIQ=="}},
      {"aws:PrincipalTag/owner",
       "Arn",
       false,
       kOwners,
       {"arn:aws:iam::111122223333:user/alice", "team"}},
      {"aws:username", "String", false, {"alice", "b*"}, {"alice", "bob"}},
      {"kms:EncryptionContext:team", "String", false, kTagPatterns, kTags},
      {"kms:EncryptionContextKeys",
       "String",
       true,
       {"team", "dept", "t*"},
       {"team", "dept", "Team"}},
      {"aws:TagKeys", "String", true, {"team", "cost", "*"}, {"team", "cost", "TEAM"}},
      {"kms:ResourceAliases", "String", true, {"alias/a*", "alias/b"}, {"alias/a", "alias/b"}},
      {"kms:GrantOperations", "String", true, kOperationPatterns, kOperations},
      {"aws:PrincipalOrgID", "String", false, kOrganisation, {}},
      {"aws:PrincipalArn", "Arn", false, kArnPatterns, kArns},
      {"aws:SourceArn", "Arn", false, kArnPatterns, kArns},
      {"aws:MultiFactorAuthPresent", "Bool", false, kTruth, kTruth},
      {"aws:SecureTransport", "Bool", false, kTruth, kTruth},
      {"kms:GrantIsForAWSResource", "Bool", false, kTruth, kTruth},
      {"aws:MultiFactorAuthAge", "Numeric", false, kNumbersOther, kNumbers},
      {"kms:RotationPeriodInDays", "Numeric", false, kNumbersOther, kNumbers},
      {"aws:CurrentTime", "Date", false, kDatesOther, kDates},
      {"kms:ValidTo", "Date", false, kDatesOther, kDates},
      {"aws:SourceIp", "IpAddress", false, kRanges, kAddresses},
  };
  return kKeys;
}

const Texts& Operators(const std::string& type) {
  static const std::map<std::string, Texts> kOperators = {
      {"String",
       {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
        "StringLike", "StringNotLike"}},
      {"Arn", {"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"}},
      {"Bool", {"Bool"}},
      {"Numeric",
       {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals"}},
      {"Date",
       {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
        "DateGreaterThanEquals"}},
      {"IpAddress", {"IpAddress", "NotIpAddress"}},
      {"Binary", {"BinaryEquals"}},
  };
  return kOperators.at(type);
}

}  // namespace kmaas::policy_oracle
