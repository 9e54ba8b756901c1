// One event on its way to a destination: rendered, with what a transport's frame needs.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace kmaas::siem {

struct Message {
  std::uint64_t sequence = 0;  // in the audit trail; 0: a heartbeat, which is not in it
  std::string event_id;
  std::string name;  // the operation
  WallTime time{};
  bool failed = false;
  bool denied = false;
  bool is_json = true;
  std::string body;  // one line, at most kBodyBytesMax (render/render.h)
};

}  // namespace kmaas::siem
