#include "cli/decision_question.h"

#include <set>

#include "cli/table.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "operations/operations.h"

namespace kmaas::cli {
namespace {

namespace pb = google::protobuf;

Result<std::pair<std::string, std::string>> SplitPair(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Error{ErrorCode::kValidation,
                 "--context takes NAME=VALUE; " + Harmless(text) + " is none"};
  }
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

void AddPair(pb::Message& request, const pb::FieldDescriptor* field, const std::string& name,
             const std::string& value) {
  pb::Message* entry = request.GetReflection()->AddMessage(&request, field);
  entry->GetReflection()->SetString(entry, field->message_type()->map_key(), name);
  entry->GetReflection()->SetString(entry, field->message_type()->map_value(), value);
}

}  // namespace

Result<std::unique_ptr<DecisionQuestion>> DecisionQuestion::Make(const Terms& terms) {
  KM_TRY(core::Registry registry, operations::MakeRegistry());
  std::unique_ptr<DecisionQuestion> question(new DecisionQuestion(std::move(registry)));
  KM_CHECK(question->FindAction(terms));
  if (!terms.key.text.empty()) {
    KM_TRY(question->key_, FindKey(terms.catalog, terms.regions, terms.key));
  } else if (!terms.resource.empty()) {
    question->resource_ = terms.resource;
    question->target_ = nullptr;
  } else if (question->target_ != nullptr) {
    return Error{ErrorCode::kValidation, question->action_ + " acts on a key: name it with --key"};
  }
  if (!terms.without_request) KM_CHECK(question->FillRequest(terms));
  return question;
}

Result<void> DecisionQuestion::Take(const core::Operation& operation,
                                    const core::TargetPlan* target) {
  operation_ = &operation;
  target_ = target;
  action_ = target != nullptr ? target->action : operation.action;
  if (operation.grant_decides) {
    return Error{ErrorCode::kValidation,
                 action_ + " is decided by the grant that it ends, which is not asked here"};
  }
  if (operation.decided_by == POLICIES) return {};
  return Error{
      ErrorCode::kValidation,
      operation.decided_by == NOBODY
          ? action_ + " needs no permission"
          : action_ + " is decided by the trust policy of a role, which is not asked here"};
}

Result<void> DecisionQuestion::FindAction(const Terms& terms) {
  for (const auto& operation : registry_.operations()) {
    const bool named = !terms.operation.empty() && operation->name == terms.operation;
    std::size_t needed = 0;
    const core::TargetPlan* last = nullptr;  // a record may name more keys than the request does
    for (const core::TargetPlan& target : operation->targets) {
      if (target.rule->optional()) continue;
      if (named ? needed++ == terms.target : target.action == terms.action)
        return Take(*operation, &target);
      last = &target;
    }
    if (named || operation->action == terms.action) return Take(*operation, named ? last : nullptr);
  }
  return Error{ErrorCode::kValidation,
               "no operation of this build does " +
                   Harmless(terms.action.empty() ? terms.operation : terms.action) +
                   "; `kmaas operations` lists all"};
}

Result<void> DecisionQuestion::FillRequest(const Terms& terms) {
  request_.reset(operation_->request_prototype->New());
  if (target_ != nullptr && key_ != nullptr)
    request_->GetReflection()->SetString(request_.get(), target_->field, key_->arn());
  for (const std::string& text : terms.context) {
    KM_TRY(const auto pair, SplitPair(text));
    for (const core::ContextField& field : operation_->encryption_contexts) {
      if (target_ != nullptr && field.target != nullptr && field.target != target_->field) continue;
      AddPair(*request_, field.field, pair.first, pair.second);
    }
  }
  envelope_.source_address = terms.source_address;
  return {};
}

std::vector<std::string> DecisionQuestion::Unasked() const {
  using policy::KnownKey;
  std::set<std::string> names;
  const auto add = [&names](KnownKey key) { names.emplace(policy::NameOf(key)); };
  add(KnownKey::kUserAgent);
  for (const core::ConditionField& field : operation_->conditions) {
    const bool of_target =
        field.target == nullptr || target_ == nullptr || field.target == target_->field;
    if (of_target) add(field.key);
    if (of_target && field.key == KnownKey::kRequestTag) add(KnownKey::kTagKeys);
  }
  if (target_ != nullptr) add(KnownKey::kRequestAlias);
  if (target_ != nullptr && operation_->targets.size() > 1) add(KnownKey::kReEncryptOnSameKey);
  for (const core::FieldPlan& plan : operation_->fields) {
    if (plan.field->message_type() != ::kmaas::kms::v1::GrantConstraints::descriptor()) continue;
    for (const KnownKey key : {KnownKey::kEncryptionContext, KnownKey::kEncryptionContextKeys,
                               KnownKey::kGrantConstraintType, KnownKey::kGrantConstraintSourceArn})
      add(key);
  }
  return {names.begin(), names.end()};
}

core::AccessQuestion DecisionQuestion::For(const domain::Principal& principal) const {
  return {.principal = principal,
          .action = action_,
          .key = target_ != nullptr ? key_.get() : nullptr,
          .resource = resource_,
          .envelope = &envelope_,
          .operation = operation_,
          .request = request_.get(),
          .target = target_ != nullptr ? target_->field : nullptr};
}

}  // namespace kmaas::cli
