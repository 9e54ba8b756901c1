#include "core/authorisation.h"

#include "core/entity_resolver.h"
#include "core/field_values.h"
#include "core/recorded_decision.h"
#include "core/resolver.h"
#include "domain/iam_names.h"

namespace kmaas::core {
namespace {

constexpr std::string_view kNothingInParticular = "*";

// The alias that the call is about is a resource beside its key.
void NameAlias(const Operation& operation, const google::protobuf::Message& request,
               const domain::Principal& principal, ports::AuditRecord& record) {
  if (operation.alias == nullptr || !IsSet(request, operation.alias->field)) return;
  const std::string name = request.GetReflection()->GetString(request, operation.alias->field);
  if (!domain::IsAliasName(name)) return;
  record.resources.push_back(
      {principal.account, domain::AliasArn(record.region, principal.account, name)});
}

// Whoever got hold of a session without a second factor could make itself credentials that outlive
// it. Source: AWS STS API, GetSessionToken: no call of IAM without MFA.
constexpr std::string_view kIam = "iam";

bool IsBareUserSession(const domain::Principal& principal) {
  const domain::Session* session = principal.session.get();
  return session != nullptr && session->role_arn.empty() && !session->mfa_time &&
         principal.access_key_id.starts_with(domain::kSessionKeyIdPrefix);
}

}  // namespace

Result<void> Authorisation::Run() {
  if (parts_.operation.signing_name == kIam && IsBareUserSession(parts_.principal)) {
    return Error{ErrorCode::kUnrecognizedClient,
                 "The security token included in the request is invalid.",
                 "a session without a second factor asks for an operation of IAM"};
  }
  NameAlias(parts_.operation, parts_.request, parts_.principal, parts_.record);
  for (const TargetPlan& plan : parts_.operation.targets) KM_CHECK(AuthoriseTarget(plan));
  if (parts_.operation.alias != nullptr) KM_CHECK(AuthoriseAlias());
  if (!asked_about_a_key_ && parts_.operation.alias == nullptr) KM_CHECK(AuthoriseEntities());
  return AuthoriseFurther();
}

// Key by key: whether a later target exists must not show that an earlier one, which the caller may
// not use, does. A key that is named by choice only filters a listing of the account.
Result<void> Authorisation::AuthoriseTarget(const TargetPlan& plan) {
  KM_TRY(std::shared_ptr<const domain::Key> key,
         ResolveTarget(plan, parts_.request, parts_.services, parts_.principal));
  if (key == nullptr) return {};
  parts_.record.resources.push_back({key->account, key->arn()});
  parts_.record.custody = ToText(key->custody);
  parts_.record.custom_key_store_id = key->custom_key_store_id;
  keys_.push_back({std::move(key), plan.states, &plan, nullptr});
  if (plan.rule->optional() && !parts_.operation.grant_decides) return CheckOwnKey(keys_.back());
  return AuthoriseKey(keys_.back());
}

Result<Verdict> Authorisation::Decide(const AccessQuestion& question) {
  return DecideAndRecord(parts_.authoriser, question, parts_.record);
}

AccessQuestion Authorisation::Question() const {
  return {.principal = parts_.principal,
          .action = parts_.operation.action,
          .envelope = &parts_.envelope,
          .operation = &parts_.operation,
          .services = &parts_.services,
          .request = &parts_.request,
          .grant_decides = parts_.operation.grant_decides,
          .attestation = parts_.recipient};
}

Result<void> Authorisation::AuthoriseKey(ResolvedKey& resolved) {
  AccessQuestion question = Question();
  question.action = resolved.plan->action;
  question.key = resolved.key.get();
  question.target = resolved.plan->field;
  Result<Verdict> verdict = Decide(question);
  if (verdict) {
    asked_about_a_key_ = true;
    policies_allow_ = !verdict->deciding_statement.empty();
    resolved.grant = std::move(verdict->grant);
    return {};
  }
  if (verdict.error().code != ErrorCode::kAccessDenied) return std::move(verdict).error();
  return Denied(resolved, std::move(verdict).error());
}

// Whether an entity exists is told to those only who may do the action on its ARN: the operation
// looks for it afterwards.
Result<void> Authorisation::AuthoriseEntities() {
  KM_TRY(entities_,
         ResolveEntities(parts_.operation, parts_.request, parts_.services, parts_.principal));
  AccessQuestion question = Question();
  for (const std::string& arn : entities_) {
    if (arn != kNothingInParticular)
      parts_.record.resources.push_back({parts_.principal.account, arn});
    question.resource = arn;
    KM_CHECK(Decide(question));
  }
  if (entities_.empty()) KM_CHECK(Decide(question));
  return {};
}

// An alias is a resource of its own, and so is the key that it leads away from.
Result<void> Authorisation::AuthoriseAlias() {
  const FieldPlan& plan = *parts_.operation.alias;
  const std::string name = TextOf(plan.field);
  const std::string& account = parts_.principal.account;
  const std::string& region = parts_.services.region;
  const std::string arn = domain::AliasArn(region, account, name);
  AccessQuestion question = Question();
  question.resource = arn;
  KM_CHECK(Decide(question));
  if (!plan.rules->alias_exists()) return {};
  records::Catalog& catalog = parts_.services.catalog;
  KM_TRY(const auto alias, catalog.Find<domain::Alias>(records::AliasRow(account, region, name)));
  if (alias == nullptr) return {};
  KM_TRY(const auto key, catalog.Find<domain::Key>(records::KeyRow(region, alias->target)));
  if (key == nullptr) return {};
  question.resource = kNothingInParticular;
  question.key = key.get();
  KM_CHECK(Decide(question));
  return {};
}

// Members whose use needs a permission of its own on what is made, as tags do.
Result<void> Authorisation::AuthoriseFurther() {
  for (const FieldPlan& plan : parts_.operation.fields) {
    if (plan.rules->also_action().empty() || !IsSet(parts_.request, plan.field)) continue;
    AccessQuestion question = Question();
    question.action = plan.rules->also_action();
    if (!entities_.empty()) question.resource = entities_.front();
    KM_CHECK(Decide(question));
  }
  return {};
}

// A listing is asked of the caller's own account.
Result<void> Authorisation::CheckOwnKey(const ResolvedKey& resolved) const {
  if (resolved.key->account == parts_.principal.account) return {};
  return ForeignKeyDenied(parts_.principal, parts_.operation.action, TextOf(resolved.plan->field));
}

// A refusal names only what the caller named: not the key in a ciphertext, and not the key behind
// another account's alias, which would say that it exists.
Error Authorisation::Denied(const ResolvedKey& resolved, Error refusal) const {
  const TargetPlan& plan = *resolved.plan;
  if (!IsSet(parts_.request, plan.field)) {
    return plan.ciphertext != nullptr ? CiphertextKeyDenied()
                                      : GrantKeyDenied(parts_.principal, plan.action);
  }
  if (resolved.key->account == parts_.principal.account) return refusal;
  return ForeignKeyDenied(parts_.principal, plan.action, TextOf(plan.field));
}

std::string Authorisation::TextOf(const google::protobuf::FieldDescriptor* field) const {
  return parts_.request.GetReflection()->GetString(parts_.request, field);
}

}  // namespace kmaas::core
