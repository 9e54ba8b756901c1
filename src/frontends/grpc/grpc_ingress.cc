#include "frontends/grpc/grpc_ingress.h"

#include <grpc/support/time.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>

#include "base/limits.h"
#include "base/trace_context.h"

namespace kmaas::grpc_front {
namespace {

constexpr std::size_t kUserAgentBytesMax = 1024;  // as CloudTrail

std::string_view ToView(const ::grpc::string_ref& text) { return {text.data(), text.size()}; }

std::string UserAgentOf(const ::grpc::GenericCallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("user-agent");
  if (found == metadata.end()) return {};
  return std::string(ToView(found->second).substr(0, kUserAgentBytesMax));
}

std::string TraceIdOf(const ::grpc::GenericCallbackServerContext& context) {
  TraceparentReader trace;
  const auto [first, last] = context.client_metadata().equal_range("traceparent");
  for (auto at = first; at != last; ++at) trace.Add(ToView(at->second));
  return std::string(trace.trace_id());
}

}  // namespace

std::string AddressOfPeer(const std::string& peer) {
  const std::size_t scheme = peer.find(':');
  const std::size_t port = peer.rfind(':');
  if (scheme == std::string::npos || port <= scheme) return peer;
  std::string address = peer.substr(scheme + 1, port - scheme - 1);
  for (const std::string_view bracket : {"%5B", "%5D", "[", "]"}) {
    if (const std::size_t at = address.find(bracket); at != std::string::npos)
      address.erase(at, bracket.size());
  }
  return address;
}

Deadline DeadlineOf(const ::grpc::GenericCallbackServerContext& context, SteadyTime arrived,
                    const Clock& clock) {
  const SteadyTime latest = arrived + limits::kCallDeadline;
  // The client's deadline stands on gRPC's own clock.
  const gpr_timespec at = gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_MONOTONIC);
  const gpr_timespec left = gpr_time_sub(at, gpr_now(GPR_CLOCK_MONOTONIC));
  return {
      std::min(latest, clock.SteadyNow() + std::chrono::milliseconds(gpr_time_to_millis(left)))};
}

GrpcIngress::GrpcIngress(const ::grpc::GenericCallbackServerContext& context,
                         ::grpc::ByteBuffer& request, const CallerProofs& proofs,
                         const core::Services& services, Deadline deadline)
    : context_(context), request_(request), proofs_(proofs), services_(services) {
  envelope_.request_id = services.random.Uuid();
  envelope_.source_address = AddressOfPeer(context.peer());
  envelope_.user_agent = UserAgentOf(context);
  envelope_.trace_id = TraceIdOf(context);
  envelope_.claimed_operation = context.method();
  envelope_.claimed_access_key_id = ClaimedKeyOf(context);
  envelope_.deadline = deadline;
}

const core::Operation* GrpcIngress::FindOperation(const core::Registry& registry) {
  operation_ = registry.FindByGrpcPath(context_.method());
  return operation_;
}

Result<domain::Principal> GrpcIngress::Authenticate() {
  return ProveCaller({context_, request_, operation_, envelope_, services_}, proofs_);
}

Result<void> GrpcIngress::Decode(const core::Operation& /*operation*/,
                                 google::protobuf::Message& request) {
  const ::grpc::Status parsed =
      ::grpc::GenericDeserialize<::grpc::ProtoBufferReader, google::protobuf::Message>(&request_,
                                                                                       &request);
  if (parsed.ok()) return {};
  return Error{ErrorCode::kSerialization, "The request message cannot be parsed."};
}

}  // namespace kmaas::grpc_front
