// ArcSight Common Event Format, version 0.
#include "siem/render/json_fields.h"
#include "siem/render/render.h"

namespace kmaas::siem {
namespace {

// A control character in a text is a blank to every reader of a log; line breaks have escapes.
char Plain(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return code < 0x20 || code == 0x7f ? ' ' : byte;
}

std::string HeaderText(std::string_view text, std::size_t text_max) {
  std::string out;
  for (const char byte : WithoutWideControls(Cut(text, text_max))) {
    if (byte == '|' || byte == '\\') out.push_back('\\');
    out.push_back(Plain(byte));
  }
  return out;
}

class Extension {
 public:
  Extension(std::string& out, std::size_t text_max) : out_(out), text_max_(text_max) {}
  Extension& Id(std::string_view name, std::string_view text) {
    if (text.empty()) return *this;
    if (!is_first_) out_.push_back(' ');
    is_first_ = false;
    out_ += name;
    out_.push_back('=');
    for (const char byte : WithoutWideControls(std::string(text))) AppendByte(byte);
    return *this;
  }
  Extension& Text(std::string_view name, std::string_view text) {
    return Id(name, Cut(text, text_max_));
  }
  Extension& Labelled(std::string_view name, std::string_view label, std::string_view text) {
    if (text.empty()) return *this;
    return Text(name, text).Id(std::string(name) + "Label", label);
  }

 private:
  void AppendByte(char byte) {
    if (byte == '\n' || byte == '\r') {
      out_ += byte == '\n' ? "\\n" : "\\r";
      return;
    }
    if (byte == '=' || byte == '\\') out_.push_back('\\');
    out_.push_back(Plain(byte));
  }

  std::string& out_;
  std::size_t text_max_;
  bool is_first_ = true;
};

// 0 to 3 are low, 4 to 6 medium, 7 and 8 high.
std::string_view Severity(const Event& event) {
  if (IsDenied(event)) return "6";
  if (event.failed()) return "4";
  return KindOfChange(event) == "delete" ? "5" : event.read_only ? "1" : "3";
}

}  // namespace

std::string RenderCef(const Event& event, const Producer& producer, std::size_t text_max) {
  std::string out = "CEF:0|kmaas|kmaas|" + HeaderText(producer.version, text_max) + "|" +
                    HeaderText(event.name, text_max) + "|" +
                    HeaderText(event.source + " " + event.name, text_max) + "|" +
                    std::string(Severity(event)) + "|";
  const std::string target = event.resources.empty() ? event.key_id : event.resources.front().arn;
  Extension more(out, text_max);
  more.Id("rt", std::to_string(ToEpochMillis(event.time)))
      .Id("externalId", event.id)
      .Text("act", event.name)
      .Id("cat", event.type)
      .Id("outcome", event.failed() ? "failure" : "success")
      .Text("reason", event.error_code)
      .Text("msg", event.failed() ? event.error_message : event.service_details)
      .Text("dvchost", producer.host)
      .Text(event.source_address.find(':') == std::string::npos ? "src" : "c6a2",
            IsAddress(event.source_address) ? event.source_address : "")
      .Text("suser", event.user_arn.empty() ? event.invoked_by : event.user_arn)
      .Text("suid", event.user_id)
      .Text("requestClientApplication", event.user_agent);
  if (event.source_address.find(':') != std::string::npos && IsAddress(event.source_address))
    more.Id("c6a2Label", "Source IPv6 Address");
  more.Labelled("cs1", "resource", target)
      .Labelled("cs2", "account", event.account)
      .Labelled("cs3", "requestId", event.request_id)
      .Labelled("cs4", "decidingStatement", event.deciding_statement)
      .Labelled("cs5", "region", event.region)
      .Labelled("flexString1", "sharedEventId", event.shared_event_id)
      .Labelled("flexString2", "recipientAccount", event.recipient_account);
  if (!event.hash.empty()) more.Id("cs6", event.hash).Id("cs6Label", "hash");
  if (event.sequence != 0) more.Id("cn1", std::to_string(event.sequence)).Id("cn1Label", "seq");
  return out;
}

}  // namespace kmaas::siem
