// A core in memory behind a real gRPC server on loopback, and clients with certificates to order.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "frontends/grpc/server.h"
#include "identity/certificate_rules.h"
#include "tests/api/environment.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/test_authority.h"

namespace kmaas::grpc_front {

inline constexpr char kService[] = "/kmaas.kms.v1.KeyManagementService/";

// Knows the principals that it was told of; holds whoever asks for one while the gate is closed.
class GatedCredentials final : public ports::CredentialSource {
 public:
  Result<std::shared_ptr<const ports::AccessKey>> FindAccessKey(std::string_view id) override;
  Result<std::shared_ptr<const ports::AccessKey>> FindSession(std::string_view id,
                                                              std::string_view token) override;
  Result<std::optional<domain::Principal>> FindPrincipal(std::string_view arn) override;

  // Long-term without a token.
  void AddKey(const std::string& id, const std::string& secret, const std::string& token,
              domain::Principal principal);
  void Add(const domain::Principal& principal) { principals_.emplace(principal.arn, principal); }
  void CloseGate();
  void OpenGate();
  // Until so many wait at the gate, or for long: then the test has failed.
  void AwaitWaiting(int wanted);

 private:
  std::map<std::string, domain::Principal, std::less<>> principals_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const ports::AccessKey>> keys_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int waiting_ = 0;
};

struct Reply {
  ::grpc::Status status;
  std::string bytes;
  std::multimap<std::string, std::string> trailers;

  std::string Trailer(const std::string& name) const;
};

using Adjust = std::function<void(::grpc::ClientContext&)>;

// A call that was begun. Its context ends with it and not on a thread of gRPC's, which would have
// to join itself if the last channel ended there.
class PendingCall {
 public:
  PendingCall(::grpc::GenericStub& stub, const std::string& method, const std::string& bytes,
              const Adjust& adjust);
  PendingCall(PendingCall&& other) noexcept;
  ~PendingCall();
  Reply Get();
  void Cancel();
  // The first of them that is found to be answered, when one is.
  static PendingCall& AwaitAny(std::vector<PendingCall>& calls);

 private:
  struct Parts;
  struct Outcome;
  std::unique_ptr<Parts> parts_;
  std::shared_ptr<Outcome> outcome_;
};

// One channel with a connection of its own. Calls never take longer than a minute. Thread-safe.
class Client {
 public:
  explicit Client(std::shared_ptr<::grpc::Channel> channel);

  // `method` is a path.
  Reply Call(const std::string& method, const std::string& bytes, const Adjust& adjust = {});
  PendingCall Begin(const std::string& method, const std::string& bytes, const Adjust& adjust = {});
  Reply Send(const std::string& operation, const google::protobuf::Message& request,
             const Adjust& adjust = {}) {
    return Call(kService + operation, request.SerializeAsString(), adjust);
  }
  // So many copies of a message on one stream, then the end of it.
  Reply Stream(const std::string& method, const std::string& bytes, int copies);

  const std::shared_ptr<::grpc::Channel>& channel() const { return channel_; }

 private:
  std::shared_ptr<::grpc::Channel> channel_;
  ::grpc::GenericStub stub_;
};

class GrpcTest : public testing::Test {
 protected:
  GrpcTest();
  // Before a derived fixture loses what its callers prove themselves by.
  void TearDown() override { server.reset(); }

  void Start();
  // Makes and writes a pair for 127.0.0.1.
  void WriteServerPair(fakes::TestAuthority& by);
  fakes::IssuedCertificate IssueFor(const std::string& uri);
  // Trusts `server_authority`, by default the one that made the pair.
  Client Connect(const fakes::IssuedCertificate& own, const std::string& server_authority = {});
  Client ConnectAnonymously() { return Connect({}); }
  Client ConnectAsAdministrator() { return Connect(administrator); }

  fakes::TemporaryDirectory folder;
  api::Environment core;
  fakes::TestAuthority server_authority{"server authority"};
  fakes::TestAuthority client_authority{"client authority"};
  fakes::IssuedCertificate administrator;
  GatedCredentials credentials;
  std::vector<identity::CertificateRule> rules;
  std::unique_ptr<identity::CertificateAuthenticator> certificates;
  // What Start gives to the server.
  std::function<CallerProofs()> proofs = [this] { return CallerProofs{*certificates}; };
  std::function<kmaas::core::Pipelines()> pipelines = [this] {
    return kmaas::core::Pipelines(core.pipeline);
  };
  GrpcOptions options;
  std::unique_ptr<GrpcServer> server;
};

void WriteFile(const std::string& path, const std::string& text);
inline constexpr char kAdministratorUri[] = "urn:test:administrator";

}  // namespace kmaas::grpc_front
