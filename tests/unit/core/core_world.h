// A core whose operations do what a test says: the real pipeline, registry and records, fakes below
// them, and a log of who was asked what in which order.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/pipeline.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/faulty_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/memory_audit_sink.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/seeded_random.h"

namespace kmaas::core {

namespace kms = ::kmaas::kms::v1;

inline constexpr char kAccount[] = "111122223333";
inline constexpr char kOtherAccount[] = "999988887777";
inline constexpr char kRegion[] = "eu-central-1";

using Log = std::vector<std::string>;

domain::Principal UserOf(const std::string& account);

// Says what it was asked, then what it was told to.
class ScriptedAuthoriser final : public Authoriser {
 public:
  explicit ScriptedAuthoriser(Log& log) : log_(log) {}
  Result<Verdict> Decide(const AccessQuestion& question) override;
  std::function<Result<Verdict>(const AccessQuestion&)> decide;

 private:
  Log& log_;
};

class LoggingSink final : public ports::AuditSink {
 public:
  LoggingSink(ports::AuditSink& inner, Log& log) : inner_(inner), log_(log) {}
  Result<void> Append(const ports::AuditRecord& record) override {
    log_.emplace_back("record");
    return inner_.Append(record);
  }
  std::string Render(const ports::AuditRecord& record) const override {
    return inner_.Render(record);
  }
  Result<void> AppendRendered(const std::string& id, const std::string& rendered) override {
    log_.emplace_back("record");
    return inner_.AppendRendered(id, rendered);
  }

 private:
  ports::AuditSink& inner_;
  Log& log_;
};

// One call; each step says that it was taken and then does what the test set.
class ScriptedCall final : public Ingress {
 public:
  ScriptedCall(Log& log, std::string operation, const google::protobuf::Message& request,
               Result<domain::Principal> caller);
  const CallEnvelope& envelope() const override { return envelope_; }
  const Operation* FindOperation(const Registry& registry) override;
  Result<domain::Principal> Authenticate() override;
  Result<void> Decode(const Operation& operation, google::protobuf::Message& request) override;

  CallEnvelope envelope_;
  std::function<void(const std::string& step)> at_step;  // may throw
  Result<void> decoded;

 private:
  void Step(const std::string& step);
  Log& log_;
  std::string operation_;
  const google::protobuf::Message& request_;
  Result<domain::Principal> caller_;
};

class World {
 public:
  explicit World(const std::string& marker_key_text = "a key for listing markers");

  // Every operation's function; empty: an empty answer.
  Handler execute;
  Log log;

  std::string MakeKey(const std::string& account = kAccount);  // its ARN
  void MakeAlias(const std::string& account, const std::string& name, const std::string& key_arn);
  void SetState(const std::string& key_arn, domain::KeyState state);

  ScriptedCall CallOf(const std::string& operation, const google::protobuf::Message& request,
                      Result<domain::Principal> caller = UserOf(kAccount)) {
    return {log, operation, request, std::move(caller)};
  }
  Result<WipedMessage> Send(const std::string& operation, const google::protobuf::Message& request,
                            Result<domain::Principal> caller = UserOf(kAccount));
  const Operation& Find(const std::string& operation) const;

  fakes::ManualClock clock;
  fakes::SeededRandom random;
  fakes::MemoryStore memory;
  fakes::FaultyStore store;
  fakes::FakeCryptoEngine engine;
  fakes::MemoryAuditSink audit;
  LoggingSink sink;
  records::Catalog catalog;
  Outbox outbox;
  crypto::HmacSha256Key marker_key;
  Services services;
  Registry registry;
  ScriptedAuthoriser authoriser;
  Pipeline pipeline;
};

// "code: message" of an error; "answered" without one.
std::string Outcome(const Result<WipedMessage>& reply);

}  // namespace kmaas::core
