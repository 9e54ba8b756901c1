#include "core/pipeline.h"

#include <algorithm>
#include <exception>

#include "base/json_text.h"
#include "base/log.h"
#include "core/errors.h"
#include "core/resolver.h"
#include "core/shape.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

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
  if (IsSet(request, operation.grant_tokens))
    return Error{ErrorCode::kInvalidGrantToken, "The grant token is not valid."};
  if (IsSet(request, operation.recipient)) {
    return Error{ErrorCode::kUnsupportedOperation,
                 "This server does not verify attestation documents: Recipient is not supported."};
  }
  if (IsSet(request, operation.dry_run_modifiers) && !IsDryRun(operation, request)) {
    return Error{ErrorCode::kValidation, "DryRunModifiers can only be given when DryRun is true."};
  }
  return {};
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
  std::unique_ptr<WipedMessage> request;
  std::vector<ResolvedKey> keys;
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
  KM_TRY(progress.principal, ingress.Authenticate());
  progress.record.principal = progress.principal;
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
  KM_CHECK(CheckMembersInReach(operation, request));
  KM_CHECK(ResolveAndAuthorise(progress));
  KM_CHECK(CheckStateAndUsage(progress));
  return Execute(ingress, progress);
}

// Key by key: whether a later target exists must not show that an earlier one, which the caller may
// not use, does.
Result<void> Pipeline::ResolveAndAuthorise(Progress& progress) {
  for (const TargetPlan& plan : progress.operation->targets) {
    KM_TRY(std::shared_ptr<const domain::Key> key,
           ResolveTarget(plan, **progress.request, services_, *progress.principal));
    if (key == nullptr) continue;
    progress.record.resources.push_back({key->account, key->arn()});
    progress.record.custody = ToText(key->custody);
    progress.keys.push_back({std::move(key), plan.states, &plan});
    KM_CHECK(Authorise(progress, &progress.keys.back()));
  }
  return progress.keys.empty() ? Authorise(progress, nullptr) : Result<void>();
}

// `target` is null for an action on no key.
Result<void> Pipeline::Authorise(Progress& progress, const ResolvedKey* target) {
  const bool has_key = target != nullptr;
  Result<std::string> decided =
      authoriser_.Decide({*progress.principal,
                          has_key ? std::string_view(target->plan->action)
                                  : std::string_view(progress.operation->action),
                          has_key ? target->key.get() : nullptr});
  if (!decided && has_key && decided.error().code == ErrorCode::kAccessDenied)
    return Denied(progress, *target, std::move(decided.error()));
  KM_TRY(progress.record.deciding_statement, std::move(decided));
  return {};
}

// A refusal names only what the caller named: not the key in a ciphertext, and not the key behind
// another account's alias, which would say that it exists.
Error Pipeline::Denied(const Progress& progress, const ResolvedKey& resolved, Error refusal) {
  const pb::Message& request = **progress.request;
  if (!IsSet(request, resolved.plan->field)) return CiphertextKeyDenied();
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
  CallContext context{
      services_,       *progress.principal, operation.name, ingress.envelope().deadline,
      progress.record, progress.keys,       dry_run,        progress.record_is_durable};
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
    progress.record.error_code = row.aws_name;
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
