// Approvals of a request: what each is bound to, which of them count, and whether they are enough.
#pragma once

#include <set>

#include "keyservice/approval/content.h"
#include "keyservice/approval/mfa.h"

namespace kmaas::keyservice {

struct Approval {
  crypto::Sha256Digest content{};
  std::string request_id;
  std::string person;   // a lasting id, whatever the account
  std::string account;  // with which it was given
  std::optional<Mfa> mfa;
  WallTime given{};
  WallTime expires{};
};
// The bytes that a signature of the approval covers.
Bytes Encode(const Approval& approval);

// What a person may approve at the moment of asking.
struct Approver {
  std::set<std::string> entities;  // OVO codes
  bool central = false;            // of entities that have no approvers, too
};
class ApproverSource {
 public:
  virtual ~ApproverSource() = default;
  // Nothing for whoever is none (any more).
  virtual Result<std::optional<Approver>> FindApprover(std::string_view person) const = 0;
};

// What approvals a content needs: that of its most demanding plan.
struct Demand {
  std::uint32_t approvals = 0;
  bool officer = false;  // one of them by the security officer of each plan that wants it
  int strictest_class = kClassMin;  // whose MFA rules hold
};
Demand DemandOf(const Content& content, const ClassTable& table);

enum class NotCounted {
  kOtherContent,
  kOtherRequest,
  kOwnRequest,
  kOwner,       // of a key of class 3 and higher
  kSamePerson,  // one of that person counts already
  kNoApprover,  // at all, or for one of the entities
  kNoMfa,
  kMfaTooWeak,
  kMfaTooOld,
  kExpired,
  kFromTheFuture,
};
std::string_view ToText(NotCounted reason);

struct Verdict {
  bool approved = false;
  std::set<std::string> counted;  // persons
  std::uint32_t missing = 0;
  bool officer_missing = false;
  std::vector<std::pair<std::size_t, NotCounted>> not_counted;  // by index of the approval
};

struct ApprovalQuestion {
  const Content& content;
  const ClassTable& table;
  const std::vector<Approval>& approvals;
  WallTime now;
};

// Whether the content would be approved at `now`. Asked at each approval, and again just before
// anything is made: with what is about to be made, and with who is an approver then. A factor is
// judged by its age when the approval was given.
Result<Verdict> WouldBeApproved(const ApprovalQuestion& question, const ApproverSource& approvers);

}  // namespace kmaas::keyservice
