// A whole core in memory: pipeline, operations, fakes; and a caller who may send it anything.
#pragma once

#include <memory>
#include <string>

#include "core/pipeline.h"
#include "core/policy_authoriser.h"
#include "core/stored_identity_sides.h"
#include "operations/operations.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_audit_sink.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::api {

inline constexpr char kAccount[] = "111122223333";
inline constexpr char kRegion[] = "eu-central-1";

inline domain::Principal Administrator(const std::string& account = kAccount) {
  return {domain::PrincipalType::kIamUser,
          account,
          "arn:aws:iam::" + account + ":user/administrator",
          "AIDAEXAMPLE",
          "administrator",
          "AKIAEXAMPLE",
          nullptr};
}

// By its X-Amz-Target, or by its bare name, whichever service has it.
inline const core::Operation* FindOperationNamed(const core::Registry& registry,
                                                 const std::string& name) {
  if (const core::Operation* found = registry.FindByAwsTarget(name)) return found;
  if (const core::Operation* found = registry.FindByAwsTarget("TrentService." + name)) return found;
  for (const char* version : {"2010-05-08", "2011-06-15"}) {
    if (const core::Operation* found = registry.FindByQuery(version, name)) return found;
  }
  return nullptr;
}

// One call, already decoded: what a front end would hand to the pipeline.
class DirectCall final : public core::Ingress {
 public:
  // `operation` as FindOperationNamed takes it.
  DirectCall(std::string operation, const google::protobuf::Message& message,
             Result<domain::Principal> caller, Deadline deadline)
      : operation_(std::move(operation)), message_(message), caller_(std::move(caller)) {
    envelope_.request_id = "00000000-0000-4000-8000-000000000000";
    envelope_.deadline = deadline;
    envelope_.claimed_operation = operation_;
  }
  // What a front end would know of the connection.
  void SetOrigin(const char* source_address, const char* user_agent = "") {
    envelope_.source_address = source_address;
    envelope_.user_agent = user_agent;
  }
  const core::CallEnvelope& envelope() const override { return envelope_; }
  const core::Operation* FindOperation(const core::Registry& registry) override {
    return FindOperationNamed(registry, operation_);
  }
  Result<domain::Principal> Authenticate() override { return caller_; }
  Result<void> Decode(const core::Operation& /*operation*/,
                      google::protobuf::Message& request) override {
    request.CopyFrom(message_);
    return {};
  }

 private:
  std::string operation_;
  const google::protobuf::Message& message_;
  Result<domain::Principal> caller_;
  core::CallEnvelope envelope_;
};

// Not thread-safe in itself; the pipeline inside is.
class Environment {
 public:
  Environment();

  // The reply of `operation` ("Encrypt") for the administrator of kAccount, or the error.
  Result<core::WipedMessage> Send(const std::string& operation,
                                  const google::protobuf::Message& request) {
    return SendAs(Administrator(), operation, request);
  }
  Result<core::WipedMessage> SendAs(Result<domain::Principal> caller, const std::string& operation,
                                    const google::protobuf::Message& request);

  template <class Response, class Request>
  Response Must(const std::string& operation, const Request& request) {
    Result<core::WipedMessage> reply = Send(operation, request);
    if (!reply)
      throw std::runtime_error(operation + ": " + reply.error().message + " " +
                               reply.error().detail);
    return static_cast<const Response&>(**reply);
  }

  std::string MakeKey();  // its ARN
  std::string MakeKey(const std::string& spec, const std::string& usage);
  // What no operation would write, or only after others; throws when it cannot be.
  template <class T>
  void Put(const T& record) {
    const Result<void> written = catalog.Write(
        [&](records::Changes& changes) { return changes.Put(record); }, Deadline::Never());
    if (!written) throw std::runtime_error(written.error().detail);
  }
  // Administrator(account), who may do everything there. kAccount's is there from the beginning.
  void Enrol(const std::string& account);

  fakes::ManualClock clock;
  fakes::SeededRandom random;
  fakes::MemoryStore store;
  fakes::FakeCryptoEngine engine;
  fakes::MemoryAuditSink audit;
  records::Catalog catalog;
  core::Outbox outbox;
  crypto::HmacSha256Key marker_key;
  core::Services services;
  core::Registry registry;
  core::StoredIdentitySides identities;
  core::PolicyAuthoriser authoriser;
  core::Pipeline pipeline;
};

}  // namespace kmaas::api
