#include "core/observed_call.h"

#include <optional>
#include <string>
#include <utility>

#include "base/log_scope.h"
#include "core/errors.h"
#include "core/operation.h"

namespace kmaas::core {
namespace {

// Passes everything on, remembers which operation it was and who called, because the pipeline and
// its ingress ask only once, and stops at the gate.
class Watched final : public Ingress {
 public:
  Watched(Ingress& inner, CallGate* gate, const std::string& region)
      : inner_(inner), gate_(gate), region_(region) {}

  // Past the gate. Who is refused here leaves no record.
  Result<void> Enter(const Registry& registry) noexcept {
    if (gate_ == nullptr) return {};
    try {
      KM_TRY(const CallGate::Entry entry, gate_->Enter(envelope()));
      return entry == CallGate::Entry::kFree ? Result<void>() : EnterByProof(registry);
    } catch (...) {
      return Error{ErrorCode::kKmsInternal, ""};
    }
  }

  const CallEnvelope& envelope() const override { return inner_.envelope(); }
  const Operation* FindOperation(const Registry& registry) override {
    if (!std::exchange(looked_up_, true)) operation_ = inner_.FindOperation(registry);
    return operation_;
  }
  Result<domain::Principal> Authenticate() override {
    if (proven_) return *std::exchange(proven_, std::nullopt);
    Result<domain::Principal> caller = inner_.Authenticate();
    if (gate_ == nullptr) return caller;
    if (caller) {
      account_ = caller->account;
      gate_->Proven(envelope());
    } else if (IsRefusalOfProof(RowOf(caller.error().code))) {
      gate_->NotProven(envelope());
    }
    return caller;
  }
  // The caller is known and recorded by now, his request not yet looked at.
  Result<void> Decode(const Operation& operation, google::protobuf::Message& request) override {
    if (gate_ != nullptr) {
      KM_TRY(turn_, gate_->Admit({envelope(), region_, account_, &operation}));
    }
    return inner_.Decode(operation, request);
  }
  const Operation* operation() const { return operation_; }

 private:
  // A proof that stands in the body would come too late.
  Result<void> EnterByProof(const Registry& registry) {
    const log::CallScope scope(envelope().request_id, envelope().trace_id);
    const Operation* operation = FindOperation(registry);
    if (operation != nullptr && operation->web_identity_token != nullptr)
      return gate_->TurnAway(envelope());
    Result<domain::Principal> caller = inner_.Authenticate();
    if (!caller) {
      const bool refused = IsRefusalOfProof(RowOf(caller.error().code));
      return refused ? gate_->TurnAway(envelope()) : std::move(caller).error();
    }
    account_ = caller->account;
    gate_->Proven(envelope());
    proven_ = *std::move(caller);
    return {};
  }

  Ingress& inner_;
  CallGate* const gate_;
  const std::string& region_;
  std::string account_;
  bool looked_up_ = false;
  const Operation* operation_ = nullptr;
  std::optional<domain::Principal> proven_;  // at the gate, before the pipeline asks
  CallGate::Turn turn_;                      // until the call has ended
};

}  // namespace

Result<WipedMessage> ServeObserved(Pipeline& pipeline, Ingress& ingress, FrontEnd front_end,
                                   const CallWatch& watch) noexcept {
  const Clock& clock = pipeline.services().clock;
  const SteadyTime began = clock.SteadyNow();
  Watched watched(ingress, watch.gate, pipeline.services().region);
  if (Result<void> entered = watched.Enter(pipeline.registry()); !entered) {
    if (watch.observer != nullptr) watch.observer->TurnedAway(front_end);
    if (entered.error().message.empty())
      entered.error().message = RowOf(entered.error().code).default_message;
    return std::move(entered).error();
  }
  if (watch.observer != nullptr) watch.observer->Began(front_end);
  Result<WipedMessage> reply = pipeline.Serve(watched);
  if (watch.observer != nullptr) {
    EndedCall ended{front_end, watched.operation(), std::nullopt, clock.SteadyNow() - began};
    if (!reply) ended.error = reply.error().code;
    watch.observer->Ended(ended);
  }
  return reply;
}

}  // namespace kmaas::core
