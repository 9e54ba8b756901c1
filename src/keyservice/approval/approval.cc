#include "keyservice/approval/approval.h"

#include <algorithm>

namespace kmaas::keyservice {
namespace {

constexpr std::string_view kVersion = "kmaas approval v1";

std::uint32_t ApprovalsFor(Action action, const ClassRules& rules) {
  switch (action) {
    case Action::kNew:
      return rules.approvals_create;
    case Action::kChange:
      return rules.approvals_change;
    case Action::kRotate:
      return 0;  // nothing gets weaker by it, and nobody gains a right
    case Action::kRevoke:
      return rules.approvals_delete;
  }
  return rules.approvals_delete;
}

bool WantsOfficer(const KeyPlan& plan, const ClassRules& rules) {
  return plan.exception || (plan.action == Action::kRevoke && rules.officer_for_delete);
}

bool Contains(const std::vector<std::string>& persons, const std::string& person) {
  return std::find(persons.begin(), persons.end(), person) != persons.end();
}

bool Covers(const Approver& approver, const Content& content, const std::string& person) {
  return std::all_of(content.plans.begin(), content.plans.end(), [&](const KeyPlan& plan) {
    return (approver.central && plan.route == Route::kCentral) ||
           approver.entities.count(plan.entity_code) != 0 || Contains(plan.officers, person);
  });
}

bool OwnsSeparated(const ApprovalQuestion& question, const std::string& person) {
  return std::any_of(
      question.content.plans.begin(), question.content.plans.end(), [&](const KeyPlan& plan) {
        const ClassRules& rules = question.table.Of(plan.class_to_approve);
        return rules.separation != Separation::kAdvised && Contains(plan.owners, person);
      });
}

std::optional<NotCounted> JudgeFactor(const Approval& approval, const ClassRules& rules) {
  switch (JudgeMfa(approval.mfa, rules, approval.given)) {
    case MfaVerdict::kGood:
      return std::nullopt;
    case MfaVerdict::kNone:
      return NotCounted::kNoMfa;
    case MfaVerdict::kTooWeak:
      return NotCounted::kMfaTooWeak;
    case MfaVerdict::kTooOld:
      return NotCounted::kMfaTooOld;
  }
  return NotCounted::kNoMfa;
}

struct Bound {
  crypto::Sha256Digest hash;
  const ClassRules& rules;
};

// All but who the person is elsewhere.
std::optional<NotCounted> Judge(const ApprovalQuestion& question, const Approval& approval,
                                const Bound& bound) {
  if (approval.content != bound.hash) return NotCounted::kOtherContent;
  if (approval.request_id != question.content.request_id) return NotCounted::kOtherRequest;
  if (approval.given > question.now) return NotCounted::kFromTheFuture;
  if (approval.expires <= question.now) return NotCounted::kExpired;
  if (approval.person.empty()) return NotCounted::kNoApprover;
  if (approval.person == question.content.requester) return NotCounted::kOwnRequest;
  if (OwnsSeparated(question, approval.person)) return NotCounted::kOwner;
  return JudgeFactor(approval, bound.rules);
}

bool OfficersCounted(const ApprovalQuestion& question, const std::set<std::string>& counted) {
  return std::all_of(
      question.content.plans.begin(), question.content.plans.end(), [&](const KeyPlan& plan) {
        if (!WantsOfficer(plan, question.table.Of(plan.class_to_approve))) return true;
        return std::any_of(plan.officers.begin(), plan.officers.end(),
                           [&](const std::string& person) { return counted.count(person) != 0; });
      });
}

}  // namespace

Bytes Encode(const Approval& approval) {
  Bytes out;
  AppendField(out, kVersion);
  AppendField(out, approval.content);
  AppendField(out, approval.request_id);
  AppendField(out, approval.person);
  AppendField(out, approval.account);
  AppendU8(out, approval.mfa ? 1 : 0);
  AppendU8(out, approval.mfa ? static_cast<std::uint8_t>(approval.mfa->strength) : 0);
  AppendU64(out, approval.mfa ? static_cast<std::uint64_t>(ToEpochMillis(approval.mfa->at)) : 0);
  AppendU64(out, static_cast<std::uint64_t>(ToEpochMillis(approval.given)));
  AppendU64(out, static_cast<std::uint64_t>(ToEpochMillis(approval.expires)));
  return out;
}

Demand DemandOf(const Content& content, const ClassTable& table) {
  Demand demand;
  for (const KeyPlan& plan : content.plans) {
    const ClassRules& rules = table.Of(plan.class_to_approve);
    std::uint32_t approvals = ApprovalsFor(plan.action, rules);
    if (plan.exception) approvals = std::max<std::uint32_t>(approvals, 2);
    if (plan.route != Route::kOwnEntity) approvals = std::max<std::uint32_t>(approvals, 1);
    demand.approvals = std::max(demand.approvals, approvals);
    demand.officer = demand.officer || WantsOfficer(plan, rules);
    demand.strictest_class = std::max(demand.strictest_class, plan.class_to_approve);
  }
  return demand;
}

std::string_view ToText(NotCounted reason) {
  switch (reason) {
    case NotCounted::kOtherContent:
      return "other-content";
    case NotCounted::kOtherRequest:
      return "other-request";
    case NotCounted::kOwnRequest:
      return "own-request";
    case NotCounted::kOwner:
      return "owner";
    case NotCounted::kSamePerson:
      return "same-person";
    case NotCounted::kNoApprover:
      return "no-approver";
    case NotCounted::kNoMfa:
      return "no-mfa";
    case NotCounted::kMfaTooWeak:
      return "mfa-too-weak";
    case NotCounted::kMfaTooOld:
      return "mfa-too-old";
    case NotCounted::kExpired:
      return "expired";
    case NotCounted::kFromTheFuture:
      return "from-the-future";
  }
  return {};
}

Result<Verdict> WouldBeApproved(const ApprovalQuestion& question, const ApproverSource& approvers) {
  const Demand demand = DemandOf(question.content, question.table);
  const Bound bound{HashOf(question.content), question.table.Of(demand.strictest_class)};
  Verdict verdict;
  for (std::size_t i = 0; i < question.approvals.size(); ++i) {
    const Approval& approval = question.approvals[i];
    auto reason = Judge(question, approval, bound);
    if (!reason && verdict.counted.count(approval.person) != 0) reason = NotCounted::kSamePerson;
    if (!reason) {
      KM_TRY(const std::optional<Approver> approver, approvers.FindApprover(approval.person));
      if (!approver || !Covers(*approver, question.content, approval.person)) {
        reason = NotCounted::kNoApprover;
      }
    }
    if (reason) {
      verdict.not_counted.emplace_back(i, *reason);
    } else {
      verdict.counted.insert(approval.person);
    }
  }
  const auto counted = static_cast<std::uint32_t>(verdict.counted.size());
  verdict.missing = counted < demand.approvals ? demand.approvals - counted : 0;
  verdict.officer_missing = !OfficersCounted(question, verdict.counted);
  verdict.approved =
      !question.content.plans.empty() && verdict.missing == 0 && !verdict.officer_missing;
  return verdict;
}

}  // namespace kmaas::keyservice
