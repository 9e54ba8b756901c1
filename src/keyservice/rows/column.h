// The columns of a request sheet, by a lasting id; headers in both languages.
#pragma once

#include <span>
#include <string_view>

#include "keyservice/texts/text.h"

namespace kmaas::keyservice {

enum class Column {
  kAction,
  kEntityCode,
  kEntityName,
  kApplicationId,
  kApplicationName,
  kEnvironment,
  kConfidentiality,
  kIntegrity,
  kPersonalData,
  kPurpose,
  kKeySpec,
  kServices,
  kPlatform,
  kAccountId,
  kRegion,
  kAdministrators,
  kUsers,
  kOwner,
  kSecurityOfficer,
  kRotationDays,
  kActivation,
  kExpiry,
  kHsmResident,
  kJustification,
  kChangeNumber,
  kRemarks,
  // Filled in by the service.
  kStatus,
  kAlias,
  kKeyId,
  kKeyArn,
  kCreated,
  kApprovedBy,
  kError,
};

enum class Presence { kMandatory, kByRule, kOptional, kOutput };

struct ColumnFacts {
  Column column;
  std::string_view id;  // in JSON and in findings; never translated
  Text header;
  Presence presence;
};

// In the order of the sheet.
std::span<const ColumnFacts> Columns();
const ColumnFacts& FactsOf(Column column);

}  // namespace kmaas::keyservice
