// What is wrong with a request, or to be known about it: row, column, rule, and a sentence in both
// languages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keyservice/rows/column.h"

namespace kmaas::keyservice {

// kForm: a cell is missing or is not of its form. V12 and V13 are of whole files, and find nothing
// in a row.
enum class Rule {
  kForm,
  kV1,
  kV2,
  kV3,
  kV4,
  kV5,
  kV6,
  kV7,
  kV8,
  kV9,
  kV10,
  kV11,
  kV12,
  kV13,
  kV14
};
std::string_view RuleName(Rule rule);  // "FORM", "V1"

enum class Message {
  kMissing,
  kUnknownValue,
  kWrongForm,
  kCalculated,
  kHidden,
  kMerged,
  kErrorValue,
  kNoSuchDay,
  kDateThere,
  kUnseenLetters,
  kTooLong,
  kPersonalDataClass,
  kSpecialDataClass,
  kNoKeyOutsideProduction,
  kJustificationOutsideProduction,
  kExceptionOutsideProduction,
  kEncryptionNotRequired,
  kLiveKeyExists,
  kTwiceInFile,
  kSequenceNeedsJustification,
  kSequenceWithoutFirst,
  kNoSuchKey,
  kOtherKeyNamed,
  kSpecNotForPurpose,
  kSpecTooWeak,
  kSpecCannotChange,
  kCustodyCannotChange,
  kCannotRotate,
  kAdministratorIsUser,
  kTooFewAdministrators,
  kUnknownPerson,
  kOwnerIsOfficer,
  kRotationTooLong,
  kRotationTooShort,
  kNoRotationForKind,
  kActivationPast,
  kExpiryMissing,
  kExpiryBeforeActivation,
  kExpiryTooLate,
  kAccountNotAws,
  kAccountNotAzure,
  kAccountOnPremises,
  kRoutedToEntity,
  kRoutedToCentral,
  kOutputFilled,
  kNeededFromClass,
};

enum class Severity { kNotice, kError };

struct Finding {
  int row = 0;
  std::optional<Column> column;
  Rule rule = Rule::kForm;
  Message message = Message::kMissing;
  std::vector<std::string> arguments;
  Severity severity = Severity::kError;

  std::string In(Language language) const;
};

using Findings = std::vector<Finding>;
bool HasErrors(const Findings& findings);
bool HasErrors(const Findings& findings, int row);

}  // namespace kmaas::keyservice
