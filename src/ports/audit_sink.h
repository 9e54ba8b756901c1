// The audit trail as the core sees it: one closed record per call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/principal.h"

namespace kmaas::ports {

struct AuditResource {
  std::string account;
  std::string arn;
};

// For whom an answer is encrypted: what an attestation document proved.
struct AuditedRecipient {
  std::string module_id;
  std::string image_digest;  // SHA-384 of an enclave's image, hexadecimal; empty: not an enclave
};

// CloudTrail's fields (aws-kms-behaviour, "CloudTrail record"), before rendering. Never plaintext,
// ciphertext, message, signature, credential or policy text.
struct AuditRecord {
  std::string event_id;    // UUID, stable from here to the SIEM
  std::string request_id;  // what the caller sees as x-amzn-RequestId
  WallTime time{};
  std::string event_source;  // "kms.amazonaws.com"
  std::string event_name;    // operation, or "Unknown" when the call did not get so far
  std::string region;
  std::optional<domain::Principal> principal;  // absent: not authenticated
  std::string claimed_access_key_id;           // what an unauthenticated caller claimed
  std::string source_address;
  std::string user_agent;
  std::string tls_version;
  std::string tls_cipher;
  std::string error_code;  // AWS's name; empty: success
  std::string error_message;
  std::string request_parameters_json;    // redacted; "null" when there are none
  std::string response_elements_json;     // "null" for reads and cryptography
  std::string deciding_statement;         // why it was allowed or refused
  std::string custody;                    // of the key that was used
  std::string key_material_id;            // that a cryptographic operation used
  std::string custom_key_store_id;        // where the key lives, when it is in one
  std::string elevation_id;               // under which the caller had its rights
  std::vector<std::string> approval_ids;  // of those who consented to this very call
  // CloudTrail tells both accounts of a call across accounts, each in a record of its own; both
  // have this id. Empty: nobody else is told.
  std::string shared_event_id;
  std::string recipient_account;  // who is told; empty: the caller's account
  std::string trace_id;           // that the caller named (base/trace_context.h)
  std::string grant_id;           // of the grant that was retired, which a token may name
  bool read_only = true;
  bool service_event = false;  // nobody called: the service did it itself (AwsServiceEvent)
  std::vector<AuditResource> resources;
  std::optional<AuditedRecipient> recipient;
};

// Thread-safe. Append returns when the record has left the process (and is durable in a write's
// transaction, see Outbox): success is a promise, a failure means that the caller must not get its
// answer.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  virtual Result<void> Append(const AuditRecord& record) = 0;

  // The record as it will stand in the trail, without its place in the chain: what a write
  // transaction stores in the outbox, so that change and record are durable together.
  virtual std::string Render(const AuditRecord& record) const = 0;
  // Appends a rendered record. Records that a crash left in the outbox are appended at start in the
  // same way; one that is in the trail already (by event id, among the newest) is skipped.
  virtual Result<void> AppendRendered(const std::string& event_id, const std::string& rendered) = 0;
};

}  // namespace kmaas::ports
