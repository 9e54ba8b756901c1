#include "core/pipeline.h"

#include <algorithm>
#include <exception>

#include "base/encoding.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/log_scope.h"
#include "core/accounts_told.h"
#include "core/authorisation.h"
#include "core/errors.h"
#include "core/field_values.h"
#include "core/grant_token.h"
#include "core/recipient.h"
#include "core/resolver.h"
#include "core/role_trust.h"
#include "core/shape.h"
#include "ports/attestation.h"
#include "ports/key_uses.h"

namespace kmaas::core {
namespace {

namespace pb = google::protobuf;

// The audit names an operation that does not exist as the caller did, within bounds.
constexpr std::size_t kClaimedNameBytesMax = 128;
constexpr std::size_t kErrorMessageBytesMax = 4096;
// Of strangers, who could fill the disk with what they call themselves.
constexpr std::size_t kStrangersTextBytesMax = 128;
constexpr std::size_t kStrangersParametersBytesMax = 512;
constexpr char kOmitted[] = R"({"omitted":true})";

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
  record.trace_id = envelope.trace_id;
  record.tls_version = envelope.tls_version;
  record.tls_cipher = envelope.tls_cipher;
  record.request_parameters_json = "null";
  record.response_elements_json = "null";
  return record;
}

bool IsDryRun(const Operation& operation, const pb::Message& request) {
  return IsSet(request, operation.dry_run) &&
         request.GetReflection()->GetBool(request, operation.dry_run);
}

Result<void> CheckDryRunModifiers(const Operation& operation, const pb::Message& request) {
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

// Recorded from AWS: where a ciphertext could have named the key, it is a wrong key.
Error WrongUsage(const ResolvedKey& resolved, const Operation& operation) {
  if (resolved.plan->ciphertext != nullptr) return IncorrectKey();
  return {ErrorCode::kInvalidKeyUsage, resolved.key->arn() + " key usage is " +
                                           std::string(ToText(resolved.key->usage)) +
                                           " which is not valid for " + operation.name + "."};
}

// As CloudTrail: who was attested, and what it runs.
ports::AuditedRecipient Audited(const ports::Attestation& recipient) {
  constexpr unsigned kImagePcr = 0;
  const auto image = recipient.pcrs.find(kImagePcr);
  const bool is_enclave = !recipient.nitro_tpm && image != recipient.pcrs.end();
  return {recipient.module_id, is_enclave ? HexEncode(image->second) : std::string()};
}

// Each key counts alone, those of ReEncrypt as well. Who looks up a use is told the event of the
// account that has the key.
void NoteKeyUses(const Services& services, const Operation& operation,
                 const std::vector<ResolvedKey>& keys, const ports::AuditRecord& record,
                 const std::vector<ports::AuditRecord>& others) {
  if (services.key_uses == nullptr || operation.effect != CRYPTO) return;
  for (const ResolvedKey& used : keys) {
    services.key_uses->Note({used.key->region, used.key->id, operation.name, record.time,
                             EventIdFor(used.key->account, record, others), record.request_id});
  }
}

Error Internal(std::string detail) { return {ErrorCode::kKmsInternal, "", std::move(detail)}; }

}  // namespace

struct Pipeline::Progress {
  explicit Progress(ports::AuditRecord opened) : record(std::move(opened)) {}

  ports::AuditRecord record;
  const Operation* operation = nullptr;
  std::optional<domain::Principal> principal;
  std::shared_ptr<const ports::WebIdentity> web_identity;
  std::shared_ptr<const ports::Attestation> recipient;
  std::unique_ptr<WipedMessage> request;
  std::optional<Authorisation> authorisation;
  std::vector<ports::AuditRecord> others_told;  // of a call without a change of its own
  bool record_is_durable = false;
};

Result<WipedMessage> Pipeline::Serve(Ingress& ingress) noexcept {
  try {
    const log::CallScope scope(ingress.envelope().request_id, ingress.envelope().trace_id);
    Progress progress(OpenRecord(ingress.envelope(), services_));
    Result<WipedMessage> outcome = Record(RunCaught(ingress, progress), progress);
    if (outcome)
      NoteKeyUses(services_, *progress.operation, progress.authorisation->keys(), progress.record,
                  progress.others_told);
    return outcome;
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
  if (by_token) KM_CHECK(AuthenticateByToken(progress));
  KM_CHECK(CheckDryRunModifiers(operation, request));
  KM_TRY(progress.recipient, VerifyRecipient(operation, request, services_));
  if (progress.recipient != nullptr) progress.record.recipient = Audited(*progress.recipient);
  KM_CHECK(CheckGrantTokens(services_, operation, request));
  progress.authorisation.emplace(Authorisation::Parts{services_, authoriser_, ingress.envelope(),
                                                      operation, *progress.principal, request,
                                                      progress.record, progress.recipient.get()});
  if (operation.decided_by == POLICIES) KM_CHECK(progress.authorisation->Run());
  KM_CHECK(CheckStateAndUsage(progress));
  return Execute(ingress, progress);
}

Result<void> Pipeline::Authenticate(Ingress& ingress, Progress& progress) {
  KM_TRY(progress.principal, ingress.Authenticate());
  progress.record.principal = progress.principal;
  // No front end knows services, so this one is the scheduler of the server itself.
  progress.record.service_event = progress.principal->type == domain::PrincipalType::kService;
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

Result<void> Pipeline::CheckStateAndUsage(const Progress& progress) {
  for (const ResolvedKey& resolved : progress.authorisation->keys()) {
    KM_CHECK(domain::CheckState(resolved.states, *resolved.key));
    const std::string_view usage = ToText(resolved.key->usage);
    if (!resolved.plan->rule->usage().empty() && usage != resolved.plan->rule->usage())
      return WrongUsage(resolved, *progress.operation);
  }
  return {};
}

Result<WipedMessage> Pipeline::Execute(Ingress& ingress, Progress& progress) {
  const Operation& operation = *progress.operation;
  const pb::Message& request = **progress.request;
  const Authorisation& authorised = *progress.authorisation;
  const bool dry_run = IsDryRun(operation, request);
  // With a modifier only the authorisation is asked for.
  if (dry_run && IsSet(request, operation.dry_run_modifiers)) return DryRunSucceeded();
  if (operation.effect == WRITE && !authorised.keys().empty())
    progress.record.response_elements_json = KeyIdElement(authorised.keys().front().key->arn());

  const bool takes_key = std::any_of(operation.targets.begin(), operation.targets.end(),
                                     [](const TargetPlan& t) { return !t.rule->optional(); });
  CallContext context{services_,
                      *progress.principal,
                      operation.name,
                      ingress.envelope().deadline,
                      progress.record,
                      authorised.keys(),
                      authorised.policies_allow(),
                      dry_run,
                      progress.record_is_durable,
                      progress.operation,
                      {authoriser_, authorised.Question()},
                      progress.web_identity.get(),
                      progress.recipient.get()};
  std::unique_ptr<Call> call;
  if (takes_key) {
    call.reset(new KeyCall(std::move(context)));
  } else {
    call.reset(new AccountCall(std::move(context)));
  }
  Result<std::unique_ptr<pb::Message>> reply = operation.handler(request, *call);
  if (!reply) return std::move(reply).error();
  WipedMessage wiped(*std::move(reply));
  // Whatever the handler forgot: what is asked for a recipient is never answered in plaintext.
  if (progress.recipient != nullptr && HoldsSecret(*wiped))
    return Internal("a reply for a recipient has a secret in plaintext");
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
      log::Error("call_failed", {{"operation", progress.record.event_name},
                                 {"error", std::string(row.aws_name)},
                                 {"detail", error.detail}});
    } else {
      log::Debug("call_refused", {{"operation", progress.record.event_name},
                                  {"error", std::string(row.aws_name)},
                                  {"detail", error.detail}});
    }
  }
  if (!progress.principal) {
    progress.record.user_agent = Shortened(progress.record.user_agent, kStrangersTextBytesMax);
    progress.record.error_message =
        Shortened(progress.record.error_message, kStrangersTextBytesMax * 2);
    if (progress.record.request_parameters_json.size() > kStrangersParametersBytesMax)
      progress.record.request_parameters_json = kOmitted;
  }
  if (progress.record_is_durable) return outcome;
  progress.others_told = OthersTold(progress.record, services_.random);
  Result<void> recorded = services_.audit.Append(progress.record);
  for (const ports::AuditRecord& other : progress.others_told)
    if (recorded) recorded = services_.audit.Append(other);
  if (!recorded) {
    log::Error("audit_failed", {{"detail", recorded.error().detail}});
    return Error{ErrorCode::kKmsInternal,
                 std::string(RowOf(ErrorCode::kKmsInternal).default_message),
                 "the audit record could not be written"};
  }
  return outcome;
}

}  // namespace kmaas::core
