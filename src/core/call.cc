#include "core/call.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "core/accounts_told.h"
#include "core/errors.h"
#include "core/message_cipher.h"
#include "core/operation.h"
#include "core/recorded_decision.h"
#include "core/resolver.h"
#include "crypto/digest.h"

namespace kmaas::core {
namespace {

constexpr std::size_t kMarkerTagBytes = 16;

Error InvalidMarker() {
  return {ErrorCode::kInvalidMarker, "The marker is not one that this operation returned."};
}

// What a marker's tag covers: the place in the listing, and whose listing it is.
Bytes MarkerInput(const CallContext& context, std::string_view after) {
  Bytes input;
  AppendField(input, context.operation_name);
  AppendField(input, context.principal.account);
  AppendField(input, context.services.region);
  if (!context.keys.empty()) AppendField(input, context.keys.front().key->id.ToText());
  AppendField(input, after);
  return input;
}

// As the trail gets them, one for each account that is told.
std::vector<records::OutboxEntry> RenderedRecords(const Services& services,
                                                  ports::AuditRecord& record) {
  const std::vector<ports::AuditRecord> others = OthersTold(record, services.random);
  std::vector<records::OutboxEntry> entries{{record.event_id, services.audit.Render(record)}};
  for (const ports::AuditRecord& other : others)
    entries.push_back({other.event_id, services.audit.Render(other)});
  return entries;
}

// Of an operation on data only: others read no more than public halves. Where two keys are used, as
// by ReEncrypt, the text has both, see audit/render.h.
void NoteMaterial(const CallContext& context, const domain::MaterialId& id, std::size_t target) {
  if (context.operation == nullptr || context.operation->effect != CRYPTO) return;
  std::string& noted = context.record.key_material_id;
  if (context.operation->targets.size() == 1) {
    noted = id.ToText();
  } else if (target == 0) {
    noted = id.ToText() + ' ';
  } else {
    noted.resize(std::min(noted.size(), noted.find(' ') + 1));
    noted += id.ToText();
  }
}

// Its time is over before whoever destroys it has come by.
bool HasExpired(const std::optional<WallTime>& valid_to, WallTime now) {
  return valid_to && *valid_to <= now;
}

}  // namespace

Error DryRunSucceeded() {
  return {ErrorCode::kDryRunOperation,
          "The request would have succeeded, but the DryRun option is set."};
}

Result<void> Call::Write(const std::function<Result<void>(records::Changes&)>& change) {
  const Services& services = context_.services;
  if (const Result<void> delivered = services.outbox.Retry(); !delivered) {
    return Error{ErrorCode::kKmsInternal, "",
                 "the audit trail refuses records: " + delivered.error().detail};
  }
  std::vector<records::OutboxEntry> entries;
  // Whatever the operation is called: the trail knows again only the records of writes, so one of a
  // read that came out of the outbox could stand in it twice.
  const bool read_only = std::exchange(context_.record.read_only, false);
  const Result<void> written = services.catalog.Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_CHECK(change(changes));
        if (context_.dry_run) return DryRunSucceeded();
        entries = RenderedRecords(services, context_.record);
        for (const records::OutboxEntry& entry : entries)
          KM_CHECK(services.outbox.Add(changes, entry));
        return {};
      },
      context_.deadline);
  if (!written) {
    context_.record.read_only = read_only;
    for (const records::OutboxEntry& entry : entries) services.outbox.Withdraw(entry);
    return written.error();
  }
  context_.record_is_durable = true;
  Result<void> delivered;
  // Each, also when one was refused: the outbox keeps it.
  for (const records::OutboxEntry& entry : entries) {
    const Result<void> one = services.outbox.Deliver(entry);
    if (delivered) delivered = one;
  }
  if (delivered) return {};
  return Error{ErrorCode::kKmsInternal, "",
               "the audit trail refused a record: " + delivered.error().detail};
}

void Call::RecordRefusal(const Error& refusal) {
  context_.record.error_code = NameOf(RowOf(refusal.code), context_.operation);
  context_.record.error_message = refusal.message;
  context_.record.response_elements_json = "null";
}

Result<void> Call::WriteJudged(const Judge& judge) {
  std::optional<Error> refusal;
  KM_CHECK(Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(refusal, judge(changes));
    if (refusal) RecordRefusal(*refusal);
    return {};
  }));
  if (refusal) return *std::move(refusal);
  return {};
}

void Call::AddResource(const std::string& account, const std::string& arn) {
  const auto& resources = context_.record.resources;
  const bool known = std::any_of(resources.begin(), resources.end(),
                                 [&](const ports::AuditResource& r) { return r.arn == arn; });
  if (!known) context_.record.resources.push_back({account, arn});
}

Result<void> Call::Decide(const AccessQuestion& question) {
  KM_CHECK(DecideAndRecord(context_.permission.authoriser, question, context_.record));
  return {};
}

Result<void> Call::CheckNoLockout(const domain::Key& key, const policy::Policy& replacement) const {
  AccessQuestion question = context_.permission.question;
  question.action = "kms:PutKeyPolicy";
  question.key = &key;
  question.instead = &replacement;
  const Result<Verdict> verdict = context_.permission.authoriser.Decide(question);
  // A grant gives no policies, so whatever allows this is the policy's doing.
  if (verdict) return {};
  if (verdict.error().code != ErrorCode::kAccessDenied) return verdict.error();
  return Error{ErrorCode::kMalformedPolicyDocument,
               "The new key policy will not allow you to update the key policy in the future."};
}

std::string Call::MarkerFor(std::string_view after) const {
  const crypto::Sha256Digest tag = context_.services.marker_key.Tag(MarkerInput(context_, after));
  Bytes marker(tag.begin(), tag.begin() + kMarkerTagBytes);
  Append(marker, after);
  return Base64Encode(marker);
}

Result<std::string> Call::OpenMarker(std::string_view marker) const {
  std::string bytes;
  if (!Base64Decode(marker, bytes) || bytes.size() < kMarkerTagBytes) return InvalidMarker();
  std::string after = bytes.substr(kMarkerTagBytes);
  const crypto::Sha256Digest tag = context_.services.marker_key.Tag(MarkerInput(context_, after));
  if (!crypto::ConstantTimeEqual(AsBytes(bytes).first(kMarkerTagBytes),
                                 ByteView(tag).first(kMarkerTagBytes)))
    return InvalidMarker();
  return after;
}

Result<KeyCall::Usable> KeyCall::Load(const domain::MaterialId& id, std::size_t target) const {
  const domain::Key& owner = key(target);
  Usable usable;
  KM_TRY(usable.material, services().catalog.Find<domain::KeyMaterial>(
                              records::MaterialRow(owner.region, owner.id, id)));
  if (usable.material == nullptr) return usable;
  // A key is as good as the first of its materials to expire.
  if (usable.material->import_state == domain::ImportState::kPendingImport ||
      HasExpired(usable.material->valid_to, now()) || HasExpired(owner.valid_to, now()))
    return Error{ErrorCode::kKmsInvalidState, owner.arn() + " is pending import."};
  KM_TRY(usable.engine, services().EngineFor(owner));
  NoteMaterial(context_, id, target);
  return usable;
}

Result<KeyCall::Usable> KeyCall::Current(std::size_t target) const {
  const domain::Key& owner = key(target);
  if (!owner.current_material)
    return Error{ErrorCode::kKmsInvalidState, owner.arn() + " is pending import."};
  KM_TRY(Usable usable, Load(*owner.current_material, target));
  if (usable.material == nullptr) {
    return Error{ErrorCode::kKmsInternal, "",
                 "key " + owner.id.ToText() + " has no row for its current material"};
  }
  return usable;
}

Result<KeyCall::Sealed> KeyCall::Seal(ByteView plaintext, const domain::EncryptionContext& context,
                                      std::size_t target) {
  KM_TRY(const Usable current, Current(target));
  KM_TRY(Bytes blob, SealMessage(*current.engine, services().random, *current.material, plaintext,
                                 context, deadline()));
  return Sealed{std::move(blob), current.material->id};
}

Result<KeyCall::Opened> KeyCall::Open(ByteView blob, const domain::EncryptionContext& context,
                                      std::size_t target) {
  const auto parsed = domain::ParseCiphertext(blob);
  if (!parsed) return Error{ErrorCode::kInvalidCiphertext, ""};
  if (parsed->header.key_id != key(target).id) return IncorrectKey();
  KM_TRY(const Usable usable, Load(parsed->header.material_id, target));
  if (usable.material == nullptr) return Error{ErrorCode::kInvalidCiphertext, ""};
  KM_TRY(SecretBytes plaintext,
         OpenMessage(*usable.engine, *usable.material, *parsed, context, deadline()));
  return Opened{std::move(plaintext), parsed->header.material_id};
}

Result<void> KeyCall::WriteKey(
    const std::function<Result<void>(domain::Key&, records::Changes&)>& change) {
  const ResolvedKey& resolved = context_.keys.front();
  return Write([&](records::Changes& changes) -> Result<void> {
    KM_TRY(std::optional<domain::Key> current,
           changes.Get<domain::Key>(records::KeyRow(resolved.key->region, resolved.key->id)));
    if (!current)
      return Error{ErrorCode::kNotFound, "Key '" + resolved.key->arn() + "' does not exist"};
    KM_CHECK(domain::CheckState(resolved.states, *current));
    const std::vector<records::DueWork> due = records::DueOf(*current);
    KM_CHECK(change(*current, changes));
    KM_CHECK(records::Reschedule(changes, due, records::DueOf(*current)));
    return changes.Put(*current);
  });
}

}  // namespace kmaas::core
