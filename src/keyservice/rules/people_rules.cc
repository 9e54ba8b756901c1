// V7, V10, V11 and V14: people, accounts, who decides, and columns that are not theirs to fill.
#include <set>

#include "domain/ids.h"
#include "keyservice/rules/add_finding.h"

namespace kmaas::keyservice {
namespace {

// Two accounts of one person are one; a system is its ARN.
std::string Identity(const LookedUp& subject, const std::string& name) {
  const auto& known = subject.principals.at(name);
  if (!known) return name;
  return known->person.empty() ? known->arn : "person:" + known->person;
}

void CheckKnown(const RowQuestion& question, Findings& findings) {
  const auto check = [&](Column column, const std::string& name) {
    if (name.empty() || question.subject.principals.at(name)) return;
    Refuse(question, {Rule::kV7, column}, Message::kUnknownPerson, {name}, findings);
  };
  const RequestRow& row = question.row();
  for (const std::string& name : row.administrators) check(Column::kAdministrators, name);
  for (const std::string& name : row.users) check(Column::kUsers, name);
  check(Column::kOwner, row.owner);
  check(Column::kSecurityOfficer, row.security_officer);
}

bool IsUuid(std::string_view text) {
  const auto id = domain::KeyId::Parse(text);
  return id && !id->multi_region;
}

}  // namespace

void CheckPeople(const RowQuestion& question, Findings& findings) {
  CheckKnown(question, findings);
  if (question.rules().separation == Separation::kAdvised) return;
  const RequestRow& row = question.row();
  std::set<std::string> administrators;
  for (const std::string& name : row.administrators) {
    administrators.insert(Identity(question.subject, name));
  }
  if (administrators.size() < 2) {
    Refuse(question, {Rule::kV7, Column::kAdministrators}, Message::kTooFewAdministrators,
           {ClassText(question)}, findings);
  }
  for (const std::string& name : row.users) {
    if (administrators.count(Identity(question.subject, name)) == 0) continue;
    Refuse(question, {Rule::kV7, Column::kUsers}, Message::kAdministratorIsUser,
           {name, ClassText(question)}, findings);
  }
  if (!row.security_officer.empty() &&
      Identity(question.subject, row.owner) == Identity(question.subject, row.security_officer)) {
    Refuse(question, {Rule::kV7, Column::kSecurityOfficer}, Message::kOwnerIsOfficer,
           {row.owner, ClassText(question)}, findings);
  }
}

void CheckAccount(const RowQuestion& question, Findings& findings) {
  const Place place{Rule::kV10, Column::kAccountId};
  const std::string& id = question.row().account_id;
  switch (question.row().platform) {
    case Platform::kAws:
      if (!domain::IsAccountId(id)) {
        Refuse(question, place, Message::kAccountNotAws, {id}, findings);
      }
      return;
    case Platform::kAzure:
      if (!IsUuid(id)) Refuse(question, place, Message::kAccountNotAzure, {id}, findings);
      return;
    case Platform::kOnPremises:
      if (!id.empty()) Refuse(question, place, Message::kAccountOnPremises, {}, findings);
      return;
  }
}

void NoteRoute(const RowQuestion& question, Findings& findings) {
  const Place place{Rule::kV11, Column::kEntityCode};
  const std::vector<std::string> entity = {question.row().entity_code};
  switch (question.subject.route) {
    case Route::kOwnEntity:
      return;
    case Route::kOtherEntity:
      Note(question, place, Message::kRoutedToEntity, entity, findings);
      return;
    case Route::kCentral:
      Note(question, place, Message::kRoutedToCentral, entity, findings);
      return;
  }
}

void CheckOutputs(const SheetRow& sheet, const LookedUp& subject, Findings& findings) {
  const auto find = [&](Column column, Rule rule, Message message,
                        std::vector<std::string> arguments) {
    findings.push_back({sheet.number, column, rule, message, std::move(arguments)});
  };
  if (subject.row.action == Action::kNew) {
    for (const ColumnFacts& facts : Columns()) {
      if (facts.presence != Presence::kOutput || sheet.Cell(facts.column).empty()) continue;
      // What an earlier check of the same sheet wrote.
      if (facts.column == Column::kStatus || facts.column == Column::kError) continue;
      find(facts.column, Rule::kV14, Message::kOutputFilled, {});
    }
    return;
  }
  if (!subject.live) return;
  const std::pair<Column, const std::string&> named[] = {{Column::kAlias, subject.live->alias},
                                                         {Column::kKeyId, subject.live->id},
                                                         {Column::kKeyArn, subject.live->arn}};
  for (const auto& [column, right] : named) {
    const std::string& text = sheet.Cell(column);
    if (!text.empty() && text != right) {
      find(column, Rule::kV5, Message::kOtherKeyNamed, {text, right});
    }
  }
}

void CheckRow(const RowQuestion& question, Findings& findings) {
  const Action action = question.row().action;
  const bool shapes = action == Action::kNew || action == Action::kChange;
  CheckPersonalData(question, findings);
  if (shapes) CheckNonProduction(question, findings);
  if (shapes) NoteLowClass(question, findings);
  CheckLiveKey(question, findings);
  if (shapes) CheckSpec(question, findings);
  CheckPeople(question, findings);
  if (shapes) CheckRotation(question, findings);
  if (shapes) CheckDates(question, findings);
  CheckAccount(question, findings);
  NoteRoute(question, findings);
  CheckNeededCells(question, findings);
}

}  // namespace kmaas::keyservice
