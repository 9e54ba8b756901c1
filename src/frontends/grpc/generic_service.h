// One gRPC service for all rpcs: a reactor per call, the pipeline on a worker thread or, for short
// calls, on gRPC's own.
#pragma once

#include <atomic>

#include <grpcpp/generic/async_generic_service.h>

#include "core/observed_call.h"
#include "core/pipelines.h"
#include "frontends/grpc/caller_proofs.h"
#include "frontends/grpc/connection_watch.h"
#include "frontends/grpc/peer_calls.h"
#include "frontends/grpc/queue_delay.h"
#include "frontends/grpc/reading_calls.h"
#include "frontends/grpc/worker_pool.h"

namespace kmaas::grpc_front {

// What a call needs. Outlives all calls.
struct ServiceParts {
  const core::Pipelines pipelines;
  const CallerProofs& proofs;
  WorkerPool& workers;
  core::CallWatch watch = {};
  ConnectionWatch* connections = nullptr;  // null: nobody counts calls that come to nothing
  PeerCalls* calls = nullptr;              // null: nobody counts those of a connection
  ReadingCalls* reading = nullptr;         // null: a message may take as long as it likes
};

// A place for one call at a time on a thread of gRPC's, of which there are at least two: a
// hand-over to a worker costs more than a short call, and one thread always stays free for the
// others.
class ShortCallPlace {
 public:
  bool TryEnter() { return !taken_.exchange(true, std::memory_order_acquire); }
  void Leave() { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_{false};
};

// Thread-safe. Takes one message and does not look at further ones. A call that finds the queue
// full, or has waited too long in one that stands (QueueDelay), is refused with RESOURCE_EXHAUSTED
// before anything is known of it; one without a message with INVALID_ARGUMENT; one that was
// cancelled, or whose deadline passed, while it waited is not begun. These leave no audit record.
// Every other call goes through the pipeline, one with an unknown method too.
class GenericService final : public ::grpc::CallbackGenericService {
 public:
  explicit GenericService(const ServiceParts& parts) : parts_(parts) {}

  ::grpc::ServerGenericBidiReactor* CreateReactor(
      ::grpc::GenericCallbackServerContext* context) override;

 private:
  const ServiceParts parts_;
  ShortCallPlace short_calls_;
  QueueDelay delay_;
};

}  // namespace kmaas::grpc_front
