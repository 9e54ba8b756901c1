// Who may hold calls back, by how many there are of their kind.
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/call_envelope.h"

namespace kmaas::core {

struct Operation;

// What is known of a call when it is decided whether it may go on.
struct CallAtGate {
  const CallEnvelope& envelope;
  std::string_view region;
  std::string_view account = {};  // of the proven caller; empty: nobody is proven
  const Operation* operation = nullptr;
};

// Thread-safe. Refusals are kThrottling. Called on the call's thread: it waits for nothing.
class CallGate {
 public:
  virtual ~CallGate() = default;
  // Before anything is looked at but where the call comes from. Who is refused here leaves no audit
  // record, or a stranger could fill the disk with them.
  virtual Result<void> Enter(const CallEnvelope& envelope) = 0;
  // When it is known who calls for what, before the body is looked at; or that nobody is proven
  // yet, where the proof stands in the body.
  virtual Result<void> Admit(const CallAtGate& call) = 0;
  // How the proof went.
  virtual void Proven(const CallEnvelope& envelope) noexcept = 0;
  virtual void NotProven(const CallEnvelope& envelope) noexcept = 0;
};

}  // namespace kmaas::core
