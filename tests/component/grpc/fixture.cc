#include "tests/component/grpc/fixture.h"

#include <cstdio>
#include <fstream>

namespace kmaas::grpc_front {
namespace {

constexpr std::chrono::seconds kPatience{60};  // only ever used up by a failing test

::grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const ::grpc::Slice slice(bytes);
  return ::grpc::ByteBuffer(&slice, 1);
}

std::string ToText(const ::grpc::ByteBuffer& buffer) {
  std::vector<::grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return {};
  std::string text;
  for (const ::grpc::Slice& slice : slices)
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

void LimitTime(::grpc::ClientContext& context) {
  context.set_deadline(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                   gpr_time_from_seconds(std::chrono::seconds(kPatience).count(), GPR_TIMESPAN)));
}

Reply ToReply(const ::grpc::ClientContext& context, const ::grpc::Status& status,
              const ::grpc::ByteBuffer& bytes) {
  Reply reply{status, ToText(bytes), {}};
  for (const auto& [name, value] : context.GetServerTrailingMetadata())
    reply.trailers.emplace(std::string(name.data(), name.size()),
                           std::string(value.data(), value.size()));
  return reply;
}

}  // namespace

Result<std::shared_ptr<const ports::AccessKey>> GatedCredentials::FindAccessKey(
    std::string_view id) {
  return FindSession(id, "");
}

Result<std::shared_ptr<const ports::AccessKey>> GatedCredentials::FindSession(
    std::string_view id, std::string_view token) {
  const auto found = keys_.find({std::string(id), std::string(token)});
  return found == keys_.end() ? nullptr : found->second;
}

void GatedCredentials::AddKey(const std::string& id, const std::string& secret,
                              const std::string& token, domain::Principal principal) {
  principal.access_key_id = id;
  keys_[{id, token}] = std::make_shared<const ports::AccessKey>(
      ports::AccessKey{id, SecretBytes(AsBytes(secret)), std::move(principal)});
}

Result<std::optional<domain::Principal>> GatedCredentials::FindPrincipal(std::string_view arn) {
  {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait_for(lock, kPatience, [this] { return open_; });
    --waiting_;
  }
  const auto found = principals_.find(arn);
  if (found == principals_.end()) return std::optional<domain::Principal>();
  return std::optional<domain::Principal>(found->second);
}

void GatedCredentials::CloseGate() {
  const std::lock_guard lock(mutex_);
  open_ = false;
}

void GatedCredentials::OpenGate() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void GatedCredentials::AwaitWaiting(int wanted) {
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(changed_.wait_for(lock, kPatience, [&] { return waiting_ == wanted; }));
}

std::string Reply::Trailer(const std::string& name) const {
  const auto found = trailers.find(name);
  return found == trailers.end() ? std::string() : found->second;
}

Client::Client(std::shared_ptr<::grpc::Channel> channel) : channel_(channel), stub_(channel) {}

struct PendingCall::Parts {
  ::grpc::ClientContext context;
  ::grpc::ByteBuffer request;
  ::grpc::ByteBuffer reply;
};

// One lock for all, so that one can wait for any.
struct PendingCall::Outcome {
  inline static std::mutex mutex;
  inline static std::condition_variable changed;
  std::optional<::grpc::Status> status;

  const ::grpc::Status& Await() const {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return status.has_value(); });
    return *status;
  }
};

PendingCall::PendingCall(::grpc::GenericStub& stub, const std::string& method,
                         const std::string& bytes, const Adjust& adjust)
    : parts_(std::make_unique<Parts>()), outcome_(std::make_shared<Outcome>()) {
  parts_->request = ToBuffer(bytes);
  LimitTime(parts_->context);
  if (adjust) adjust(parts_->context);
  stub.UnaryCall(&parts_->context, method, ::grpc::StubOptions(), &parts_->request, &parts_->reply,
                 [outcome = outcome_](::grpc::Status status) {
                   const std::lock_guard lock(Outcome::mutex);
                   outcome->status = std::move(status);
                   Outcome::changed.notify_all();
                 });
}

PendingCall::PendingCall(PendingCall&& other) noexcept = default;

PendingCall::~PendingCall() {
  if (outcome_) outcome_->Await();
}

Reply PendingCall::Get() {
  const ::grpc::Status status = outcome_->Await();
  return ToReply(parts_->context, status, parts_->reply);
}

PendingCall& PendingCall::AwaitAny(std::vector<PendingCall>& calls) {
  PendingCall* answered = nullptr;
  std::unique_lock lock(Outcome::mutex);
  Outcome::changed.wait(lock, [&] {
    for (PendingCall& call : calls)
      if (call.outcome_->status) answered = &call;
    return answered != nullptr;
  });
  return *answered;
}

void PendingCall::Cancel() { parts_->context.TryCancel(); }

Reply Client::Call(const std::string& method, const std::string& bytes, const Adjust& adjust) {
  return Begin(method, bytes, adjust).Get();
}

PendingCall Client::Begin(const std::string& method, const std::string& bytes,
                          const Adjust& adjust) {
  return PendingCall(stub_, method, bytes, adjust);
}

Reply Client::Stream(const std::string& method, const std::string& bytes, int copies) {
  ::grpc::ClientContext context;
  LimitTime(context);
  ::grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto stream = stub_.PrepareCall(&context, method, &queue);
  stream->StartCall(nullptr);
  next();
  const ::grpc::ByteBuffer message = ToBuffer(bytes);
  for (int i = 0; i < copies; ++i) {
    stream->Write(message, nullptr);
    next();
  }
  stream->WritesDone(nullptr);
  next();
  ::grpc::ByteBuffer reply;
  stream->Read(&reply, nullptr);
  next();
  ::grpc::Status status;
  stream->Finish(&status, nullptr);
  next();
  return ToReply(context, status, reply);
}

void WriteFile(const std::string& path, const std::string& text) {
  // Another file under the same name, as certificate managers do it.
  std::ofstream(path + ".new", std::ios::binary) << text;
  std::rename((path + ".new").c_str(), path.c_str());
}

GrpcTest::GrpcTest() {
  options.certificate_file = folder.File("server.pem");
  options.private_key_file = folder.File("server.key");
  options.client_ca_file = folder.File("clients.pem");
  WriteServerPair(server_authority);
  WriteFile(options.client_ca_file, client_authority.certificate());
  administrator = IssueFor(kAdministratorUri);
  credentials.Add(api::Administrator());
  rules = {{identity::CertificateRule::Name::kUri, kAdministratorUri, api::Administrator().arn}};
}

void GrpcTest::Start() {
  auto made = identity::CertificateAuthenticator::Create(rules, credentials, core.clock);
  ASSERT_TRUE(made) << made.error().message;
  certificates = *std::move(made);
  auto started = GrpcServer::Start(options, pipelines(), proofs());
  ASSERT_TRUE(started) << started.error().detail;
  server = *std::move(started);
}

void GrpcTest::WriteServerPair(fakes::TestAuthority& by) {
  const fakes::IssuedCertificate pair =
      by.Issue({.subject = {{"CN", "kmaas"}}, .addresses = {"127.0.0.1"}, .usage = "serverAuth"});
  WriteFile(options.certificate_file, pair.certificate);
  WriteFile(options.private_key_file, pair.private_key);
}

fakes::IssuedCertificate GrpcTest::IssueFor(const std::string& uri) {
  return client_authority.Issue({.uris = {uri}});
}

Client GrpcTest::Connect(const fakes::IssuedCertificate& own, const std::string& trusted) {
  ::grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = trusted.empty() ? server_authority.certificate() : trusted;
  tls.pem_cert_chain = own.certificate;
  tls.pem_private_key = own.private_key;
  ::grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return Client(::grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(server->port()),
                                            ::grpc::SslCredentials(tls), arguments));
}

}  // namespace kmaas::grpc_front
