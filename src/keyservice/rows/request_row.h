// A row of a request: as cells of text, and as what they mean.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/key_spec.h"
#include "keyservice/rows/column.h"

namespace kmaas::keyservice {

using Date = std::chrono::sys_days;

enum class Action { kNew, kChange, kRotate, kRevoke };
enum class PersonalData { kNone, kOrdinary, kSpecial };
enum class Purpose { kEncrypt, kSign, kMac };
enum class Service { kDisk, kObject, kRelational, kNoSql, kOther };
enum class Platform { kAws, kAzure, kOnPremises };

// One line of the sheet, cells trimmed and normalised by whoever read them; an empty cell is
// absent or empty. Dates are "2026-11-23" or "23/11/2026".
struct SheetRow {
  int number = 0;  // as the sheet counts
  std::map<Column, std::string> cells;

  const std::string& Cell(Column column) const;  // empty when absent
};

struct RequestRow {
  int number = 0;
  Action action = Action::kNew;
  std::string entity_code;  // "OVO002949"
  std::string entity_name;
  std::string application_id;
  std::string application_name;
  std::string environment;  // as it stands in the class table
  int confidentiality = 0;
  int integrity = 0;
  PersonalData personal_data = PersonalData::kNone;
  Purpose purpose = Purpose::kEncrypt;
  int sequence = 1;  // of several keys of one purpose: 2 for "ENCRYPT-02"
  std::optional<domain::KeySpec> spec;
  std::vector<Service> services;  // sorted, each once
  Platform platform = Platform::kAws;
  std::string account_id;
  std::string region;
  std::vector<std::string> administrators;  // as written, sorted, each once whatever its case
  std::vector<std::string> users;
  std::string owner;
  std::string security_officer;
  std::optional<std::uint32_t> rotation_days;
  std::optional<Date> activation;
  std::optional<Date> expiry;
  bool hsm_resident = false;
  std::string justification;
  std::string change_number;
  std::string remarks;

  // V1: confidentiality and integrity are judged apart; the key has to do for both.
  int EffectiveClass() const { return confidentiality > integrity ? confidentiality : integrity; }
};

// What a key is for: one live key each.
struct Subject {
  std::string entity_code;
  std::string application_id;  // lower case: an alias knows no other
  std::string environment;
  Purpose purpose = Purpose::kEncrypt;
  int sequence = 1;

  auto operator<=>(const Subject&) const = default;
};
Subject SubjectOf(const RequestRow& row);

// "OVO002949".
bool IsEntityCode(std::string_view text);

}  // namespace kmaas::keyservice
