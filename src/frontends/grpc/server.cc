#include "frontends/grpc/server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <set>
#include <thread>

#include "base/limits.h"
#include "base/log.h"
#include "frontends/grpc/acceptor.h"
#include "frontends/grpc/certificate_files.h"
#include "frontends/grpc/generic_service.h"
#include "frontends/grpc/goaway.h"
#include "frontends/grpc/peer_name.h"
#include "frontends/grpc/server_credentials.h"
#include "frontends/grpc/worker_pool.h"

namespace kmaas::grpc_front {
namespace {

constexpr std::size_t kMemoryBytesMax = std::size_t{96} << 20U;
// See PeerCalls.
constexpr std::size_t kOpenCallsFactor = 2;
// All calls of one read exist before the first of them is looked at.
constexpr int kReadBytesMax = 16 << 10;
// A client may ask whether the server lives so often, and so often too often before it is told to
// go.
constexpr std::chrono::seconds kPingIntervalMin{10};
constexpr int kPingStrikesMax = 2;
// A peer that is silent is asked, and is gone when it does not answer.
constexpr std::chrono::seconds kKeepaliveInterval{60};
constexpr std::chrono::seconds kKeepaliveMax{20};
// For whoever has just connected to begin his call: a client's library that hears of the end at the
// same moment takes it for a failure, unless it may begin the call anew elsewhere, as it usually
// may.
constexpr std::chrono::milliseconds kFirstCall{100};
// A stream without a message, and a client whose certificate authority was replaced, end with their
// connection.
constexpr std::chrono::hours kConnectionAgeMax{1};

Error Refuse(std::string detail) { return {ErrorCode::kKmsInternal, "", std::move(detail)}; }

// What gRPC calls errors are mostly handshakes of strangers.
void WriteLog(gpr_log_func_args* line) {
  log::Write(line->severity == GPR_LOG_SEVERITY_ERROR ? log::Level::kWarning : log::Level::kDebug,
             "grpc", {{"detail", line->message}});
}

// Protobuf calls it an error that a caller's message does not parse.
void WriteProtobufLog(google::protobuf::LogLevel /*level*/, const char* /*file*/, int /*line*/,
                      const std::string& message) {
  log::Debug("protobuf", {{"detail", message}});
}

void SetMilliseconds(::grpc::ServerBuilder& builder, const char* argument,
                     std::chrono::milliseconds span) {
  builder.AddChannelArgument(argument, static_cast<int>(span.count()));
}

void SetPings(::grpc::ServerBuilder& builder) {
  SetMilliseconds(builder, GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingIntervalMin);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kPingStrikesMax);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  SetMilliseconds(builder, GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveInterval);
  SetMilliseconds(builder, GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveMax);
}

void SetBounds(::grpc::ServerBuilder& builder, const GrpcOptions& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kRequestBodyBytesMax));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                             static_cast<int>(limits::kRequestMetadataBytesMax));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.streams_per_connection_max);
  builder.SetResourceQuota(::grpc::ResourceQuota("kmaas").Resize(kMemoryBytesMax));
  SetMilliseconds(builder, GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, options.handshake_max);
  SetMilliseconds(builder, GRPC_ARG_MAX_CONNECTION_IDLE_MS, options.idle_max);
  SetMilliseconds(builder, GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMax);
  SetMilliseconds(builder, GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                  limits::kRequestReadMax + limits::kCallDeadline);
  builder.AddChannelArgument(GRPC_ARG_TCP_READ_CHUNK_SIZE, kReadBytesMax);
  builder.AddChannelArgument(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, kReadBytesMax);
  // A small compressed message may be a large one, and nothing here compresses well.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
}

Result<ListeningSocket> Listener(const GrpcOptions& options) {
  Result<ListeningSocket> opened = options.listener != nullptr
                                       ? options.listener->Copy()
                                       : ListeningSocket::Open(options.address, options.port);
  if (!opened) return Refuse("grpc: cannot listen: " + opened.error().detail);
  return opened;
}

// "/kmaas.kms.v1.KeyManagementService/Encrypt" without its last part.
std::set<std::string> ServiceNames(const core::Registry& registry) {
  std::set<std::string> names;
  for (const auto& operation : registry.operations()) {
    const std::string& path = operation->grpc_path;
    names.insert(path.substr(1, path.rfind('/') - 1));
  }
  return names;
}

}  // namespace

// Destroyed in the reverse order: the server waits for its calls, which wait for the workers.
struct GrpcServer::Running {
  Running(const GrpcOptions& options, const core::Pipelines& pipelines, CallerProofs caller_proofs,
          const core::CallWatch& watch)
      : proofs(std::move(caller_proofs)),
        files({options.certificate_file, options.private_key_file, options.client_ca_file},
              options.file_watch_interval, pipelines.first().services().clock, options.check_files),
        workers(options.workers, options.waiting_max),
        connections(options.connections, sockets),
        calls(kOpenCallsFactor * static_cast<std::size_t>(options.streams_per_connection_max),
              sockets),
        reading(limits::kRequestReadMax, pipelines.first().services().clock),
        service({pipelines, proofs, workers, watch, &connections, &calls, &reading}),
        names(ServiceNames(pipelines.first().registry())) {}

  const CallerProofs proofs;
  CertificateFiles files;
  WorkerPool workers;
  PortSockets sockets;
  ConnectionWatch connections;
  PeerCalls calls;
  ReadingCalls reading;
  GenericService service;
  const std::set<std::string> names;
  std::uint16_t port = 0;
  std::unique_ptr<::grpc::Server> server;
  std::unique_ptr<Acceptor> acceptor;
};

GrpcServer::GrpcServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}

GrpcServer::~GrpcServer() { Stop(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<GrpcServer>> GrpcServer::Start(const GrpcOptions& options,
                                                      core::Pipelines pipelines,
                                                      CallerProofs proofs, core::CallWatch watch) {
  auto running = std::make_unique<Running>(options, pipelines, std::move(proofs), watch);
  KM_CHECK(running->files.CheckReadable());
  if (options.check_files) KM_CHECK(options.check_files());
  gpr_set_log_function(&WriteLog);
  google::protobuf::SetLogHandler(&WriteProtobufLog);
  ::grpc::EnableDefaultHealthCheckService(true);
  ::grpc::ServerBuilder builder;
  SetBounds(builder, options);
  SetPings(builder);
  KM_TRY(ListeningSocket listener, Listener(options));
  running->port = listener.port();
  running->acceptor = std::make_unique<Acceptor>(
      std::move(listener),
      builder.experimental().AddExternalConnectionAcceptor(
          ::grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
          MakeServerCredentials(running->files)),
      running->sockets);
  builder.RegisterCallbackGenericService(&running->service);
  running->server = builder.BuildAndStart();
  if (running->server == nullptr)
    return Refuse("grpc: cannot serve with " + options.certificate_file + " and " +
                  options.private_key_file);
  running->connections.Begin();
  running->calls.Watch();
  running->reading.Watch();
  std::unique_ptr<GrpcServer> server(new GrpcServer(std::move(running)));
  server->SetServing(false);
  KM_CHECK(server->running_->acceptor->Start());
  return server;
}

int GrpcServer::port() const { return running_->port; }
std::size_t GrpcServer::connections() const { return running_->sockets.size(); }
ConnectionWatchCounters GrpcServer::connections_ended() const {
  ConnectionWatchCounters counters = running_->connections.counters();
  counters.cancelling += running_->calls.ended();
  return counters;
}

void GrpcServer::SetServing(bool serving) {
  ::grpc::HealthCheckServiceInterface* health = running_->server->GetHealthCheckService();
  if (health == nullptr) return;
  health->SetServingStatus("", serving);
  for (const std::string& name : running_->names) health->SetServingStatus(name, serving);
}

void GrpcServer::LookAtFiles() noexcept { running_->files.LookAtOnce(); }

void GrpcServer::SendClientsAway() {
  if (running_->acceptor->listener().is_open()) {
    running_->acceptor->Stop();
    std::this_thread::sleep_for(kFirstCall);
  }
  SendGoaways(*running_->server);
}

void GrpcServer::Stop(std::chrono::milliseconds span) {
  SetServing(false);
  running_->acceptor->Stop();
  const gpr_timespec until =
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(span.count(), GPR_TIMESPAN));
  running_->server->Shutdown(until);
  running_->server->Wait();
}

}  // namespace kmaas::grpc_front
