#include "keyservice/plan/key_plan.h"

#include <algorithm>

#include "base/limits.h"
#include "keyservice/plan/key_policy.h"
#include "keyservice/rows/words.h"
#include "keyservice/rules/default_spec.h"

namespace kmaas::keyservice {
namespace {

std::vector<std::string> PersonsOf(const LookedUp& subject, const std::string& name) {
  const auto found = subject.principals.find(name);
  if (found == subject.principals.end() || !found->second || found->second->person.empty())
    return {};
  return {found->second->person};
}

std::vector<std::string> ArnsOf(const LookedUp& subject, const std::vector<std::string>& names) {
  std::vector<std::string> arns;
  for (const std::string& name : names) arns.push_back(subject.principals.at(name)->arn);
  std::sort(arns.begin(), arns.end());
  arns.erase(std::unique(arns.begin(), arns.end()), arns.end());
  return arns;
}

// Tags that policies can ask for. What AWS does not take in a tag becomes '_'; bytes beyond ASCII
// are letters to it.
std::string TagValue(std::string_view text) {
  std::string value(text);
  for (char& c : value) {
    const bool letter = static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') ||
                        (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && std::string_view(" _.:/=+-@").find(c) == std::string_view::npos) c = '_';
  }
  return value;
}

std::vector<Tag> TagsOf(const PlanQuestion& question) {
  const RequestRow& row = question.subject.row;
  const Environment* environment = question.table.FindEnvironment(row.environment);
  std::vector<Tag> tags = {
      {"application", TagValue(row.application_id)},
      {"class-c", std::to_string(row.confidentiality)},
      {"class-i", std::to_string(row.integrity)},
      {"entity", row.entity_code},
      {"environment", environment == nullptr ? "" : environment->label},
      {"owner", TagValue(row.owner)},
      {"personal-data", Label(PersonalDataWords(), row.personal_data)},
      {"purpose", Label(PurposeWords(), row.purpose)},
      {"request-id", TagValue(question.request_id)},
  };
  return tags;
}

std::vector<Tag> ParticularsOf(const RequestRow& row) {
  const auto id = [](Column column) { return std::string(FactsOf(column).id); };
  std::string services;
  for (const Service service : row.services)
    services += (services.empty() ? "" : "; ") + Label(ServiceWords(), service);
  return {{id(Column::kEntityName), row.entity_name},
          {id(Column::kApplicationName), row.application_name},
          {id(Column::kServices), services},
          {id(Column::kPlatform), Label(PlatformWords(), row.platform)},
          {id(Column::kAccountId), row.account_id},
          {id(Column::kRegion), row.region},
          {id(Column::kRemarks), row.remarks}};
}

void SetTerms(const PlanQuestion& question, KeyPlan& plan) {
  const RequestRow& row = question.subject.row;
  const ClassRules& rules = question.table.Of(row.EffectiveClass());
  const bool resident = row.hsm_resident || rules.custody == KeyCustody::kResident;
  const bool live = question.subject.live && row.action != Action::kNew;
  plan.custody = (live ? question.subject.live->resident : resident) ? KeyCustody::kResident
                                                                     : KeyCustody::kWrapped;
  if (domain::IsSymmetricEncryption(plan.spec)) {
    plan.rotation_days = row.rotation_days.value_or(rules.rotation_days);
  }
  plan.activation =
      live ? question.subject.live->activated : row.activation.value_or(question.submitted);
  plan.expiry = row.expiry;
  plan.deletion_wait_days = question.table.Of(plan.class_to_approve).deletion_wait_days;
  const Environment* environment = question.table.FindEnvironment(row.environment);
  plan.exception = environment != nullptr && !environment->production &&
                   rules.non_production == NonProduction::kException;
}

}  // namespace

std::string AliasOf(const Subject& subject, const ClassTable& table) {
  const Environment* environment = table.FindEnvironment(subject.environment);
  std::string alias = "alias/" + LowerAscii(subject.entity_code) + "/" + subject.application_id +
                      "/" + (environment == nullptr ? "" : environment->label) + "/" +
                      Label(PurposeWords(), subject.purpose);
  if (subject.sequence > 1) {
    alias += (subject.sequence < 10 ? "-0" : "-") + std::to_string(subject.sequence);
  }
  return alias;
}

Result<KeyPlan> PlanKey(const PlanQuestion& question) {
  const LookedUp& subject = question.subject;
  const RequestRow& row = subject.row;
  KeyPlan plan;
  plan.action = row.action;
  plan.entity_code = row.entity_code;
  plan.alias = AliasOf(SubjectOf(row), question.table);
  if (subject.live && row.action != Action::kNew) plan.key_id = subject.live->id;
  plan.tags = TagsOf(question);
  plan.spec = subject.Spec(question.table);
  plan.usage = UsageOf(row.purpose);
  plan.information_class = row.EffectiveClass();
  plan.class_to_approve = subject.ClassToApprove();
  plan.route = subject.route;
  plan.owners = PersonsOf(subject, row.owner);
  plan.officers = PersonsOf(subject, row.security_officer);
  plan.justification = row.justification;
  plan.change_number = row.change_number;
  plan.particulars = ParticularsOf(row);
  SetTerms(question, plan);
  plan.policy = KeyPolicy({question.account, row.entity_code, ArnsOf(subject, row.administrators),
                           ArnsOf(subject, row.users), plan.usage, plan.spec},
                          question.table.Of(row.EffectiveClass()));
  if (plan.policy.size() > limits::kPolicyBytesMax) {
    return Error{ErrorCode::kMalformedPolicyDocument,
                 "the key policy for " + plan.alias +
                     " would be longer than 32 KiB; name roles "
                     "instead of single users"};
  }
  return plan;
}

}  // namespace kmaas::keyservice
