// The decision: may this principal do this action on this key?
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/grant.h"
#include "domain/key.h"
#include "domain/principal.h"
#include "policy/policy.h"
#include "ports/attestation.h"

namespace kmaas::core {

struct CallEnvelope;
struct Operation;
struct Services;

// The action actually performed, on what was resolved once. Borrowed for one decision.
struct AccessQuestion {
  const domain::Principal& principal;
  std::string_view action;           // "kms:Encrypt"
  const domain::Key* key = nullptr;  // null for actions on no key
  // ARN of what is no key: an alias, a user, a role. "*" for an action on nothing in particular.
  std::string_view resource = "*";
  // What conditions ask about; each may be null where a decision has none.
  const CallEnvelope* envelope = nullptr;
  const Operation* operation = nullptr;
  const Services* services = nullptr;  // to look for what else the request names
  const google::protobuf::Message* request = nullptr;
  const google::protobuf::FieldDescriptor* target = nullptr;  // the field that named the key
  // The policy of the resource, in place of the key policy that is stored: one that may be put
  // there, or the trust policy of a role.
  const policy::Policy* instead = nullptr;
  // The grant has the last word, not the policies (kmaas.OperationRules): only an explicit deny is
  // a refusal, and an empty answer says that no policy allows.
  bool grant_decides = false;
  // Of the recipient that the request names; null: none.
  const ports::Attestation* attestation = nullptr;
  // Answers before all others where conditions ask; what only the operation knows.
  const policy::ConditionContext* more = nullptr;
};

struct Verdict {
  std::string deciding_statement;              // for the audit
  std::shared_ptr<const domain::Grant> grant;  // that allowed it; null: a policy did
};

// Thread-safe. kAccessDenied with AWS's message, and with what decided in the detail.
class Authoriser {
 public:
  virtual ~Authoriser() = default;
  virtual Result<Verdict> Decide(const AccessQuestion& question) = 0;
};

// Who owns what is asked about. What is no key and belongs to nobody else - "*", a managed policy
// of AWS - is taken to be the caller's.
std::string ResourceAccountOf(const AccessQuestion& question);

// AWS's text for a key of another account, whether it exists or not.
Error ForeignKeyDenied(const domain::Principal& principal, std::string_view action,
                       std::string_view key_arn);

}  // namespace kmaas::core
