// The pipeline: authenticate, shape, resolve, authorise, state and usage, execute, record. Every
// call of every front end passes here, once and in this order.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/authoriser.h"
#include "core/call_envelope.h"
#include "core/operation.h"
#include "core/redaction.h"
#include "core/registry.h"
#include "core/services.h"

namespace kmaas::core {

// One call as its front end sees it. The pipeline calls each function at most once, in this order.
class Ingress {
 public:
  virtual ~Ingress() = default;
  virtual const CallEnvelope& envelope() const = 0;
  virtual const Operation* FindOperation(const Registry& registry) = 0;  // null: no such operation
  virtual Result<domain::Principal> Authenticate() = 0;
  virtual Result<void> Decode(const Operation& operation, google::protobuf::Message& request) = 0;
};

// Thread-safe. Borrows everything.
class Pipeline {
 public:
  Pipeline(const Registry& registry, const Services& services, Authoriser& authoriser)
      : registry_(registry), services_(services), authoriser_(authoriser) {}

  // The reply, or the error that the caller gets. Exactly one audit record is closed on every path;
  // when it cannot be, the reply is wiped and the answer is kKmsInternal. Never throws.
  Result<WipedMessage> Serve(Ingress& ingress) noexcept;

  const Registry& registry() const { return registry_; }
  const Services& services() const { return services_; }

 private:
  struct Progress;  // what the steps have found out so far

  Result<WipedMessage> RunCaught(Ingress& ingress, Progress& progress);
  Result<WipedMessage> Run(Ingress& ingress, Progress& progress);
  Result<void> Authenticate(Ingress& ingress, Progress& progress);
  Result<void> AuthenticateByToken(Progress& progress);
  static Result<void> CheckStateAndUsage(const Progress& progress);
  Result<WipedMessage> Execute(Ingress& ingress, Progress& progress);
  Result<WipedMessage> Record(Result<WipedMessage> outcome, Progress& progress);

  const Registry& registry_;
  const Services& services_;
  Authoriser& authoriser_;
};

}  // namespace kmaas::core
