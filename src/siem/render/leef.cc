// IBM QRadar Log Event Extended Format 2.0, attributes between tabs (0x09).
#include "siem/render/json_fields.h"
#include "siem/render/render.h"

namespace kmaas::siem {
namespace {

// The delimiter cannot be escaped, so a tab in a text becomes a blank, as all control characters;
// so does a bar in the header.
std::string Plain(std::string_view text, bool is_header) {
  std::string out = WithoutWideControls(std::string(text));
  for (char& byte : out) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code == 0x7f || (is_header && byte == '|')) byte = ' ';
  }
  return out;
}

class Attributes {
 public:
  Attributes(std::string& out, std::size_t text_max) : out_(out), text_max_(text_max) {}
  Attributes& Id(std::string_view name, std::string_view text) {
    if (text.empty()) return *this;
    if (!is_first_) out_.push_back('\t');
    is_first_ = false;
    out_ += name;
    out_.push_back('=');
    out_ += Plain(text, false);
    return *this;
  }
  Attributes& Text(std::string_view name, std::string_view text) {
    return Id(name, Cut(text, text_max_));
  }

 private:
  std::string& out_;
  std::size_t text_max_;
  bool is_first_ = true;
};

std::string_view Severity(const Event& event) {  // 1 to 10
  if (IsDenied(event)) return "7";
  return event.failed() ? "5" : event.read_only ? "1" : "3";
}

}  // namespace

std::string RenderLeef(const Event& event, const Producer& producer, std::size_t text_max) {
  std::string out = "LEEF:2.0|kmaas|kmaas|" + Plain(Cut(producer.version, text_max), true) + "|" +
                    Plain(Cut(event.name, text_max), true) + "|x09|";
  Attributes more(out, text_max);
  more.Id("devTime", event.time_text)
      .Id("devTimeFormat", "yyyy-MM-dd'T'HH:mm:ssX")
      .Id("cat", event.type)
      .Id("sev", Severity(event))
      .Id("eventId", event.id)
      .Text("requestId", event.request_id)
      .Id("outcome", event.failed() ? "failure" : "success")
      .Text("errorCode", event.error_code)
      .Text("errorMessage", event.error_message)
      .Text("details", event.service_details)
      .Text("src", event.source_address)
      .Text("usrName", event.user_arn.empty() ? event.invoked_by : event.user_arn)
      .Text("accountName", event.account)
      .Text("role", event.session_issuer)
      .Text("userAgent", event.user_agent)
      .Text("resource", event.resources.empty() ? event.key_id : event.resources.front().arn)
      .Text("decidingStatement", event.deciding_statement)
      .Text("custody", event.custody)
      .Text("sharedEventId", event.shared_event_id)
      .Text("recipientAccount", event.recipient_account)
      .Text("region", event.region)
      .Text("eventSource", event.source)
      .Text("devName", producer.host);
  if (event.sequence != 0) more.Id("seq", std::to_string(event.sequence));
  more.Id("hash", event.hash);
  return out;
}

}  // namespace kmaas::siem
