// A question to the decision that no request asks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/key_lookup.h"
#include "core/authoriser.h"
#include "core/pipeline.h"
#include "core/registry.h"

namespace kmaas::cli {

class DecisionQuestion {
 public:
  struct Terms {
    records::Catalog& catalog;
    std::vector<std::string> regions;       // in which the key is looked for
    std::string action = {};                // "kms:Decrypt"; or else
    std::string operation = {};             // "Decrypt"
    std::size_t target = 0;                 // of an operation: which of the keys that it needs
    KeyName key = {};                       // no text: an action on no key
    std::string resource = {};              // ARN of what is no key; empty: nothing in particular
    std::vector<std::string> context = {};  // "name=value" of an encryption context
    std::string source_address = {};
    bool without_request = false;  // nothing is known but principal, action and key
  };
  // kNotFound for a key that is not there; kValidation for an action that no operation of this
  // build does or that policies alone do not decide, and for a pair without '='.
  static Result<std::unique_ptr<DecisionQuestion>> Make(const Terms& terms);

  // The condition keys of the action that a request could answer and this question cannot: it says
  // nothing of its members but key and encryption context, and takes their defaults.
  std::vector<std::string> Unasked() const;

  // Borrows both.
  core::AccessQuestion For(const domain::Principal& principal) const;

 private:
  explicit DecisionQuestion(core::Registry registry) : registry_(std::move(registry)) {}
  Result<void> FindAction(const Terms& terms);
  Result<void> Take(const core::Operation& operation, const core::TargetPlan* target);
  Result<void> FillRequest(const Terms& terms);

  core::Registry registry_;
  const core::Operation* operation_ = nullptr;
  const core::TargetPlan* target_ = nullptr;
  std::string action_;
  std::string resource_ = "*";
  std::shared_ptr<const domain::Key> key_;
  std::unique_ptr<google::protobuf::Message> request_;
  core::CallEnvelope envelope_;
};

}  // namespace kmaas::cli
