// An audit event as renderers see it: what stands in a line of the trail, read back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "siem/destination.h"

namespace kmaas::siem {

struct EventResource {
  std::string account;
  std::string type;  // "AWS::KMS::Key"; may be empty
  std::string arn;
};

// CloudTrail's members; empty where the record has none. Texts are valid UTF-8.
struct Event {
  std::uint64_t sequence = 0;  // 0: not in the trail (a heartbeat, a test)
  std::string previous;        // hexadecimal, of the chain
  std::string hash;
  std::string json;  // the record, byte for byte as it was hashed
  std::string id;
  std::string request_id;
  std::string name;
  std::string source;  // kms.amazonaws.com
  std::string type;    // AwsApiCall, AwsServiceEvent
  std::string region;
  std::string account;
  WallTime time{};
  std::string time_text;  // 2026-11-24T12:00:00Z
  std::string source_address;
  std::string user_agent;
  std::string error_code;
  std::string error_message;
  bool read_only = true;
  std::string user_type;
  std::string user_id;
  std::string user_arn;
  std::string user_name;
  std::string access_key_id;
  std::string invoked_by;
  std::string session_issuer;  // ARN of the role of a session
  std::optional<bool> mfa;
  std::string request_parameters;  // JSON; "null" when there are none
  std::string service_details;     // JSON of what the service did itself; may be empty
  std::string key_id;              // as the caller named it
  std::string deciding_statement;
  std::string custody;
  std::string key_material_id;  // of ReEncrypt: the destination's
  std::string custom_key_store_id;
  std::string shared_event_id;    // with the record that another account has of the call
  std::string recipient_account;  // when it is not the caller's
  std::string tls_version;
  std::string tls_cipher;
  std::vector<EventResource> resources;

  bool failed() const { return !error_code.empty(); }
  bool is_service_event() const { return type == "AwsServiceEvent"; }
};

// The event of one line of a trail (audit/chain.h). Nothing when it is no JSON object with an
// eventID and an eventTime, which the trail never writes.
std::optional<Event> ParseEvent(std::string_view json);

bool IsDenied(const Event& event);  // for credentials or rights
bool Passes(EventFilter filter, const Event& event);

// By its characters: what the service does itself comes from its own name, which receivers do not
// take for an address.
bool IsAddress(std::string_view text);

}  // namespace kmaas::siem
