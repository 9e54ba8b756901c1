#include "core/observed_call.h"

namespace kmaas::core {
namespace {

// Passes everything on and remembers which operation it was: the pipeline may ask only once.
class Watched final : public Ingress {
 public:
  explicit Watched(Ingress& inner) : inner_(inner) {}

  const CallEnvelope& envelope() const override { return inner_.envelope(); }
  const Operation* FindOperation(const Registry& registry) override {
    operation_ = inner_.FindOperation(registry);
    return operation_;
  }
  Result<domain::Principal> Authenticate() override { return inner_.Authenticate(); }
  Result<void> Decode(const Operation& operation, google::protobuf::Message& request) override {
    return inner_.Decode(operation, request);
  }
  const Operation* operation() const { return operation_; }

 private:
  Ingress& inner_;
  const Operation* operation_ = nullptr;
};

}  // namespace

Result<WipedMessage> ServeObserved(Pipeline& pipeline, Ingress& ingress, FrontEnd front_end,
                                   CallObserver* observer) noexcept {
  if (observer == nullptr) return pipeline.Serve(ingress);
  const Clock& clock = pipeline.services().clock;
  const SteadyTime began = clock.SteadyNow();
  observer->Began(front_end);
  Watched watched(ingress);
  Result<WipedMessage> reply = pipeline.Serve(watched);
  EndedCall ended{front_end, watched.operation(), std::nullopt, clock.SteadyNow() - began};
  if (!reply) ended.error = reply.error().code;
  observer->Ended(ended);
  return reply;
}

}  // namespace kmaas::core
