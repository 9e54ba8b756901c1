// What tests of the key service say often: the shipped class table, a row that is right, a register
// and a directory of a few keys and people.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "keyservice/approval/approval.h"
#include "keyservice/rows/row_parser.h"
#include "keyservice/rules/file_check.h"

namespace kmaas::keyservice {

inline std::string ShippedText() {
  std::ifstream file(std::string(KMAAS_SOURCE_DIR) + "/config/classes.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
inline const ClassTable& Shipped() {
  static const ClassTable table = ParseClassTable(ShippedText(), "classes.yaml").value();
  return table;
}

inline Date Day(const char* text) { return ParseDate(text).value(); }
inline const Date kToday = Day("2026-11-27");

class KnownKeys final : public KeyRegister {
 public:
  Result<std::optional<LiveKey>> Find(const Subject& subject) const override {
    const auto found = live.find(subject);
    if (found == live.end()) return std::optional<LiveKey>();
    return std::optional(found->second);
  }
  Result<std::optional<std::string>> RequestOfFile(
      const crypto::Sha256Digest& digest) const override {
    const auto found = files.find(digest);
    if (found == files.end()) return std::optional<std::string>();
    return std::optional(found->second);
  }
  std::map<Subject, LiveKey> live;
  std::map<crypto::Sha256Digest, std::string> files;
};

// Whoever is named a@..., or arn:..., is known; the person is the name before a '+' or '@', so that
// ann+admin@x is ann again. Who begins with "nobody" is unknown.
class KnownPeople final : public Directory {
 public:
  Result<std::optional<KnownPrincipal>> Find(std::string_view name) const override {
    if (name.starts_with("nobody")) return std::optional<KnownPrincipal>();
    if (name.starts_with("arn:")) return std::optional(KnownPrincipal{std::string(name), ""});
    const std::string person(name.substr(0, name.find_first_of("+@")));
    const std::string user(name.substr(0, name.find('@')));
    return std::optional(KnownPrincipal{"arn:aws:iam::111122223333:user/" + user, person});
  }
  Result<bool> Belongs(std::string_view person, std::string_view) const override {
    return person == "ria";
  }
  Result<bool> HasApprovers(std::string_view) const override { return approvers; }
  bool approvers = true;
};

// A new key of class 3 that every rule accepts.
inline SheetRow RightRow(int number = 5) {
  using enum Column;
  return {number,
          {{kAction, "NIEUW"},
           {kEntityCode, "OVO002949"},
           {kApplicationId, "APP-1234"},
           {kApplicationName, "Loket"},
           {kEnvironment, "PROD"},
           {kConfidentiality, "3"},
           {kIntegrity, "2"},
           {kPersonalData, "JA"},
           {kPurpose, "VERSLEUTELEN"},
           {kServices, "SCHIJF; object"},
           {kPlatform, "AWS"},
           {kAccountId, "012345678901"},
           {kAdministrators, "ann@x.be; bob@x.be"},
           {kUsers, "arn:aws:iam::111122223333:role/app; carl@x.be"},
           {kOwner, "olga@x.be"},
           {kExpiry, "27/11/2028"},
           {kChangeNumber, "CHG001"}}};
}
inline SheetRow With(SheetRow row, std::initializer_list<std::pair<Column, const char*>> cells) {
  for (const auto& [column, text] : cells) row.cells[column] = text;
  return row;
}
inline SheetRow With(std::initializer_list<std::pair<Column, const char*>> cells) {
  return With(RightRow(), cells);
}

struct World {
  KnownKeys keys;
  KnownPeople people;
  Mode mode = Mode::kAllOrNothing;

  CheckedFile Check(const std::vector<SheetRow>& rows, std::string_view requester = "ria") const {
    return CheckFile({rows, crypto::Sha256(AsBytes("file")), requester, mode},
                     {Shipped(), keys, people, kToday})
        .value();
  }
};

// "5 V2 personal_data; ..." of errors; notices end in "?".
inline std::string Shown(const Findings& findings) {
  std::string shown;
  for (const Finding& finding : findings) {
    shown += (shown.empty() ? "" : "; ") + std::to_string(finding.row) + " " +
             std::string(RuleName(finding.rule)) + " " + std::string(FactsOf(*finding.column).id) +
             (finding.severity == Severity::kNotice ? "?" : "");
  }
  return shown;
}

}  // namespace kmaas::keyservice
