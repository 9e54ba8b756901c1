#include "cli/audited_call.h"

#include <simdjson.h>

#include "policy/scalar.h"

namespace kmaas::cli {
namespace {

using simdjson::dom::element;

std::string TextOf(element value, std::string_view pointer) {
  std::string_view text;
  return value.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string(text)
                                                                  : std::string();
}

void ReadContext(element event, AuditedCall& call) {
  simdjson::dom::object context;
  if (event.at_pointer("/requestParameters/encryptionContext").get(context) != simdjson::SUCCESS)
    return;
  for (const auto member : context) {
    std::string_view value;
    if (member.value.get(value) == simdjson::SUCCESS)
      call.encryption_context.emplace(member.key, value);
  }
}

void ReadSession(element event, AuditedCall& call) {
  element session;
  if (event.at_pointer("/userIdentity/sessionContext").get(session) != simdjson::SUCCESS) return;
  if (const auto issued = policy::ParseInstant(TextOf(session, "/attributes/creationDate")))
    call.session_issued = FromEpochMillis(issued->whole * 1000);
  call.second_factor = TextOf(session, "/attributes/mfaAuthenticated") == "true";
  call.source_identity = TextOf(session, "/sourceIdentity");
  call.federated_provider = TextOf(session, "/webIdFederationData/federatedProvider");
}

void ReadResources(element event, AuditedCall& call) {
  simdjson::dom::array resources;
  if (event.at_pointer("/resources").get(resources) != simdjson::SUCCESS) return;
  for (const element resource : resources) call.resources.push_back(TextOf(resource, "/ARN"));
}

}  // namespace

Result<AuditedCall> ReadAuditedCall(std::string_view line) {
  simdjson::dom::parser parser;
  element root;
  element event;
  if (parser.parse(line.data(), line.size()).get(root) != simdjson::SUCCESS ||
      root.at_pointer("/event").get(event) != simdjson::SUCCESS)
    return Error{ErrorCode::kValidation, "a line of the audit trail is no record"};
  AuditedCall call;
  call.time = TextOf(event, "/eventTime");
  call.principal = TextOf(event, "/userIdentity/arn");
  call.operation = TextOf(event, "/eventName");
  call.source_address = TextOf(event, "/sourceIPAddress");
  call.error_code = TextOf(event, "/errorCode");
  call.error_message = TextOf(event, "/errorMessage");
  call.deciding_statement = TextOf(event, "/additionalEventData/decidingStatement");
  ReadSession(event, call);
  ReadContext(event, call);
  ReadResources(event, call);
  return call;
}

}  // namespace kmaas::cli
