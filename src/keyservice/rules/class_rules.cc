// V2, V3, V4 and the cells that a class needs.
#include "keyservice/rules/add_finding.h"

namespace kmaas::keyservice {
namespace {

bool InProduction(const RowQuestion& question) {
  const Environment* environment = question.table.FindEnvironment(question.row().environment);
  return environment != nullptr && environment->production;
}

}  // namespace

void CheckPersonalData(const RowQuestion& question, Findings& findings) {
  const Place place{Rule::kV2, Column::kPersonalData};
  const int own = question.row().EffectiveClass();
  const int ordinary = question.table.personal_data_class;
  const int special = question.table.special_data_class;
  switch (question.row().personal_data) {
    case PersonalData::kNone:
      return;
    case PersonalData::kOrdinary:
      if (own < ordinary) {
        Refuse(question, place, Message::kPersonalDataClass,
               {std::to_string(ordinary), ClassText(question)}, findings);
      }
      return;
    case PersonalData::kSpecial:
      if (own < special) {
        Refuse(question, place, Message::kSpecialDataClass,
               {std::to_string(special), ClassText(question)}, findings);
      }
      return;
  }
}

void CheckNonProduction(const RowQuestion& question, Findings& findings) {
  if (InProduction(question)) return;
  const Place environment{Rule::kV3, Column::kEnvironment};
  const NonProduction rule = question.rules().non_production;
  if (rule == NonProduction::kRefused) {
    Refuse(question, environment, Message::kNoKeyOutsideProduction, {ClassText(question)},
           findings);
    return;
  }
  if (question.row().justification.empty()) {
    Refuse(question, {Rule::kV3, Column::kJustification}, Message::kJustificationOutsideProduction,
           {ClassText(question)}, findings);
  }
  if (rule == NonProduction::kException) {
    Note(question, environment, Message::kExceptionOutsideProduction, {ClassText(question)},
         findings);
  }
}

void NoteLowClass(const RowQuestion& question, Findings& findings) {
  if (!InProduction(question) || question.rules().key == KeyNeed::kRequired) return;
  Note(question, {Rule::kV4, Column::kConfidentiality}, Message::kEncryptionNotRequired,
       {ClassText(question)}, findings);
}

void CheckNeededCells(const RowQuestion& question, Findings& findings) {
  const auto need = [&](bool needed, Column column, const std::string& text) {
    if (!needed || !text.empty()) return;
    Refuse(question, {Rule::kForm, column}, Message::kNeededFromClass, {ClassText(question)},
           findings);
  };
  const ClassRules& rules = question.rules();
  const RequestRow& row = question.row();
  const bool secure = rules.pam == PamLevel::kSecure;
  need(secure, Column::kSecurityOfficer, row.security_officer);
  need(secure, Column::kJustification, row.justification);
  need(rules.pam != PamLevel::kAccessOnly, Column::kChangeNumber, row.change_number);
}

}  // namespace kmaas::keyservice
