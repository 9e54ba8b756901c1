// Audit records whose texts a caller chose: the lines of the input are the texts. However they try,
// the event is one line of valid JSON, and id, day and effect are read back as they were.
#include <simdjson.h>

#include <cstdlib>

#include "audit/chain.h"
#include "audit/render.h"
#include "base/json_text.h"

namespace {

constexpr char kEventId[] = "0b0f6c2e-3d53-4d2c-9a4e-5b7a1c0d9e8f";

std::string TakeLine(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string line(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

kmaas::ports::AuditRecord RecordOf(std::string_view input) {
  kmaas::ports::AuditRecord record;
  record.read_only = input.size() % 2 == 0;
  record.event_id = kEventId;
  record.request_id = kEventId;
  record.time = kmaas::WallTime(std::chrono::milliseconds(1'795'521'600'000));
  record.event_source = "kms.amazonaws.com";
  record.event_name = TakeLine(input);
  record.user_agent = TakeLine(input);
  record.error_code = TakeLine(input);
  record.error_message = TakeLine(input);
  record.claimed_access_key_id = TakeLine(input);
  record.request_parameters_json = R"({"encryptionContext":{"a":"b",)";
  kmaas::AppendJsonString(record.request_parameters_json, TakeLine(input));
  record.request_parameters_json += ":";
  kmaas::AppendJsonString(record.request_parameters_json, TakeLine(input));
  record.request_parameters_json += "}}";
  record.resources.push_back({"111122223333", TakeLine(input)});
  record.custody = TakeLine(input);
  record.tls_version = TakeLine(input);
  record.tls_cipher = input;
  return record;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = RecordOf({reinterpret_cast<const char*>(data), size});
  const std::string event = kmaas::audit::Render(record);
  if (kmaas::audit::EventId(event) != kEventId) std::abort();
  if (kmaas::audit::EventDay(event) != "2026-11-24") std::abort();
  if (kmaas::audit::IsWrite(event) == record.read_only) std::abort();
  std::string line;
  kmaas::audit::ChainHead head = kmaas::audit::Genesis();
  kmaas::audit::AppendRecord(line, head, event);
  if (line.find('\n') != line.size() - 1) std::abort();
  line.pop_back();
  const auto parsed = kmaas::audit::ParseLine(line);
  if (!parsed || parsed->event != event || parsed->hash != head.hash) std::abort();
  static simdjson::dom::parser parser;
  if (parser.parse(line).error()) std::abort();
  return 0;
}
