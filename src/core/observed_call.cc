#include "core/observed_call.h"

#include <string>

#include "core/errors.h"

namespace kmaas::core {
namespace {

// Passes everything on, remembers which operation it was, because the pipeline may ask only once,
// and stops at the gate.
class Watched final : public Ingress {
 public:
  Watched(Ingress& inner, CallGate* gate, const std::string& region)
      : inner_(inner), gate_(gate), region_(region) {}

  const CallEnvelope& envelope() const override { return inner_.envelope(); }
  const Operation* FindOperation(const Registry& registry) override {
    operation_ = inner_.FindOperation(registry);
    return operation_;
  }
  Result<domain::Principal> Authenticate() override {
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
    if (gate_ != nullptr) KM_CHECK(gate_->Admit({envelope(), region_, account_, &operation}));
    return inner_.Decode(operation, request);
  }
  const Operation* operation() const { return operation_; }

 private:
  Ingress& inner_;
  CallGate* const gate_;
  const std::string& region_;
  std::string account_;
  const Operation* operation_ = nullptr;
};

Result<void> EnterCaught(CallGate& gate, const CallEnvelope& envelope) noexcept {
  try {
    return gate.Enter(envelope);
  } catch (...) {
    return Error{ErrorCode::kKmsInternal, ""};
  }
}

}  // namespace

Result<WipedMessage> ServeObserved(Pipeline& pipeline, Ingress& ingress, FrontEnd front_end,
                                   const CallWatch& watch) noexcept {
  if (watch.gate != nullptr) {
    Result<void> entered = EnterCaught(*watch.gate, ingress.envelope());
    if (!entered) {
      if (watch.observer != nullptr) watch.observer->TurnedAway(front_end);
      if (entered.error().message.empty())
        entered.error().message = RowOf(entered.error().code).default_message;
      return std::move(entered).error();
    }
  }
  const Clock& clock = pipeline.services().clock;
  const SteadyTime began = clock.SteadyNow();
  if (watch.observer != nullptr) watch.observer->Began(front_end);
  Watched watched(ingress, watch.gate, pipeline.services().region);
  Result<WipedMessage> reply = pipeline.Serve(watched);
  if (watch.observer != nullptr) {
    EndedCall ended{front_end, watched.operation(), std::nullopt, clock.SteadyNow() - began};
    if (!reply) ended.error = reply.error().code;
    watch.observer->Ended(ended);
  }
  return reply;
}

}  // namespace kmaas::core
