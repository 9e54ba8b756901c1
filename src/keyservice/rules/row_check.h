// The rules V1 to V11 and V14, each a function of its own. V12 and V13 are in file_check.
#pragma once

#include <map>

#include "keyservice/classes/class_table.h"
#include "keyservice/rules/finding.h"
#include "keyservice/rules/surroundings.h"

namespace kmaas::keyservice {

// Who decides about a row (V11): approvers of the requester's own entity, of another one, or the
// central key managers.
enum class Route { kOwnEntity, kOtherEntity, kCentral };

// A row with all that was looked up for it, so that the rules themselves ask nobody.
struct LookedUp {
  RequestRow row;
  std::optional<LiveKey> live;   // of the row's subject
  std::optional<LiveKey> first;  // of its subject with sequence 1, for a further one
  // By the name in the row; without a value: unknown.
  std::map<std::string, std::optional<KnownPrincipal>> principals;
  Route route = Route::kOwnEntity;

  // The row's own, and for a live key at least that key's: a class is lowered with the approvals of
  // the class that it had.
  int ClassToApprove() const;
  // What the row asks for, or the least that its purpose and class allow.
  domain::KeySpec Spec(const ClassTable& table) const;
};
// Asks the ports once for each name. Whatever a port fails with is the result: nothing is judged by
// half.
Result<LookedUp> LookUp(RequestRow row, std::string_view requester, const KeyRegister& keys,
                        const Directory& people);

struct RowQuestion {
  const LookedUp& subject;
  const ClassTable& table;
  Date today;

  const RequestRow& row() const { return subject.row; }
  const ClassRules& rules() const { return table.Of(row().EffectiveClass()); }
};

void CheckPersonalData(const RowQuestion& question, Findings& findings);   // V2
void CheckNonProduction(const RowQuestion& question, Findings& findings);  // V3
void NoteLowClass(const RowQuestion& question, Findings& findings);        // V4
void CheckLiveKey(const RowQuestion& question, Findings& findings);        // V5
void CheckSpec(const RowQuestion& question, Findings& findings);           // V6
void CheckPeople(const RowQuestion& question, Findings& findings);         // V7
void CheckRotation(const RowQuestion& question, Findings& findings);       // V8
void CheckDates(const RowQuestion& question, Findings& findings);          // V9
void CheckAccount(const RowQuestion& question, Findings& findings);        // V10
void NoteRoute(const RowQuestion& question, Findings& findings);           // V11
void CheckNeededCells(const RowQuestion& question, Findings& findings);    // by class: FORM
void CheckOutputs(const SheetRow& sheet, const LookedUp& row, Findings& findings);  // V14

// All of them but V14, in their order. ROTATE and REVOKE change nothing of what a key is, so
// they are judged by V2, V5, V7, V10, V11 and the needed cells only.
void CheckRow(const RowQuestion& question, Findings& findings);

}  // namespace kmaas::keyservice
