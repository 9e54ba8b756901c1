#include "frontends/grpc/generic_service.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>

#include <optional>

#include "base/vector_registers.h"
#include "core/errors.h"
#include "frontends/grpc/grpc_ingress.h"

namespace kmaas::grpc_front {
namespace {

// Metadata is bounded to 8 kB by clients, and every byte may take three there.
constexpr std::size_t kMessageBytesMax = 2048;

// One call, from its first byte to its last. Deletes itself when gRPC is done with it.
class CallReactor final : public ::grpc::ServerGenericBidiReactor, public Task, public ReadingCall {
 public:
  CallReactor(::grpc::GenericCallbackServerContext& context, const ServiceParts& parts,
              ShortCallPlace& short_calls, QueueDelay& delay)
      : context_(context), parts_(parts), short_calls_(short_calls), delay_(delay) {
    if (parts_.calls != nullptr) {
      peer_ = context_.peer();
      parts_.calls->Begin(peer_);
    }
    if (parts_.reading != nullptr) parts_.reading->Begin(*this);
    StartRead(&request_);
  }

  // With the lock of those that read, so that OnReadDone has not passed yet.
  void EndReading() noexcept override { context_.TryCancel(); }

  // On a thread of gRPC's. Once the task is posted, a worker may finish the call at any time; gRPC
  // calls OnDone after this has returned.
  void OnReadDone(bool ok) override {
    arrived_ = parts_.pipelines.first().services().clock.SteadyNow();
    if (parts_.reading != nullptr) parts_.reading->End(*this);
    if (ok) message_bytes_ = request_.Length();
    if (!ok) {
      NoteTurnedAway();
      NoteCancelled();
      // Closed without a message, or gRPC refused the message and has its own status for it.
      Finish({::grpc::StatusCode::INVALID_ARGUMENT, "The request message is missing."});
    } else if (IsShort() && short_calls_.TryEnter()) {
      Run();  // OnDone, and with it the end of this object, waits until this function has returned
      short_calls_.Leave();
    } else if (!parts_.workers.TryPost(*this)) {
      Throttle();
    }
    WipeVectorRegisters();  // this thread has copied the request
  }

  void OnDone() override {
    if (parts_.calls != nullptr) parts_.calls->End(peer_, message_bytes_);
    delete this;
    WipeVectorRegisters();  // and this one the reply
  }

  // On a worker. A call that is cancelled from here on runs to its end. After Finish, which Send
  // and Fail end with, this object may be gone.
  void Run() noexcept override {
    core::Pipeline& pipeline = PipelineOf(context_, parts_.pipelines);
    const core::Services& services = pipeline.services();
    const Deadline deadline = DeadlineOf(context_, arrived_, services.clock);
    const SteadyTime now = services.clock.SteadyNow();
    const bool cancelled = context_.IsCancelled();
    if (cancelled) NoteCancelled();
    if (cancelled || now >= deadline.at) {
      NoteTurnedAway();
      Finish({::grpc::StatusCode::DEADLINE_EXCEEDED, "The deadline passed before the call began."});
      return;
    }
    if (delay_.IsTooLong(now - arrived_, now)) return Throttle();
    GrpcIngress ingress(context_, request_, parts_.proofs, services, deadline);
    context_.AddTrailingMetadata("x-amzn-requestid", ingress.envelope().request_id);
    Result<core::WipedMessage> reply =
        core::ServeObserved(pipeline, ingress, core::FrontEnd::kGrpc, parts_.watch);
    if (reply) {
      Send(**reply);
    } else {
      Fail(reply.error());
    }
  }

 private:
  const core::Operation* FindOperation() const {
    return parts_.pipelines.first().registry().FindByGrpcPath(context_.method());
  }

  // No commit to wait for and, but for private keys, short calls to the HSM alone: which key it is
  // is not known here. Those that sign are few at a time, as the long lane of the HSM turns others
  // away.
  bool IsShort() const {
    const core::Operation* operation = FindOperation();
    return operation != nullptr && operation->effect == CRYPTO;
  }

  void NoteTurnedAway() const {
    if (parts_.watch.observer != nullptr) parts_.watch.observer->TurnedAway(core::FrontEnd::kGrpc);
  }

  void NoteCancelled() const {
    if (parts_.connections != nullptr) parts_.connections->NoteCancelled(context_.peer());
  }

  void Throttle() {
    NoteTurnedAway();
    const core::ErrorRow& row = core::RowOf(ErrorCode::kThrottling);
    Fail({ErrorCode::kThrottling, std::string(row.default_message)});
  }

  void Send(const google::protobuf::Message& message) {
    bool owned = false;
    const ::grpc::Status serialised =
        ::grpc::GenericSerialize<::grpc::ProtoBufferWriter, google::protobuf::Message>(
            message, &reply_, &owned);
    if (serialised.ok()) {
      StartWriteAndFinish(&reply_, ::grpc::WriteOptions(), ::grpc::Status::OK);
    } else {
      Fail({ErrorCode::kKmsInternal, ""});
    }
  }

  void Fail(const Error& error) {
    const core::ErrorRow& row = core::RowOf(error.code);
    const core::Operation* operation = FindOperation();
    context_.AddTrailingMetadata("x-amzn-errortype", std::string(core::NameOf(row, operation)));
    Finish({static_cast<::grpc::StatusCode>(row.grpc_code),
            core::Shortened(error.message, kMessageBytesMax)});
  }

  ::grpc::GenericCallbackServerContext& context_;
  const ServiceParts& parts_;
  ShortCallPlace& short_calls_;
  QueueDelay& delay_;
  std::string peer_;
  SteadyTime arrived_{};
  ::grpc::ByteBuffer request_;
  std::optional<std::size_t> message_bytes_;
  ::grpc::ByteBuffer reply_;
};

}  // namespace

::grpc::ServerGenericBidiReactor* GenericService::CreateReactor(
    ::grpc::GenericCallbackServerContext* context) {
  return new CallReactor(*context, parts_, short_calls_, delay_);
}

}  // namespace kmaas::grpc_front
