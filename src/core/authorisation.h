// The step between shape and state: finds what a call names, and asks for each of it whether the
// caller may. docs/authorisation.md.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/authoriser.h"
#include "core/call.h"
#include "core/call_envelope.h"
#include "core/operation.h"
#include "core/services.h"

namespace kmaas::core {

// Of one call; not thread-safe. Borrows everything. Writes into the audit record what the call is
// about and what decided, also when it is refused.
class Authorisation {
 public:
  struct Parts {
    const Services& services;
    Authoriser& authoriser;
    const CallEnvelope& envelope;
    const Operation& operation;
    const domain::Principal& principal;
    const google::protobuf::Message& request;
    ports::AuditRecord& record;
    const ports::Attestation* recipient = nullptr;  // of the request, verified
  };
  explicit Authorisation(Parts parts) : parts_(parts) {}

  // kAccessDenied, or what is wrong with the names of keys (core/resolver.h). Called at most once.
  Result<void> Run();

  // The question of the call itself, on nothing in particular.
  AccessQuestion Question() const;
  // Found by Run, in the order of the targets.
  const std::vector<ResolvedKey>& keys() const { return keys_; }
  // Where a grant decides (kmaas.OperationRules): what the policies would have said.
  bool policies_allow() const { return policies_allow_; }

 private:
  Result<void> AuthoriseTarget(const TargetPlan& plan);
  Result<void> AuthoriseKey(ResolvedKey& resolved);
  Result<void> AuthoriseAlias();
  Result<void> AuthoriseEntities();
  Result<void> AuthoriseFurther();
  Result<void> CheckOwnKey(const ResolvedKey& resolved) const;
  Result<Verdict> Decide(const AccessQuestion& question);
  Error Denied(const ResolvedKey& resolved, Error refusal) const;
  std::string TextOf(const google::protobuf::FieldDescriptor* field) const;

  Parts parts_;
  std::vector<ResolvedKey> keys_;
  std::vector<std::string> entities_;  // ARNs
  bool policies_allow_ = false;
  bool asked_about_a_key_ = false;
};

}  // namespace kmaas::core
