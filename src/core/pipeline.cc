#include "core/pipeline.h"

#include <algorithm>
#include <exception>

#include "base/json_text.h"
#include "base/log.h"
#include "core/entity_resolver.h"
#include "core/errors.h"
#include "core/grant_token.h"
#include "core/resolver.h"
#include "core/role_trust.h"
#include "core/shape.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

// Of authorisation.
constexpr std::string_view kNothingInParticular = "*";

// The audit names an operation that does not exist as the caller did, within bounds.
constexpr std::size_t kClaimedNameBytesMax = 128;
// What a caller wrote takes its place in the trail, and no more: as CloudTrail, which leaves out
// what is larger.
constexpr std::size_t kParametersBytesMax = std::size_t{64} << 10U;
constexpr std::size_t kErrorMessageBytesMax = 4096;
// Of strangers, who could fill the disk with what they call themselves.
constexpr std::size_t kStrangersTextBytesMax = 128;

ports::AuditRecord OpenRecord(const CallEnvelope& envelope, const Services& services) {
  ports::AuditRecord record;
  record.event_id = services.random.Uuid();
  record.request_id = envelope.request_id;
  record.time = services.clock.Now();
  record.event_name = envelope.claimed_operation.substr(0, kClaimedNameBytesMax);
  record.region = services.region;
  record.claimed_access_key_id = envelope.claimed_access_key_id;
  record.source_address = envelope.source_address;
  record.user_agent = envelope.user_agent;
  record.tls_version = envelope.tls_version;
  record.tls_cipher = envelope.tls_cipher;
  record.request_parameters_json = "null";
  record.response_elements_json = "null";
  return record;
}

bool IsSet(const pb::Message& request, const pb::FieldDescriptor* field) {
  if (field == nullptr) return false;
  const pb::Reflection* reflection = request.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(request, field) > 0
                              : reflection->HasField(request, field);
}

bool IsDryRun(const Operation& operation, const pb::Message& request) {
  return IsSet(request, operation.dry_run) &&
         request.GetReflection()->GetBool(request, operation.dry_run);
}

// Members that are known and not served must not be passed over: the answer would be plausible and
// wrong.
Result<void> CheckMembersInReach(const Operation& operation, const pb::Message& request) {
  if (IsSet(request, operation.recipient)) {
    return Error{ErrorCode::kUnsupportedOperation,
                 "This server does not verify attestation documents: Recipient is not supported."};
  }
  if (IsSet(request, operation.dry_run_modifiers) && !IsDryRun(operation, request)) {
    return Error{ErrorCode::kValidation, "DryRunModifiers can only be given when DryRun is true."};
  }
  return {};
}

// The alias that the call is about is a resource beside its key.
void NameAlias(const Operation& operation, const pb::Message& request,
               const domain::Principal& principal, ports::AuditRecord& record) {
  if (operation.alias == nullptr || !IsSet(request, operation.alias->field)) return;
  const std::string name = request.GetReflection()->GetString(request, operation.alias->field);
  if (!domain::IsAliasName(name)) return;
  record.resources.push_back({principal.account,
                              domain::AliasArn(record.region, principal.account, name),
                              ports::kAliasResource});
}

std::string KeyIdElement(const std::string& arn) {
  std::string json = R"({"keyId":)";
  AppendJsonString(json, arn);
  json.push_back('}');
  return json;
}

Error Internal(std::string detail) { return {ErrorCode::kKmsInternal, "", std::move(detail)}; }

}  // namespace

struct Pipeline::Progress {
  explicit Progress(ports::AuditRecord opened) : record(std::move(opened)) {}

  ports::AuditRecord record;
  const Operation* operation = nullptr;
  std::optional<domain::Principal> principal;
  std::shared_ptr<const ports::WebIdentity> web_identity;
  std::unique_ptr<WipedMessage> request;
  std::vector<ResolvedKey> keys;
  bool policies_allow = false;
  bool authorised_on_key = false;
  bool record_is_durable = false;
};

Result<WipedMessage> Pipeline::Serve(Ingress& ingress) noexcept {
  try {
    Progress progress(OpenRecord(ingress.envelope(), services_));
    return Record(RunCaught(ingress, progress), progress);
  } catch (...) {
    return Error{ErrorCode::kKmsInternal, ""};
  }
}

Result<WipedMessage> Pipeline::RunCaught(Ingress& ingress, Progress& progress) {
  try {
    return Run(ingress, progress);
  } catch (const std::exception& thrown) {
    return Internal(std::string("exception: ") + thrown.what());
  } catch (...) {
    return Internal("something was thrown that is no exception");
  }
}

Result<WipedMessage> Pipeline::Run(Ingress& ingress, Progress& progress) {
  progress.operation = ingress.FindOperation(registry_);
  if (progress.operation != nullptr) {
    progress.record.event_name = progress.operation->name;
    progress.record.event_source = progress.operation->event_source;
    progress.record.read_only = progress.operation->effect != WRITE;
  }
  const bool by_token =
      progress.operation != nullptr && progress.operation->web_identity_token != nullptr;
  if (!by_token) KM_CHECK(Authenticate(ingress, progress));
  if (progress.operation == nullptr) return Error{ErrorCode::kUnknownOperation, ""};

  const Operation& operation = *progress.operation;
  progress.request = std::make_unique<WipedMessage>(
      std::unique_ptr<pb::Message>(operation.request_prototype->New()));
  pb::Message& request = **progress.request;
  KM_CHECK(ingress.Decode(operation, request));
  KM_CHECK(CheckShape(operation, request));
  progress.record.request_parameters_json = AuditedParameters(operation, request);
  if (progress.record.request_parameters_json.size() > kParametersBytesMax)
    progress.record.request_parameters_json = R"({"omitted":true})";
  if (by_token) KM_CHECK(AuthenticateByToken(progress));
  KM_CHECK(CheckMembersInReach(operation, request));
  KM_CHECK(CheckGrantTokens(services_, operation, request));
  if (operation.decided_by == POLICIES) KM_CHECK(ResolveAndAuthorise(ingress, progress));
  KM_CHECK(CheckStateAndUsage(progress));
  return Execute(ingress, progress);
}

Result<void> Pipeline::Authenticate(Ingress& ingress, Progress& progress) {
  KM_TRY(progress.principal, ingress.Authenticate());
  progress.record.principal = progress.principal;
  if (services_.uses != nullptr && progress.operation != nullptr)
    services_.uses->Note(progress.principal->access_key_id, progress.operation->signing_name,
                         progress.record.time);
  return {};
}

// The token is a member of the request, so it can only be looked at once that is read.
Result<void> Pipeline::AuthenticateByToken(Progress& progress) {
  const pb::Message& request = **progress.request;
  if (services_.web_identities == nullptr) return NoWebIdentities();
  KM_TRY(progress.web_identity, services_.web_identities->Verify(request.GetReflection()->GetString(
                                    request, progress.operation->web_identity_token)));
  progress.principal = WebCaller(*progress.web_identity, "");
  progress.record.principal = progress.principal;
  return {};
}

// Key by key: whether a later target exists must not show that an earlier one, which the caller may
// not use, does. A key that is named by choice only filters a listing of the account.
Result<void> Pipeline::ResolveAndAuthorise(Ingress& ingress, Progress& progress) {
  NameAlias(*progress.operation, **progress.request, *progress.principal, progress.record);
  for (const TargetPlan& plan : progress.operation->targets) {
    KM_TRY(std::shared_ptr<const domain::Key> key,
           ResolveTarget(plan, **progress.request, services_, *progress.principal));
    if (key == nullptr) continue;
    progress.record.resources.push_back({key->account, key->arn()});
    progress.record.custody = ToText(key->custody);
    progress.keys.push_back({std::move(key), plan.states, &plan, nullptr});
    if (plan.rule->optional() && !progress.operation->grant_decides) {
      KM_CHECK(CheckOwnKey(progress.keys.back(), progress));
    } else {
      KM_CHECK(AuthoriseKey(ingress, progress, progress.keys.back()));
    }
  }
  if (progress.operation->alias != nullptr) KM_CHECK(AuthoriseAlias(ingress, progress));
  if (!progress.authorised_on_key && progress.operation->alias == nullptr)
    KM_CHECK(AuthoriseEntities(ingress, progress));
  return AuthoriseFurther(ingress, progress);
}

Result<Verdict> Pipeline::Decide(const AccessQuestion& question, Progress& progress) {
  Result<Verdict> verdict = authoriser_.Decide(question);
  std::string& deciding = progress.record.deciding_statement;
  if (!deciding.empty()) deciding += "; ";
  deciding += verdict ? verdict->deciding_statement : verdict.error().detail;
  return verdict;
}

AccessQuestion Pipeline::QuestionOf(Ingress& ingress, const Progress& progress) const {
  return {.principal = *progress.principal,
          .action = progress.operation->action,
          .envelope = &ingress.envelope(),
          .operation = progress.operation,
          .services = &services_,
          .request = &**progress.request};
}

Result<void> Pipeline::AuthoriseKey(Ingress& ingress, Progress& progress, ResolvedKey& resolved) {
  AccessQuestion question = QuestionOf(ingress, progress);
  question.action = resolved.plan->action;
  question.key = resolved.key.get();
  question.target = resolved.plan->field;
  question.grant_decides = progress.operation->grant_decides;
  Result<Verdict> verdict = Decide(question, progress);
  if (verdict) {
    progress.authorised_on_key = true;
    progress.policies_allow = !verdict->deciding_statement.empty();
    resolved.grant = std::move(verdict->grant);
    return {};
  }
  if (verdict.error().code != ErrorCode::kAccessDenied) return std::move(verdict).error();
  return Denied(progress, resolved, std::move(verdict).error());
}

// Whether an entity exists is told to those only who may do the action on its ARN: the operation
// looks for it afterwards.
Result<void> Pipeline::AuthoriseEntities(Ingress& ingress, Progress& progress) {
  KM_TRY(const std::vector<std::string> arns,
         ResolveEntities(*progress.operation, **progress.request, services_, *progress.principal));
  AccessQuestion question = QuestionOf(ingress, progress);
  for (const std::string& arn : arns) {
    if (arn != kNothingInParticular)
      progress.record.resources.push_back({progress.principal->account, arn});
    question.resource = arn;
    KM_CHECK(Decide(question, progress));
  }
  if (arns.empty()) KM_CHECK(Decide(question, progress));
  return {};
}

// An alias is a resource of its own, and so is the key that it leads away from.
Result<void> Pipeline::AuthoriseAlias(Ingress& ingress, Progress& progress) {
  const FieldPlan& plan = *progress.operation->alias;
  const pb::Message& request = **progress.request;
  const std::string name = request.GetReflection()->GetString(request, plan.field);
  const std::string& account = progress.principal->account;
  const std::string arn = domain::AliasArn(services_.region, account, name);
  AccessQuestion question = QuestionOf(ingress, progress);
  question.resource = arn;
  KM_CHECK(Decide(question, progress));
  if (!plan.rules->alias_exists()) return {};
  KM_TRY(const auto alias,
         services_.catalog.Find<domain::Alias>(records::AliasRow(account, services_.region, name)));
  if (alias == nullptr) return {};
  KM_TRY(const auto key,
         services_.catalog.Find<domain::Key>(records::KeyRow(services_.region, alias->target)));
  if (key == nullptr) return {};
  question.resource = "*";
  question.key = key.get();
  KM_CHECK(Decide(question, progress));
  return {};
}

// Members whose use needs a permission of its own, as CreateKey's tags do.
Result<void> Pipeline::AuthoriseFurther(Ingress& ingress, Progress& progress) {
  for (const FieldPlan& plan : progress.operation->fields) {
    if (plan.rules->also_action().empty() || !IsSet(**progress.request, plan.field)) continue;
    AccessQuestion question = QuestionOf(ingress, progress);
    question.action = plan.rules->also_action();
    KM_CHECK(Decide(question, progress));
  }
  return {};
}

// A listing is asked of the caller's own account.
Result<void> Pipeline::CheckOwnKey(const ResolvedKey& resolved, const Progress& progress) {
  if (resolved.key->account == progress.principal->account) return {};
  const pb::Message& request = **progress.request;
  return ForeignKeyDenied(*progress.principal, progress.operation->action,
                          request.GetReflection()->GetString(request, resolved.plan->field));
}

// A refusal names only what the caller named: not the key in a ciphertext, and not the key behind
// another account's alias, which would say that it exists.
Error Pipeline::Denied(const Progress& progress, const ResolvedKey& resolved, Error refusal) {
  const pb::Message& request = **progress.request;
  if (!IsSet(request, resolved.plan->field)) {
    return resolved.plan->ciphertext != nullptr
               ? CiphertextKeyDenied()
               : GrantKeyDenied(*progress.principal, resolved.plan->action);
  }
  if (resolved.key->account == progress.principal->account) return refusal;
  return ForeignKeyDenied(*progress.principal, resolved.plan->action,
                          request.GetReflection()->GetString(request, resolved.plan->field));
}

Result<void> Pipeline::CheckStateAndUsage(const Progress& progress) {
  for (const ResolvedKey& resolved : progress.keys) {
    KM_CHECK(domain::CheckState(resolved.states, *resolved.key));
    const std::string_view usage = ToText(resolved.key->usage);
    if (!resolved.plan->rule->usage().empty() && usage != resolved.plan->rule->usage()) {
      return Error{ErrorCode::kInvalidKeyUsage,
                   resolved.key->arn() + " key usage is " + std::string(usage) +
                       " which is not valid for " + progress.operation->name + "."};
    }
  }
  return {};
}

Result<WipedMessage> Pipeline::Execute(Ingress& ingress, Progress& progress) {
  const Operation& operation = *progress.operation;
  const pb::Message& request = **progress.request;
  const bool dry_run = IsDryRun(operation, request);
  // With a modifier only the authorisation is asked for.
  if (dry_run && IsSet(request, operation.dry_run_modifiers)) return DryRunSucceeded();
  if (operation.effect == WRITE && !progress.keys.empty())
    progress.record.response_elements_json = KeyIdElement(progress.keys.front().key->arn());

  const bool takes_key = std::any_of(operation.targets.begin(), operation.targets.end(),
                                     [](const TargetPlan& t) { return !t.rule->optional(); });
  CallContext context{services_,
                      *progress.principal,
                      operation.name,
                      ingress.envelope().deadline,
                      progress.record,
                      progress.keys,
                      progress.policies_allow,
                      dry_run,
                      progress.record_is_durable,
                      progress.operation,
                      {authoriser_, QuestionOf(ingress, progress)},
                      progress.web_identity.get()};
  std::unique_ptr<Call> call;
  if (takes_key) {
    call.reset(new KeyCall(std::move(context)));
  } else {
    call.reset(new AccountCall(std::move(context)));
  }
  Result<std::unique_ptr<pb::Message>> reply = operation.handler(request, *call);
  if (!reply) return std::move(reply).error();
  WipedMessage wiped(*std::move(reply));
  if (dry_run) return DryRunSucceeded();
  return wiped;
}

Result<WipedMessage> Pipeline::Record(Result<WipedMessage> outcome, Progress& progress) {
  if (!outcome) {
    Error& error = outcome.error();
    const ErrorRow& row = RowOf(error.code);
    if (error.message.empty()) error.message = row.default_message;
    progress.record.error_code = NameOf(row, progress.operation);
    progress.record.error_message = Shortened(error.message, kErrorMessageBytesMax);
    progress.record.response_elements_json = "null";
    if (row.http_status >= 500) {
      log::Error("call_failed", {{"request_id", progress.record.request_id},
                                 {"operation", progress.record.event_name},
                                 {"error", std::string(row.aws_name)},
                                 {"detail", error.detail}});
    } else {
      log::Debug("call_refused", {{"request_id", progress.record.request_id},
                                  {"operation", progress.record.event_name},
                                  {"error", std::string(row.aws_name)},
                                  {"detail", error.detail}});
    }
  }
  if (!progress.principal) {
    progress.record.user_agent = Shortened(progress.record.user_agent, kStrangersTextBytesMax);
    progress.record.error_message =
        Shortened(progress.record.error_message, kStrangersTextBytesMax * 2);
  }
  if (progress.record_is_durable) return outcome;
  if (Result<void> recorded = services_.audit.Append(progress.record); !recorded) {
    log::Error("audit_failed",
               {{"request_id", progress.record.request_id}, {"detail", recorded.error().detail}});
    return Error{ErrorCode::kKmsInternal,
                 std::string(RowOf(ErrorCode::kKmsInternal).default_message),
                 "the audit record could not be written"};
  }
  return outcome;
}

}  // namespace kmaas::core
