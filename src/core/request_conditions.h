// What one call answers when a policy's conditions ask.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/authoriser.h"
#include "core/entity_facts.h"
#include "core/folded_context.h"
#include "core/services.h"
#include "domain/ciphertext.h"
#include "policy/condition_key.h"
#include "policy/decision.h"

namespace kmaas::core {

// The condition keys of AWS KMS and of AWS, from the principal, the request's annotated fields, the
// key, and the envelope. Nothing is worked out before it is asked for. Keys of what this server
// does not have (VPCs, organisations, AWS services as callers) are always absent.
// Source: AWS service authorization reference, KMS; IAM user guide, "AWS global condition context
// keys".
class RequestConditions final : public policy::ConditionContext {
 public:
  // Borrows all of it for the time of one decision.
  RequestConditions(const AccessQuestion& question, const policy::IdentitySide& identity,
                    records::Catalog& catalog, const Clock& clock, std::string_view region)
      : question_(question),
        identity_(identity),
        catalog_(catalog),
        clock_(clock),
        region_(region) {}

  bool Values(const policy::ConditionKey& key,
              std::vector<std::string_view>& values) const override;

  // The encryption context of the target that is asked for; null when there is none.
  const domain::EncryptionContext* encryption_context() const;

  // Why an answer that was asked for could not be read. What was decided without it does not hold.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  using Out = std::vector<std::string_view>;

  std::optional<bool> OfPrincipal(const policy::ConditionKey& key, Out& out) const;
  std::optional<bool> OfSession(const policy::ConditionKey& key, Out& out) const;
  std::optional<bool> OfEnvelope(const policy::ConditionKey& key, Out& out) const;
  std::optional<bool> OfKey(const policy::ConditionKey& key, Out& out) const;
  std::optional<bool> OfEntity(const policy::ConditionKey& key, Out& out) const;
  std::optional<bool> OfRecipient(const policy::ConditionKey& key, Out& out) const;
  std::optional<bool> OfRequest(const policy::ConditionKey& key, Out& out) const;
  bool OfFields(policy::KnownKey key, Out& out) const;
  bool RequestTag(const std::string& member, Out& out) const;
  bool TagKeys(Out& out) const;
  bool RequestAlias(Out& out) const;
  bool PutUnlessEmpty(std::string (*read)(const google::protobuf::Message&), Out& out) const;
  bool NewKeyType(Out& out) const;
  bool SameKey(Out& out) const;
  bool ResourceAliases(Out& out) const;
  bool TrailingDays(Out& out) const;
  const EntityFacts& facts() const;
  bool AsksForBoundary() const;
  bool ContextValue(const std::string& member, Out& out) const;
  bool ContextKeys(Out& out) const;

  bool Put(std::string value, Out& out) const {
    out.push_back(made_.emplace_back(std::move(value)));
    return true;
  }
  static bool View(std::string_view value, Out& out) {
    out.push_back(value);
    return true;
  }
  static bool Flag(bool value, Out& out) { return View(value ? "true" : "false", out); }

  const AccessQuestion& question_;
  const policy::IdentitySide& identity_;
  records::Catalog& catalog_;
  const Clock& clock_;
  std::string_view region_;
  mutable std::deque<std::string> made_;  // what the views of made-up values lead to
  mutable std::optional<domain::EncryptionContext> context_;
  mutable bool context_read_ = false;
  // The context by its keys in lower case, made when a condition asks first: there may be thousands
  // of both.
  mutable std::optional<FoldedContext> folded_;
  mutable std::optional<EntityFacts> facts_;
  mutable std::optional<Error> failure_;
};

}  // namespace kmaas::core
