// Events that the service sends to a destination by itself; they are no records of the audit trail.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "siem/event.h"

namespace kmaas::siem {

// What a heartbeat tells, so that silence, gaps and a trail that lost its end show at the receiver.
struct Heartbeat {
  std::string destination;
  std::uint64_t last_sequence = 0;  // of the audit trail, confirmed by this destination
  std::string last_hash;            // hexadecimal
  std::uint64_t sent = 0;           // messages since the start
  std::uint64_t heartbeats = 0;     // of them
};

// eventName "Heartbeat".
Event MakeHeartbeat(const Heartbeat& heartbeat, const std::string& event_id, WallTime now);
// eventName "AuditSeal"; its details are the line byte for byte, its id is made of it: whoever gets
// it twice sees that it is the same. `line` is one that audit::ParseSealLine reads, `time` its
// time.
Event MakeSealEvent(const std::string& line, WallTime time);
// eventName "DeliveryTest".
Event MakeTestEvent(const std::string& destination, const std::string& event_id, WallTime now);

}  // namespace kmaas::siem
