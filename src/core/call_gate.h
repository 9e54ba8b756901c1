// Who may hold calls back, by how many there are of their kind.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

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
  enum class Entry {
    kFree,
    kByProof  // nobody from there is let in now, but who proves himself
  };

  // What an admitted call holds until it has ended. Move-only.
  class Turn {
   public:
    Turn() = default;  // nothing
    Turn(CallGate& gate, std::uint32_t place) noexcept : gate_(&gate), place_(place) {}
    Turn(Turn&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), place_(other.place_) {}
    Turn& operator=(Turn&& other) noexcept {
      std::swap(gate_, other.gate_);
      std::swap(place_, other.place_);
      return *this;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (gate_ != nullptr) gate_->Left(place_);
    }

   private:
    CallGate* gate_ = nullptr;
    std::uint32_t place_ = 0;
  };

  virtual ~CallGate() = default;
  // Before anything is looked at but where the call comes from. Who is refused here leaves no audit
  // record, or a stranger could fill the disk with them.
  virtual Result<Entry> Enter(const CallEnvelope& envelope) = 0;
  // The answer to who came in by proof and has none: as if he had been refused above, without a
  // record, so that what he sends tells him nothing and leaves nothing.
  virtual Error TurnAway(const CallEnvelope& envelope) = 0;
  // When it is known who calls for what, before the body is looked at; or that nobody is proven
  // yet, where the proof stands in the body.
  virtual Result<Turn> Admit(const CallAtGate& call) = 0;
  // How the proof went. Only of a free entry is it told that it failed.
  virtual void Proven(const CallEnvelope& envelope) noexcept = 0;
  virtual void NotProven(const CallEnvelope& envelope) noexcept = 0;

 private:
  // A turn has ended.
  virtual void Left(std::uint32_t /*place*/) noexcept {}
};

}  // namespace kmaas::core
