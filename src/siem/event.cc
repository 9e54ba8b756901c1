#include "siem/event.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "audit/uses_of_keys.h"
#include "base/iso8601.h"

namespace kmaas::siem {
namespace {

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;

constexpr std::array<std::string_view, 16> kDenials{"AccessDenied",
                                                    "AccessDeniedException",
                                                    "UnrecognizedClientException",
                                                    "InvalidSignatureException",
                                                    "IncompleteSignature",
                                                    "IncompleteSignatureException",
                                                    "MissingAuthenticationToken",
                                                    "MissingAuthenticationTokenException",
                                                    "ExpiredToken",
                                                    "ExpiredTokenException",
                                                    "InvalidClientTokenId",
                                                    "SignatureDoesNotMatch",
                                                    "InvalidIdentityToken",
                                                    "InvalidIdentityTokenException",
                                                    "ExpiredIdentityTokenException",
                                                    "IDPRejectedClaim"};

// Empty unless there is a text of that name.
std::string TextOf(const Object& object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::optional<Object> ObjectOf(const Object& object, std::string_view name) {
  Object found;
  if (object[name].get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

void ReadSession(const Object& identity, Event& event) {
  const auto context = ObjectOf(identity, "sessionContext");
  if (!context) return;
  if (const auto issuer = ObjectOf(*context, "sessionIssuer"))
    event.session_issuer = TextOf(*issuer, "arn");
  if (const auto attributes = ObjectOf(*context, "attributes")) {
    const std::string mfa = TextOf(*attributes, "mfaAuthenticated");
    if (!mfa.empty()) event.mfa = mfa == "true";
  }
}

void ReadIdentity(const Object& record, Event& event) {
  const auto identity = ObjectOf(record, "userIdentity");
  if (!identity) return;
  event.user_type = TextOf(*identity, "type");
  event.user_id = TextOf(*identity, "principalId");
  event.user_arn = TextOf(*identity, "arn");
  event.account = TextOf(*identity, "accountId");
  event.user_name = TextOf(*identity, "userName");
  event.access_key_id = TextOf(*identity, "accessKeyId");
  event.invoked_by = TextOf(*identity, "invokedBy");
  ReadSession(*identity, event);
}

void ReadResources(const Object& record, Event& event) {
  simdjson::dom::array list;
  if (record["resources"].get(list) != simdjson::SUCCESS) return;
  for (const Element& element : list) {
    Object resource;
    if (element.get(resource) != simdjson::SUCCESS) continue;
    event.resources.push_back(
        {TextOf(resource, "accountId"), TextOf(resource, "type"), TextOf(resource, "ARN")});
  }
}

void ReadDetails(const Object& record, Event& event) {
  Element parameters;
  event.request_parameters = "null";
  if (record["requestParameters"].get(parameters) == simdjson::SUCCESS)
    event.request_parameters = simdjson::minify(parameters);
  if (const auto done = ObjectOf(record, "serviceEventDetails"))
    event.service_details = simdjson::minify(*done);
  if (const auto named = ObjectOf(record, "requestParameters"))
    event.key_id = TextOf(*named, "keyId");
  if (const auto more = ObjectOf(record, "additionalEventData")) {
    event.deciding_statement = TextOf(*more, "decidingStatement");
    event.custody = TextOf(*more, "custody");
    event.key_material_id = TextOf(*more, "keyMaterialId");
    if (event.key_material_id.empty())
      event.key_material_id = TextOf(*more, "destinationKeyMaterialId");
    event.custom_key_store_id = TextOf(*more, "customKeyStoreId");
  }
  if (const auto tls = ObjectOf(record, "tlsDetails")) {
    event.tls_version = TextOf(*tls, "tlsVersion");
    event.tls_cipher = TextOf(*tls, "cipherSuite");
  }
}

void ReadMembers(const Object& record, Event& event) {
  event.id = TextOf(record, "eventID");
  event.request_id = TextOf(record, "requestID");
  event.name = TextOf(record, "eventName");
  event.source = TextOf(record, "eventSource");
  event.type = TextOf(record, "eventType");
  event.region = TextOf(record, "awsRegion");
  event.time_text = TextOf(record, "eventTime");
  event.source_address = TextOf(record, "sourceIPAddress");
  event.user_agent = TextOf(record, "userAgent");
  event.error_code = TextOf(record, "errorCode");
  event.error_message = TextOf(record, "errorMessage");
  event.shared_event_id = TextOf(record, "sharedEventID");
  bool read_only = true;
  if (record["readOnly"].get(read_only) == simdjson::SUCCESS) event.read_only = read_only;
}

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<Event> ParseEvent(std::string_view json) {
  simdjson::dom::parser parser;
  Object record;
  if (parser.parse(json.data(), json.size()).get(record) != simdjson::SUCCESS) return std::nullopt;
  Event event;
  event.json = std::string(json);
  ReadMembers(record, event);
  ReadIdentity(record, event);
  event.recipient_account = TextOf(record, "recipientAccountId");
  if (event.recipient_account == event.account) event.recipient_account.clear();
  ReadResources(record, event);
  ReadDetails(record, event);
  const std::optional<WallTime> time = ParseIso8601(event.time_text);
  if (event.id.empty() || !time) return std::nullopt;
  event.time = *time;
  return event;
}

bool IsDenied(const Event& event) { return Contains(kDenials, event.error_code); }

bool Passes(EventFilter filter, const Event& event) {
  switch (filter) {
    case EventFilter::kAll:
      return true;
    case EventFilter::kManagement:
      return !audit::IsUseOfKey(event.name);
    case EventFilter::kChanges:
      return !event.read_only || event.is_service_event();
    case EventFilter::kFailed:
      return event.failed();
    case EventFilter::kDenied:
      return IsDenied(event);
  }
  return true;
}

bool IsAddress(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos;
}

}  // namespace kmaas::siem
