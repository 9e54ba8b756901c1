// Open Cybersecurity Schema Framework 1.3.0: API Activity (6003), and Authentication (3002) for
// sessions that STS begins.
#include <array>

#include "siem/render/json_fields.h"
#include "siem/render/render.h"

namespace kmaas::siem {
namespace {

constexpr std::string_view kSchemaVersion = "1.3.0";
constexpr int kApiActivity = 6003;
constexpr int kAuthentication = 3002;
constexpr int kOther = 99;
constexpr std::size_t kResourcesMax = 4;

constexpr std::array<std::string_view, 3> kLogOns{"AssumeRole", "AssumeRoleWithWebIdentity",
                                                  "GetSessionToken"};

bool IsLogOn(const Event& event) {
  for (const std::string_view name : kLogOns)
    if (event.name == name) return true;
  return false;
}

int ActivityOf(const Event& event) {
  const std::string_view kind = KindOfChange(event);
  if (kind == "create") return 1;
  if (kind == "read") return 2;
  if (kind == "update") return 3;
  return kind == "delete" ? 4 : kOther;
}

std::string_view ActivityName(int activity, const Event& event) {
  constexpr std::array<std::string_view, 5> kNames{"Unknown", "Create", "Read", "Update", "Delete"};
  if (activity == kOther) return event.name;
  return kNames[static_cast<std::size_t>(activity)];
}

void AppendClass(JsonFields& out, const Event& event) {
  const bool is_log_on = IsLogOn(event);
  const int classified = is_log_on ? kAuthentication : kApiActivity;
  const int activity = is_log_on ? 1 : ActivityOf(event);
  out.Number("activity_id", activity)
      .Text("activity_name", is_log_on ? "Logon" : ActivityName(activity, event))
      .Number("category_uid", is_log_on ? 3 : 6)
      .Id("category_name", is_log_on ? "Identity & Access Management" : "Application Activity")
      .Number("class_uid", classified)
      .Id("class_name", is_log_on ? "Authentication" : "API Activity")
      .Number("type_uid", classified * 100 + activity)
      .Number("time", ToEpochMillis(event.time));
}

// 1 informational, 2 low, 3 medium.
void AppendOutcome(JsonFields& out, const Event& event) {
  out.Number("severity_id", IsDenied(event)  ? 3
                            : event.failed() ? 2
                                             : 1)
      .Id("severity", IsDenied(event)  ? "Medium"
                      : event.failed() ? "Low"
                                       : "Informational")
      .Number("status_id", event.failed() ? 2 : 1)
      .Id("status", event.failed() ? "Failure" : "Success")
      .Text("status_code", event.error_code)
      .Text("status_detail", event.error_message);
}

void AppendMetadata(JsonFields& out, const Event& event, const Producer& producer) {
  out.Object("metadata")
      .Id("version", kSchemaVersion)
      .Id("uid", event.id)
      .Text("event_code", event.name)
      .Id("log_name", "kmaas audit trail")
      .Text("log_provider", producer.host)
      .Id("original_time", event.time_text)
      .Text("correlation_uid", event.request_id);
  if (event.sequence != 0) out.Number("sequence", event.sequence);
  out.Object("product").Id("name", "kmaas").Id("vendor_name", "kmaas");
  out.Text("version", producer.version).End().End();
}

void AppendUser(JsonFields& out, const Event& event) {
  out.Object("user")
      .Text("uid", event.user_arn.empty() ? "unknown" : event.user_arn)
      .Text("uid_alt", event.user_id)
      .Text("name", event.user_name)
      .Text("type", event.user_type)
      .Text("credential_uid", event.access_key_id)
      .Number("type_id", event.user_type == "Root" ? 2
                         : event.user_arn.empty()  ? 0
                                                   : kOther);
  if (!event.account.empty()) out.Object("account").Text("uid", event.account).End();
  out.End();
}

void AppendActor(JsonFields& out, const Event& event) {
  out.Object("actor");
  AppendUser(out, event);
  out.Text("invoked_by", event.invoked_by);
  if (!event.session_issuer.empty() || event.mfa) {
    out.Object("session").Text("issuer", event.session_issuer);
    if (event.mfa) out.Flag("is_mfa", *event.mfa);
    out.End();
  }
  out.End();
}

void AppendApi(JsonFields& out, const Event& event) {
  out.Object("api").Text("operation", event.name);
  out.Object("service").Text("name", event.source).End();
  out.Object("request").Text("uid", event.request_id.empty() ? event.id : event.request_id).End();
  if (event.failed()) {
    out.Object("response")
        .Text("error", event.error_code)
        .Text("error_message", event.error_message)
        .End();
  }
  out.End();
}

// One attribute at least: what the service does itself comes from its own name.
void AppendEndpoint(JsonFields& out, const Event& event) {
  out.Object("src_endpoint");
  if (IsAddress(event.source_address))
    out.Text("ip", event.source_address);
  else
    out.Text("svc_name", event.source);
  out.End();
  if (!event.user_agent.empty())
    out.Object("http_request").Text("user_agent", event.user_agent).End();
}

void AppendResources(JsonFields& out, const Event& event) {
  if (event.resources.empty()) return;
  out.List("resources");
  for (std::size_t i = 0; i < event.resources.size() && i < kResourcesMax; ++i) {
    const EventResource& resource = event.resources[i];
    out.Item().Text("uid", resource.arn).Text("type", resource.type).End();
  }
  out.End();
}

// What the schema has no place for.
void AppendRest(JsonFields& out, const Event& event) {
  out.Object("unmapped")
      .Id("prev", event.previous)
      .Id("hash", event.hash)
      .Text("eventType", event.type)
      .Text("region", event.region)
      .Flag("readOnly", event.read_only)
      .Text("requestParameters", event.request_parameters)
      .Text("serviceEventDetails", event.service_details)
      .Text("decidingStatement", event.deciding_statement)
      .Text("custody", event.custody)
      .Text("keyMaterialId", event.key_material_id)
      .Text("customKeyStoreId", event.custom_key_store_id)
      .Text("sharedEventID", event.shared_event_id)
      .Text("recipientAccountId", event.recipient_account)
      .Text("tlsVersion", event.tls_version)
      .End();
}

}  // namespace

std::string RenderOcsf(const Event& event, const Producer& producer, std::size_t text_max) {
  std::string text;
  JsonFields out(text, text_max);
  AppendClass(out, event);
  AppendOutcome(out, event);
  AppendMetadata(out, event, producer);
  AppendActor(out, event);
  AppendEndpoint(out, event);
  if (IsLogOn(event)) {
    AppendUser(out, event);
    out.Object("service").Text("name", event.source).End();
  } else {
    AppendApi(out, event);
    AppendResources(out, event);
  }
  AppendRest(out, event);
  out.End();
  return text;
}

}  // namespace kmaas::siem
