#include "siem/service_event.h"

#include <algorithm>
#include <array>

#include "audit/seal.h"
#include "domain/ids.h"
#include "siem/render/json_fields.h"

namespace kmaas::siem {
namespace {

constexpr std::size_t kTextMax = 256;
constexpr std::string_view kSource = "kms.amazonaws.com";
constexpr std::string_view kSelf = "kmaas";

// As an event of the trail that nobody asked for, so that every format takes it alike.
Event MakeServiceEvent(std::string_view name, const std::string& details,
                       const std::string& event_id, WallTime now) {
  std::string json;
  JsonFields out(json, kTextMax);
  out.Id("eventVersion", "1.11");
  out.Object("userIdentity").Id("invokedBy", kSelf).End();
  out.Id("eventTime", FormatIso8601(now))
      .Id("eventSource", kSource)
      .Id("eventName", name)
      .Raw("requestParameters", "null")
      .Raw("responseElements", "null")
      .Raw("serviceEventDetails", details)
      .Id("eventID", event_id)
      .Flag("readOnly", true)
      .Id("eventType", "AwsServiceEvent")
      .Flag("managementEvent", true)
      .Id("eventCategory", "Management")
      .End();
  return ParseEvent(json).value_or(Event());
}

}  // namespace

Event MakeHeartbeat(const Heartbeat& heartbeat, const std::string& event_id, WallTime now) {
  std::string details;
  JsonFields out(details, kTextMax);
  out.Text("destination", heartbeat.destination)
      .Number("lastSequence", heartbeat.last_sequence)
      .Id("lastHash", heartbeat.last_hash)
      .Number("sent", heartbeat.sent)
      .Number("heartbeats", heartbeat.heartbeats)
      .End();
  return MakeServiceEvent("Heartbeat", details, event_id, now);
}

Event MakeSealEvent(const std::string& line, WallTime time) {
  const crypto::Sha256Digest hash = audit::SealLineHash(line);
  std::array<std::uint8_t, 16> bits{};
  std::copy_n(hash.begin(), bits.size(), bits.begin());
  return MakeServiceEvent("AuditSeal", line, domain::KeyId::FromRandom(bits).ToText(), time);
}

Event MakeTestEvent(const std::string& destination, const std::string& event_id, WallTime now) {
  std::string details;
  JsonFields(details, kTextMax).Text("destination", destination).End();
  return MakeServiceEvent("DeliveryTest", details, event_id, now);
}

}  // namespace kmaas::siem
