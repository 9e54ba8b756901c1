// What a handler may know and do. Only the pipeline makes a Call, after authentication and
// authorisation, so a handler that skips a check cannot be written.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/authoriser.h"
#include "core/services.h"
#include "domain/ciphertext.h"
#include "domain/grant.h"
#include "domain/key.h"
#include "domain/key_state.h"
#include "domain/principal.h"
#include "ports/attestation.h"
#include "ports/audit_sink.h"

namespace kmaas::core {

class Pipeline;
struct TargetPlan;
struct Operation;

// A key that a target field named: resolved once, authorised, its state checked.
struct ResolvedKey {
  std::shared_ptr<const domain::Key> key;
  domain::StateRule states = domain::StateRule::kAnyState;
  const TargetPlan* plan = nullptr;
  std::shared_ptr<const domain::Grant> grant = nullptr;  // that allowed it; null: policies did
};

// For questions that only the handler can ask: what a policy that is not stored yet would decide.
struct Permission {
  Authoriser& authoriser;
  AccessQuestion question;  // of this call
};

struct CallContext {
  const Services& services;
  const domain::Principal& principal;
  const std::string& operation_name;
  Deadline deadline;
  ports::AuditRecord& record;
  std::vector<ResolvedKey> keys;
  bool policies_allow = false;  // where a grant decides: what the policies would have said
  bool dry_run = false;         // nothing may be written: a transaction is tried and rolled back
  // With the change; the pipeline then writes none of its own, also when the handler throws.
  bool& record_is_durable;
  const Operation* operation = nullptr;
  Permission permission;
  const ports::WebIdentity* web_identity = nullptr;
  const ports::Attestation* recipient = nullptr;
};

// How a dry run that passed all checks ends: it never succeeds.
Error DryRunSucceeded();

// Not thread-safe: a call belongs to one thread for its whole life.
class Call {
 public:
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const domain::Principal& principal() const { return context_.principal; }
  const std::string& region() const { return context_.services.region; }
  const Services& services() const { return context_.services; }
  Deadline deadline() const { return context_.deadline; }
  WallTime now() const { return context_.services.clock.Now(); }
  const std::string& event_id() const { return context_.record.event_id; }  // of its audit record

  // Runs `change` in one transaction together with this call's audit record; durable when it
  // returns. A handler calls it at most once, as its last fallible step. `change` may run on
  // another thread while this one waits.
  Result<void> Write(const std::function<Result<void>(records::Changes&)>& change);
  // Like Write, for a change that a refusal leaves, too: a wrong code counts. `judge` says why the
  // call is refused, or nothing; what it changed is committed in both cases, together with a record
  // of the refusal, which is then returned. An error undoes everything, as with Write.
  using Judge = std::function<Result<std::optional<Error>>(records::Changes&)>;
  Result<void> WriteJudged(const Judge& judge);
  // Whether a Write of this call was committed: true also when only its delivery to the audit trail
  // failed.
  bool committed() const { return context_.record_is_durable; }
  // Names a further resource of the call in its audit record.
  void AddResource(const std::string& account, const std::string& arn);
  // Whether the policies let the caller do it. Only where a grant decides (kmaas.OperationRules) is
  // a call made when they do not.
  bool policies_allow() const { return context_.policies_allow; }
  // The grant that lets the caller act on its key, or null when policies do. What is done then
  // stays within the grant.
  const domain::Grant* authorising_grant() const {
    return context_.keys.empty() ? nullptr : context_.keys.front().grant.get();
  }
  // Names in the audit record the grant that is retired, and by what right.
  void SetRetiredGrant(std::string id, std::string_view right) {
    context_.record.deciding_statement = "grant: " + std::string(right);
    context_.record.grant_id = std::move(id);
  }
  // responseElements of the audit record, as JSON; state-changing calls only.
  void SetResponseElements(std::string json) {
    context_.record.response_elements_json = std::move(json);
  }

  // What the pipeline would ask of the policies for this call; a function whose operation decides
  // for itself fills in the rest.
  const AccessQuestion& question() const { return context_.permission.question; }
  // A decision, recorded as those of the pipeline are.
  Result<void> Decide(const AccessQuestion& question);
  // Whom the token in the request proved; null unless such a token authenticates the operation.
  const ports::WebIdentity* web_identity() const { return context_.web_identity; }

  // For whom the request wants its secrets encrypted, verified; null: for the caller, in the
  // answer.
  const ports::Attestation* recipient() const { return context_.recipient; }

  // The lock-out safety check of CreateKey and PutKeyPolicy: under `replacement` the caller must
  // still be allowed to put the next policy. kMalformedPolicyDocument with AWS's text otherwise.
  Result<void> CheckNoLockout(const domain::Key& key, const policy::Policy& replacement) const;

  // Opaque continuation of a listing, bound to operation, account and Region. kInvalidMarker for
  // any other text.
  std::string MarkerFor(std::string_view after) const;
  Result<std::string> OpenMarker(std::string_view marker) const;

  // The key that an optional target named, or null.
  const domain::Key* named_key() const {
    return context_.keys.empty() ? nullptr : context_.keys.front().key.get();
  }

 protected:
  explicit Call(CallContext context) : context_(std::move(context)) {}
  CallContext context_;

 private:
  friend class Pipeline;
  void RecordRefusal(const Error& refusal);
};

// The call of an operation that acts on no key, or on one only by choice.
class AccountCall final : public Call {
 private:
  friend class Pipeline;
  using Call::Call;
};

// The call of an operation on one or more keys.
class KeyCall final : public Call {
 public:
  const domain::Key& key() const { return *context_.keys.front().key; }
  const domain::Key& key(std::size_t target) const { return *context_.keys[target].key; }

  // A key's material and the engine whose token has it.
  struct Usable {
    std::shared_ptr<ports::CryptoEngine> engine;
    std::shared_ptr<const domain::KeyMaterial> material;
  };
  // The material that encrypts, signs and authenticates. kKmsInvalidState when there is none yet,
  // or not any more.
  Result<Usable> Current(std::size_t target = 0) const;

  struct Sealed {
    Bytes blob;
    domain::MaterialId material_id;
  };
  // Encrypts under the current material of the target's symmetric key; docs/ciphertext-format.md.
  Result<Sealed> Seal(ByteView plaintext, const domain::EncryptionContext& context,
                      std::size_t target = 0);

  struct Opened {
    SecretBytes plaintext;
    domain::MaterialId material_id;
  };
  // kIncorrectKey when the blob names another key than the target, kInvalidCiphertext for
  // everything else that is wrong with it.
  Result<Opened> Open(ByteView blob, const domain::EncryptionContext& context,
                      std::size_t target = 0);

  // Re-reads the key inside the transaction, checks its state again, hands it to `change`, stores
  // it, and brings the schedule of what is due to it in line.
  Result<void> WriteKey(const std::function<Result<void>(domain::Key&, records::Changes&)>& change);

 private:
  friend class Pipeline;
  using Call::Call;
  // Nothing in it when the key has no such material.
  Result<Usable> Load(const domain::MaterialId& id, std::size_t target) const;
};

}  // namespace kmaas::core
