#include "keyservice/rows/words.h"

#include <algorithm>

namespace kmaas::keyservice {
namespace {

constexpr Word<Action> kActions[] = {{Action::kNew, {"NIEUW", "NEW"}},
                                     {Action::kChange, {"WIJZIG", "CHANGE"}},
                                     {Action::kRotate, {"ROTEER", "ROTATE"}},
                                     {Action::kRevoke, {"INTREKKEN", "REVOKE"}}};
constexpr Word<PersonalData> kPersonalData[] = {{PersonalData::kNone, {"NEEN", "NO"}},
                                                {PersonalData::kOrdinary, {"JA", "YES"}},
                                                {PersonalData::kSpecial, {"BIJZONDER", "SPECIAL"}}};
constexpr Word<Purpose> kPurposes[] = {{Purpose::kEncrypt, {"VERSLEUTELEN", "ENCRYPT"}},
                                       {Purpose::kSign, {"ONDERTEKENEN", "SIGN"}},
                                       {Purpose::kMac, {"MAC", "MAC"}}};
constexpr Word<Service> kServices[] = {{Service::kDisk, {"SCHIJF", "DISK"}},
                                       {Service::kObject, {"OBJECT", "OBJECT"}},
                                       {Service::kRelational, {"RDBMS", "RDBMS"}},
                                       {Service::kNoSql, {"NOSQL", "NOSQL"}},
                                       {Service::kOther, {"ANDERE", "OTHER"}}};
constexpr Word<Platform> kPlatforms[] = {{Platform::kAws, {"AWS", "AWS"}},
                                         {Platform::kAzure, {"AZURE", "AZURE"}},
                                         {Platform::kOnPremises, {"ON-PREM", "ON-PREM"}}};
constexpr std::string_view kKeySpecs[] = {"AES-256",       "RSA_3072",      "RSA_4096",
                                          "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
                                          "HMAC_256",      "HMAC_384",      "HMAC_512"};
constexpr Word<bool> kYesNo[] = {{false, {"NEEN", "NO"}}, {true, {"JA", "YES"}}};

}  // namespace

std::span<const Word<Action>> ActionWords() { return kActions; }
std::span<const Word<PersonalData>> PersonalDataWords() { return kPersonalData; }
std::span<const Word<Purpose>> PurposeWords() { return kPurposes; }
std::span<const Word<Service>> ServiceWords() { return kServices; }
std::span<const Word<Platform>> PlatformWords() { return kPlatforms; }
std::span<const Word<bool>> YesNoWords() { return kYesNo; }

std::span<const std::string_view> KeySpecNames() { return kKeySpecs; }

std::optional<domain::KeySpec> FindKeySpec(std::string_view text) {
  std::string name(text);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  std::replace(name.begin(), name.end(), '-', '_');
  if (name == "AES_256") return domain::KeySpec::kSymmetricDefault;
  return domain::FromText<domain::KeySpec>(name);
}

}  // namespace kmaas::keyservice
