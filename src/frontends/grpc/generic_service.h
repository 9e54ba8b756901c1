// One gRPC service for all rpcs: a reactor per call, the pipeline on a worker thread.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "core/pipeline.h"
#include "frontends/grpc/worker_pool.h"
#include "identity/certificate_rules.h"

namespace kmaas::grpc_front {

// What a call needs. Outlives all calls.
struct ServiceParts {
  core::Pipeline& pipeline;
  identity::CertificateAuthenticator& certificates;
  WorkerPool& workers;
};

// Thread-safe. Takes one message and does not look at further ones. A call that finds the queue
// full is refused with RESOURCE_EXHAUSTED before anything is known of it; one without a message
// with INVALID_ARGUMENT; one that was cancelled, or whose deadline passed, while it waited is not
// begun. These leave no audit record. Every other call goes through the pipeline, one with an
// unknown method too.
class GenericService final : public ::grpc::CallbackGenericService {
 public:
  explicit GenericService(const ServiceParts& parts) : parts_(parts) {}

  ::grpc::ServerGenericBidiReactor* CreateReactor(
      ::grpc::GenericCallbackServerContext* context) override;

 private:
  const ServiceParts parts_;
};

}  // namespace kmaas::grpc_front
