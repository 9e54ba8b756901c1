// Who is told how each call went, and the one way to the pipeline that tells him.
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "core/call_gate.h"
#include "core/pipeline.h"

namespace kmaas::core {

// By which a call came.
enum class FrontEnd { kAwsJson, kAwsQuery, kGrpc, kScheduler };
inline constexpr std::size_t kFrontEnds = 4;

struct EndedCall {
  FrontEnd front_end;
  const Operation* operation = nullptr;  // null: there is none of the name
  std::optional<ErrorCode> error;        // absent: it succeeded
  std::chrono::nanoseconds took{0};      // from the front end's request to its reply
};

// Thread-safe. Called twice for each call on its own thread: it waits for nothing and allocates
// nothing.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void Began(FrontEnd front_end) noexcept = 0;
  virtual void Ended(const EndedCall& call) noexcept = 0;
  // A request that its front end refused before it was a call; neither of the above follows.
  virtual void TurnedAway(FrontEnd front_end) noexcept = 0;
};

// Who watches over the calls of a front end; each may be null. Borrowed.
struct CallWatch {
  // NOLINTNEXTLINE(google-explicit-constructor): most only count
  CallWatch(CallObserver* counting = nullptr, CallGate* holding = nullptr)
      : observer(counting), gate(holding) {}
  CallObserver* observer;
  CallGate* gate;
};

// Pipeline::Serve, watched; without anybody who watches the same and nothing more. Whoever is held
// back before it is known who he is is turned away and leaves no record.
Result<WipedMessage> ServeObserved(Pipeline& pipeline, Ingress& ingress, FrontEnd front_end,
                                   const CallWatch& watch) noexcept;

}  // namespace kmaas::core
