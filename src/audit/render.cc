#include "audit/render.h"

#include <algorithm>

#include "base/json_text.h"
#include "domain/assumed_role.h"
#include "domain/ids.h"

namespace kmaas::audit {
namespace {

constexpr std::string_view kIdMember = R"(,"eventID":")";
constexpr std::string_view kTimeMember = R"(,"eventTime":")";
constexpr std::string_view kWriteMember = R"(,"readOnly":false)";
constexpr std::size_t kTypicalBytes = 1536;

// `member` is the name with its punctuation: ,"name":
void AppendText(std::string& out, std::string_view member, std::string_view text) {
  out += member;
  AppendJsonString(out, text);
}

void AppendUnlessEmpty(std::string& out, std::string_view member, std::string_view text) {
  if (!text.empty()) AppendText(out, member, text);
}

void AppendTexts(std::string& out, std::string_view member, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out += member;
  for (const std::string& text : texts) {
    if (&text != texts.data()) out.push_back(',');
    AppendJsonString(out, text);
  }
  out.push_back(']');
}

// Control characters can only be blanks between tokens there, and would end the line.
void AppendJson(std::string& out, std::string_view member, std::string_view json) {
  out += member;
  if (json.empty()) json = "null";
  const std::size_t start = out.size();
  out += json;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
}

std::string_view TypeName(domain::PrincipalType type) {
  switch (type) {
    case domain::PrincipalType::kIamUser:
      return "IAMUser";
    case domain::PrincipalType::kRoot:
      return "Root";
    case domain::PrincipalType::kAssumedRole:
      return "AssumedRole";
    case domain::PrincipalType::kService:
      return "AWSService";
  }
  return "Unknown";
}

// As CloudTrail: who issued the session, since when it is, and whether a second factor was shown.
void AppendSession(std::string& out, const domain::Principal& who) {
  if (who.session == nullptr) return;
  const domain::Session& session = *who.session;
  out += R"(,"sessionContext":{)";
  if (!session.role_arn.empty()) {
    AppendText(out, R"("sessionIssuer":{"type":"Role","principalId":)", session.role_id);
    AppendText(out, R"(,"arn":)", session.role_arn);
    AppendText(out, R"(,"accountId":)", who.account);
    AppendText(out, R"(,"userName":)", session.role_name);
    out += "},";
  }
  if (!session.federated_provider.empty()) {
    AppendText(out, R"("webIdFederationData":{"federatedProvider":)", session.federated_provider);
    out += "},";
  }
  AppendUnlessEmpty(out, R"("sourceIdentity":)", session.source_identity);
  if (!session.source_identity.empty()) out.push_back(',');
  AppendText(out, R"("attributes":{"creationDate":)", FormatIso8601(session.issued));
  out += session.mfa_time ? R"(,"mfaAuthenticated":"true"}})" : R"(,"mfaAuthenticated":"false"}})";
}

// As CloudTrail: whose key it is, and that nobody asked.
void AppendOwnService(std::string& out, const domain::Principal& who) {
  AppendText(out, R"(,"userIdentity":{"accountId":)", who.account);
  AppendText(out, R"(,"invokedBy":)", who.arn);
  out.push_back('}');
}

void AppendIdentity(std::string& out, const ports::AuditRecord& record) {
  if (record.service_event && record.principal) return AppendOwnService(out, *record.principal);
  out += R"(,"userIdentity":{"type":)";
  if (!record.principal) {
    out += R"("Unknown")";
    AppendUnlessEmpty(out, R"(,"accessKeyId":)", record.claimed_access_key_id);
  } else {
    const domain::Principal& who = *record.principal;
    AppendJsonString(out, domain::IsWebIdentity(who) ? "WebIdentityUser" : TypeName(who.type));
    if (domain::IsWebIdentity(who)) {
      AppendText(out, R"(,"principalId":)", who.user_id);
      AppendText(out, R"(,"userName":)", who.user_name);
      AppendText(out, R"(,"identityProvider":)", who.session->federated_provider);
    } else if (who.type == domain::PrincipalType::kService) {
      AppendText(out, R"(,"accountId":)", who.account);
      AppendText(out, R"(,"invokedBy":)", who.arn);
    } else {
      AppendText(out, R"(,"principalId":)", who.user_id.empty() ? who.account : who.user_id);
      AppendText(out, R"(,"arn":)", who.arn);
      AppendText(out, R"(,"accountId":)", who.account);
      AppendUnlessEmpty(out, R"(,"accessKeyId":)", who.access_key_id);
      AppendUnlessEmpty(out, R"(,"userName":)", who.user_name);
      AppendSession(out, who);
    }
  }
  out.push_back('}');
}

// What an event without a caller did is no answer to a request.
void AppendExchange(std::string& out, const ports::AuditRecord& record) {
  if (record.service_event) {
    out += R"(,"requestParameters":null,"responseElements":null)";
    AppendJson(out, R"(,"serviceEventDetails":)", record.response_elements_json);
    return;
  }
  AppendJson(out, R"(,"requestParameters":)", record.request_parameters_json);
  AppendJson(out, R"(,"responseElements":)", record.response_elements_json);
}

// The names are CloudTrail's. As the members beside it, it begins with a comma.
void AppendRecipient(std::string& out, const std::optional<ports::AuditedRecipient>& recipient) {
  if (!recipient) return;
  AppendText(out, R"(,"recipient":{"attestationDocumentModuleId":)", recipient->module_id);
  AppendUnlessEmpty(out, R"(,"attestationDocumentEnclaveImageDigest":)", recipient->image_digest);
  out.push_back('}');
}

// The names are CloudTrail's, for one key and for the two of ReEncrypt.
void AppendMaterials(std::string& out, std::string_view noted) {
  const std::size_t blank = noted.find(' ');
  if (blank == std::string_view::npos) return AppendUnlessEmpty(out, R"(,"keyMaterialId":)", noted);
  AppendUnlessEmpty(out, R"(,"sourceKeyMaterialId":)", noted.substr(0, blank));
  AppendUnlessEmpty(out, R"(,"destinationKeyMaterialId":)", noted.substr(blank + 1));
}

void AppendAdditional(std::string& out, const ports::AuditRecord& record) {
  const std::size_t start = out.size();
  AppendUnlessEmpty(out, R"(,"decidingStatement":)", record.deciding_statement);
  AppendUnlessEmpty(out, R"(,"custody":)", record.custody);
  AppendMaterials(out, record.key_material_id);
  AppendUnlessEmpty(out, R"(,"customKeyStoreId":)", record.custom_key_store_id);
  AppendUnlessEmpty(out, R"(,"elevationId":)", record.elevation_id);
  AppendTexts(out, R"(,"approvalIds":[)", record.approval_ids);
  AppendUnlessEmpty(out, R"(,"grantId":)", record.grant_id);
  AppendUnlessEmpty(out, R"(,"traceId":)", record.trace_id);
  AppendRecipient(out, record.recipient);
  if (out.size() == start) return;
  out.replace(start, 1, R"(,"additionalEventData":{)");  // the first member's comma
  out.push_back('}');
}

void AppendResources(std::string& out, const std::vector<ports::AuditResource>& resources) {
  if (resources.empty()) return;
  out += R"(,"resources":[)";
  for (const ports::AuditResource& resource : resources) {
    if (&resource != resources.data()) out.push_back(',');
    AppendText(out, R"({"accountId":)", resource.account);
    if (const std::string_view type = domain::ResourceType(resource.arn); !type.empty())
      AppendText(out, R"(,"type":)", type);
    AppendText(out, R"(,"ARN":)", resource.arn);
    out.push_back('}');
  }
  out.push_back(']');
}

void AppendTls(std::string& out, const ports::AuditRecord& record) {
  if (record.tls_version.empty()) return;
  AppendText(out, R"(,"tlsDetails":{"tlsVersion":)", record.tls_version);
  AppendUnlessEmpty(out, R"(,"cipherSuite":)", record.tls_cipher);
  out.push_back('}');
}

std::string_view Recipient(const ports::AuditRecord& record) {
  if (!record.recipient_account.empty() || !record.principal) return record.recipient_account;
  return record.principal->account;
}

// The text of the member that starts at `member`, up to its closing quote. Both texts that are read
// so were written by us without escapes.
std::string_view TextAt(std::string_view event, std::size_t position, std::size_t member_size) {
  if (position == std::string_view::npos) return {};
  const std::string_view rest = event.substr(position + member_size);
  const std::size_t end = rest.find('"');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

}  // namespace

std::string Render(const ports::AuditRecord& record) {
  std::string out;
  out.reserve(kTypicalBytes);
  out += R"({"eventVersion":"1.11")";
  AppendIdentity(out, record);
  AppendText(out, R"(,"eventTime":)", FormatIso8601(record.time));
  AppendText(out, R"(,"eventSource":)", record.event_source);
  AppendText(out, R"(,"eventName":)", record.event_name);
  AppendText(out, R"(,"awsRegion":)", record.region);
  AppendText(out, R"(,"sourceIPAddress":)", record.source_address);
  AppendText(out, R"(,"userAgent":)", record.user_agent);
  AppendUnlessEmpty(out, R"(,"errorCode":)", record.error_code);
  AppendUnlessEmpty(out, R"(,"errorMessage":)", record.error_message);
  AppendExchange(out, record);
  AppendAdditional(out, record);
  AppendText(out, R"(,"requestID":)", record.request_id);
  AppendText(out, R"(,"eventID":)", record.event_id);
  out += record.read_only ? R"(,"readOnly":true)" : kWriteMember;
  AppendResources(out, record.resources);
  out += record.service_event ? R"(,"eventType":"AwsServiceEvent","managementEvent":true)"
                              : R"(,"eventType":"AwsApiCall","managementEvent":true)";
  AppendUnlessEmpty(out, R"(,"recipientAccountId":)", Recipient(record));
  AppendUnlessEmpty(out, R"(,"sharedEventID":)", record.shared_event_id);
  out += R"(,"eventCategory":"Management")";
  AppendTls(out, record);
  out.push_back('}');
  return out;
}

// The last one: a caller's encryption context may have a member of that name, but it stands before.
// Quotes inside a text are escaped, so no text can hold the member's punctuation.
std::string_view EventId(std::string_view event) {
  return TextAt(event, event.rfind(kIdMember), kIdMember.size());
}

// The first one: nothing that a caller shapes stands before it, except inside texts.
std::string_view EventTime(std::string_view event) {
  return TextAt(event, event.find(kTimeMember), kTimeMember.size());
}

std::string_view EventDay(std::string_view event) {
  constexpr std::size_t kDayCharacters = 10;
  return EventTime(event).substr(0, kDayCharacters);
}

bool IsWrite(std::string_view event) {
  return event.rfind(kWriteMember) != std::string_view::npos &&
         event.rfind(kWriteMember) > event.rfind(kIdMember);
}

}  // namespace kmaas::audit
