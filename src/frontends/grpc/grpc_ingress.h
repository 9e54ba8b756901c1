// A gRPC call as the pipeline sees it.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "core/pipeline.h"
#include "frontends/grpc/caller_proofs.h"

namespace kmaas::grpc_front {

// Borrows all of it; lives as long as one call. Who calls is said by ProveCaller alone: no other
// metadata is believed.
class GrpcIngress final : public core::Ingress {
 public:
  // `request` is consumed by Decode.
  GrpcIngress(const ::grpc::GenericCallbackServerContext& context, ::grpc::ByteBuffer& request,
              const CallerProofs& proofs, const core::Services& services, Deadline deadline);

  const core::CallEnvelope& envelope() const override { return envelope_; }
  const core::Operation* FindOperation(const core::Registry& registry) override;
  Result<domain::Principal> Authenticate() override;
  Result<void> Decode(const core::Operation& operation,
                      google::protobuf::Message& request) override;

 private:
  const ::grpc::GenericCallbackServerContext& context_;
  ::grpc::ByteBuffer& request_;
  const CallerProofs& proofs_;
  const core::Services& services_;
  const core::Operation* operation_ = nullptr;
  core::CallEnvelope envelope_;
};

// "ipv4:127.0.0.1:50051" and "ipv6:%5B::1%5D:50051" without scheme, brackets and port.
std::string AddressOfPeer(const std::string& peer);

// The client's deadline, but never more than limits::kCallDeadline after the call arrived.
Deadline DeadlineOf(const ::grpc::GenericCallbackServerContext& context, SteadyTime arrived,
                    const Clock& clock);

}  // namespace kmaas::grpc_front
