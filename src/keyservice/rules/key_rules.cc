// V5, V6, V8 and V9: the key itself.
#include "keyservice/rows/row_parser.h"
#include "keyservice/rows/words.h"
#include "keyservice/rules/add_finding.h"
#include "keyservice/rules/default_spec.h"

namespace kmaas::keyservice {
namespace {

using std::chrono::days;

constexpr std::uint32_t kRotationDaysMin = 90;  // of AWS's automatic rotation

std::string SpecText(domain::KeySpec spec) {
  return spec == domain::KeySpec::kSymmetricDefault ? "AES-256" : std::string(ToText(spec));
}

void CheckNewKey(const RowQuestion& question, Findings& findings) {
  const RequestRow& row = question.row();
  const Place place{Rule::kV5, Column::kPurpose};
  if (question.subject.live) {
    const std::string next = row.sequence < 9 ? "-0" + std::to_string(row.sequence + 1)
                                              : "-" + std::to_string(row.sequence + 1);
    Refuse(question, place, Message::kLiveKeyExists,
           {question.subject.live->alias, Label(PurposeWords(), row.purpose) + next}, findings);
  }
  if (row.sequence > 1 && row.justification.empty()) {
    Refuse(question, {Rule::kV5, Column::kJustification}, Message::kSequenceNeedsJustification, {},
           findings);
  }
}

// What a live key is, it stays.
void CheckSameKey(const RowQuestion& question, Findings& findings) {
  const LiveKey& live = *question.subject.live;
  const RequestRow& row = question.row();
  if (row.spec && *row.spec != live.spec) {
    Refuse(question, {Rule::kV6, Column::kKeySpec}, Message::kSpecCannotChange,
           {SpecText(live.spec)}, findings);
  }
  const bool resident = row.hsm_resident || question.rules().custody == KeyCustody::kResident;
  if (row.action == Action::kChange && resident && !live.resident) {
    Refuse(question, {Rule::kV6, Column::kHsmResident}, Message::kCustodyCannotChange, {},
           findings);
  }
}

std::uint32_t BitsNeeded(domain::KeySpec spec, const ClassRules& rules) {
  switch (domain::FactsOf(spec).family) {
    case domain::KeyFamily::kSymmetric:
      return 256;
    case domain::KeyFamily::kRsa:
      return rules.rsa_bits_min;
    case domain::KeyFamily::kEllipticCurve:
    case domain::KeyFamily::kEdwards:
      return rules.ec_bits_min;
    case domain::KeyFamily::kHmac:
      return rules.hash_bits_min;
  }
  return 0;
}

}  // namespace

void CheckLiveKey(const RowQuestion& question, Findings& findings) {
  if (question.row().action == Action::kNew) {
    CheckNewKey(question, findings);
    return;
  }
  if (!question.subject.live) {
    Refuse(question, {Rule::kV5, Column::kPurpose}, Message::kNoSuchKey, {}, findings);
    return;
  }
  if (question.row().action == Action::kRotate &&
      !domain::IsSymmetricEncryption(question.subject.live->spec)) {
    Refuse(question, {Rule::kV5, Column::kAction}, Message::kCannotRotate,
           {SpecText(question.subject.live->spec)}, findings);
  }
}

void CheckSpec(const RowQuestion& question, Findings& findings) {
  const RequestRow& row = question.row();
  if (row.action != Action::kNew && question.subject.live) CheckSameKey(question, findings);
  const domain::KeySpec spec = question.subject.Spec(question.table);
  const Place place{Rule::kV6, Column::kKeySpec};
  if (!domain::Admits(spec, UsageOf(row.purpose))) {
    Refuse(question, place, Message::kSpecNotForPurpose,
           {SpecText(spec), Label(PurposeWords(), row.purpose)}, findings);
    return;
  }
  const std::uint32_t needed = BitsNeeded(spec, question.rules());
  if (domain::FactsOf(spec).bits < needed) {
    Refuse(question, place, Message::kSpecTooWeak,
           {SpecText(spec), ClassText(question), std::to_string(needed)}, findings);
  }
}

void CheckRotation(const RowQuestion& question, Findings& findings) {
  const auto& days_asked = question.row().rotation_days;
  if (!days_asked) return;
  const Place place{Rule::kV8, Column::kRotationDays};
  const domain::KeySpec spec = question.subject.Spec(question.table);
  if (!domain::IsSymmetricEncryption(spec)) {
    Refuse(question, place, Message::kNoRotationForKind, {SpecText(spec)}, findings);
    return;
  }
  const std::string asked = std::to_string(*days_asked);
  const std::uint32_t most = question.rules().rotation_days_max;
  if (*days_asked > most) {
    Refuse(question, place, Message::kRotationTooLong,
           {asked, ClassText(question), std::to_string(most)}, findings);
  }
  if (*days_asked < kRotationDaysMin) {
    Refuse(question, place, Message::kRotationTooShort, {asked, std::to_string(kRotationDaysMin)},
           findings);
  }
}

void CheckDates(const RowQuestion& question, Findings& findings) {
  const RequestRow& row = question.row();
  const bool is_new = row.action == Action::kNew;
  const bool lives = !is_new && question.subject.live.has_value();
  const Date begin = lives            ? question.subject.live->activated
                     : row.activation ? *row.activation
                                      : question.today;
  if (is_new && begin < question.today) {
    Refuse(question, {Rule::kV9, Column::kActivation}, Message::kActivationPast, {DateText(begin)},
           findings);
  }
  const Place place{Rule::kV9, Column::kExpiry};
  if (!row.expiry) {
    if (question.rules().expiry == Expiry::kRequired) {
      Refuse(question, place, Message::kExpiryMissing, {ClassText(question)}, findings);
    }
    return;
  }
  const Date after = begin < question.today ? question.today : begin;
  if (*row.expiry <= after) {
    Refuse(question, place, Message::kExpiryBeforeActivation,
           {DateText(*row.expiry), DateText(after)}, findings);
  }
  const Date last = begin + days(question.rules().lifetime_days_max);
  if (*row.expiry > last) {
    Refuse(question, place, Message::kExpiryTooLate,
           {DateText(*row.expiry), ClassText(question), DateText(last)}, findings);
  }
}

}  // namespace kmaas::keyservice
