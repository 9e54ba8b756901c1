// Elastic Common Schema 8.11.0. What it has no field for stands below `kmaas`.
#include <vector>

#include "siem/render/json_fields.h"
#include "siem/render/render.h"

namespace kmaas::siem {
namespace {

constexpr std::string_view kSchemaVersion = "8.11.0";

struct Kind {
  std::string_view category;
  std::string_view type;
};

// Use of a key is an access to it; sessions begin at STS; users and policies are IAM's.
Kind KindOf(const Event& event) {
  const std::string_view change = KindOfChange(event);
  const std::string_view type = change == "create"   ? "creation"
                                : change == "update" ? "change"
                                : change == "delete" ? "deletion"
                                                     : "access";
  if (event.source.starts_with("sts.")) return {"authentication", "start"};
  if (event.source.starts_with("iam.")) return {"iam", type == "access" ? "info" : type};
  return {type == "access" ? "api" : "configuration", type};
}

void AppendEvent(JsonFields& out, const Event& event) {
  const Kind kind = KindOf(event);
  std::vector<std::string_view> types{kind.type};
  std::vector<std::string_view> categories{kind.category};
  if (IsDenied(event)) {
    types.emplace_back("denied");  // which only calls of an API are, not changes of settings
    if (kind.category != "api") categories.emplace_back("api");
  }
  out.Object("event")
      .Id("id", event.id)
      .Id("kind", "event")
      .Ids("category", categories)
      .Ids("type", types)
      .Id("outcome", event.failed() ? "failure" : "success")
      .Text("action", event.name)
      .Text("provider", event.source)
      .Id("module", "kmaas")
      .Id("dataset", "kmaas.audit")
      .Text("reason", event.error_message)
      .Id("hash", event.hash);
  if (event.sequence != 0) out.Number("sequence", event.sequence);
  out.End();
}

void AppendActor(JsonFields& out, const Event& event) {
  out.Object("user")
      .Text("id", event.user_arn.empty() ? event.user_id : event.user_arn)
      .Text("name", event.user_name.empty() ? event.invoked_by : event.user_name)
      .Text("domain", event.account)
      .End();
  if (!event.source_address.empty()) {
    out.Object("source").Text("address", event.source_address);
    if (IsAddress(event.source_address)) out.Text("ip", event.source_address);
    out.End();
  }
  if (!event.user_agent.empty()) out.Object("user_agent").Text("original", event.user_agent).End();
}

void AppendPlace(JsonFields& out, const Event& event, const Producer& producer) {
  if (event.failed())
    out.Object("error").Text("code", event.error_code).Text("message", event.error_message).End();
  out.Object("cloud").Id("provider", "kmaas").Text("region", event.region);
  if (!event.account.empty()) out.Object("account").Text("id", event.account).End();
  out.Object("service").Text("name", event.source).End().End();
  out.Object("observer")
      .Id("vendor", "kmaas")
      .Id("product", "kmaas")
      .Text("version", producer.version)
      .Text("hostname", producer.host)
      .End();
  if (!event.tls_version.empty()) {
    const std::string_view version = event.tls_version;
    out.Object("tls").Id("version_protocol", "tls");
    if (version.starts_with("TLSv")) out.Text("version", version.substr(4));
    out.Text("cipher", event.tls_cipher).End();
  }
}

void AppendRest(JsonFields& out, const Event& event) {
  out.Object("kmaas")
      .Id("prev", event.previous)
      .Text("request_id", event.request_id)
      .Text("event_type", event.type)
      .Flag("read_only", event.read_only)
      .Text("user_type", event.user_type)
      .Text("access_key_id", event.access_key_id)
      .Text("resource", event.resources.empty() ? event.key_id : event.resources.front().arn)
      .Text("request_parameters", event.request_parameters)
      .Text("service_event_details", event.service_details)
      .Text("deciding_statement", event.deciding_statement)
      .Text("custody", event.custody)
      .Text("key_material_id", event.key_material_id)
      .Text("custom_key_store_id", event.custom_key_store_id)
      .Text("shared_event_id", event.shared_event_id)
      .Text("recipient_account", event.recipient_account);
  if (event.mfa) out.Flag("mfa", *event.mfa);
  out.End();
}

}  // namespace

std::string RenderEcs(const Event& event, const Producer& producer, std::size_t text_max) {
  std::string text;
  JsonFields out(text, text_max);
  out.Id("@timestamp", event.time_text);
  out.Object("ecs").Id("version", kSchemaVersion).End();
  out.Text("message", event.source + " " + event.name + (event.failed() ? " failed" : ""));
  AppendEvent(out, event);
  AppendActor(out, event);
  AppendPlace(out, event, producer);
  AppendRest(out, event);
  out.End();
  return text;
}

}  // namespace kmaas::siem
