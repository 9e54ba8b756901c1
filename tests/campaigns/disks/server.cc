#include "tests/campaigns/disks/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "audit/anchored_head.h"
#include "operations/operations.h"
#include "tests/campaigns/disks/plants.h"

namespace kmaas::campaigns {
namespace {

// A disk that is broken for good makes calls wait for it.
constexpr std::chrono::seconds kCallMax{10};

storage::AnchoringOptions AnchoringOfTests() {
  storage::AnchoringOptions options;
  options.region = kRegion;
  options.lag_max = std::chrono::milliseconds(20);
  options.retry_interval = std::chrono::milliseconds(5);
  return options;
}

// Made once: to read all annotations takes longer than a life.
const core::Registry& OperationsOnce() {
  static const Result<core::Registry> registry = operations::MakeRegistry();
  if (!registry) throw std::runtime_error(registry.error().detail);
  return *registry;
}
const core::Registry& LifecycleOnce() {
  static const Result<core::Registry> registry = operations::MakeLifecycleRegistry();
  if (!registry) throw std::runtime_error(registry.error().detail);
  return *registry;
}

domain::Principal Administrator() {
  return {domain::PrincipalType::kIamUser,
          kAccount,
          std::string("arn:aws:iam::") + kAccount + ":user/administrator",
          "AIDAEXAMPLE",
          "administrator",
          "AKIAEXAMPLE",
          nullptr};
}

// A trail that does not say what of it is durable.
class Secretive final : public ports::AuditSink {
 public:
  explicit Secretive(ports::AuditSink& trail) : trail_(trail) {}
  Result<void> Append(const ports::AuditRecord& record) override { return trail_.Append(record); }
  std::string Render(const ports::AuditRecord& record) const override {
    return trail_.Render(record);
  }
  Result<void> AppendRendered(const std::string& event_id, const std::string& rendered) override {
    return trail_.AppendRendered(event_id, rendered);
  }

 private:
  ports::AuditSink& trail_;
};

class NumberedCall final : public core::Ingress {
 public:
  NumberedCall(std::uint64_t number, const std::string& operation,
               const google::protobuf::Message& message, Deadline deadline)
      : operation_("TrentService." + operation), message_(message) {
    envelope_.request_id = RequestIdOf(number);
    envelope_.deadline = deadline;
    envelope_.claimed_operation = operation;
  }
  const core::CallEnvelope& envelope() const override { return envelope_; }
  const core::Operation* FindOperation(const core::Registry& registry) override {
    return registry.FindByAwsTarget(operation_);
  }
  Result<domain::Principal> Authenticate() override { return Administrator(); }
  Result<void> Decode(const core::Operation& /*operation*/,
                      google::protobuf::Message& request) override {
    request.CopyFrom(message_);
    return {};
  }

 private:
  const std::string operation_;
  const google::protobuf::Message& message_;
  core::CallEnvelope envelope_;
};

}  // namespace

std::string RequestIdOf(std::uint64_t number) {
  char text[48];
  (void)std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012llu",
                      static_cast<unsigned long long>(number));
  return text;
}

Server::Server(Machine& machine)
    : machine_(machine),
      engine_(&machine.clock, machine.token),
      anchoring_(machine.anchor, machine.clock, AnchoringOfTests()),
      marker_key_(AsBytes("a key for listing markers")) {}

Result<std::unique_ptr<Server>> Server::Start(Machine& machine, const Disk& disk) {
  std::unique_ptr<Server> server(new Server(machine));
  (void)::mkdir(machine.trail().c_str(), S_IRWXU);
  KM_CHECK(server->OpenStore(disk));
  KM_CHECK(server->OpenTrail(disk));
  server->Build();
  KM_CHECK(server->Enrol());
  return server;
}

Result<void> Server::OpenStore(const Disk& disk) {
  storage::SqliteOptions options;
  options.path = machine_.database();
  options.vfs = disk.vfs;
  options.observer = &anchoring_;
  options.readers = 1;
  options.mode = ::access(options.path.c_str(), F_OK) == 0 ? storage::OpenMode::kOpenExisting
                                                           : storage::OpenMode::kCreate;
  KM_TRY(store_, storage::SqliteStore::Open(options, storage::RowMac(SecretBytes(Bytes(32, 7))),
                                            machine_.clock));
  catalog_ = std::make_unique<records::Catalog>(*store_);
  return RequireNewest();
}

Result<void> Server::RequireNewest() {
  storage::Evidence evidence;
  evidence.database = store_->head();
  KM_TRY(evidence.token, machine_.anchor.ReadAnchor(Deadline::Never()));
  KM_TRY(const auto remembered, audit::FindAnchoredHead(machine_.trail()));
  if (remembered) evidence.trail = {remembered->head, remembered->time, remembered->place};
  // When it was first opened nobody remembers anything.
  if (evidence.token) evidence.anchored_since = machine_.clock.Now();
  return storage::RefuseUnlessNewest(evidence, machine_.database());
}

Result<void> Server::OpenTrail(const Disk& disk) {
  audit::TrailOptions trail;
  trail.directory = machine_.trail();
  trail.flush_interval = std::chrono::milliseconds(0);
  trail.calls = disk.calls;
  KM_TRY(trail_, audit::Trail::Open(trail, machine_.clock));
  seal_memory_ = std::make_unique<app::StoredSealMemory>(*catalog_, machine_.clock);
  audit::SealerOptions sealing;
  sealing.directory = machine_.trail();
  sealing.records_max = 25;
  sealing.memory = seal_memory_.get();
  sealing.calls = disk.calls;
  KM_TRY(sealer_, audit::Sealer::Open(sealing, *trail_, engine_, machine_.clock));
  if (sealer_->lost() > 0)
    return Error{ErrorCode::kKmsInternal, "seals were made and are lost", "seals"};
  KM_CHECK(anchoring_.Begin(*trail_, machine_.random, store_->head()));
  planted_ = std::make_unique<Secretive>(*trail_);
  outbox_ = std::make_unique<core::Outbox>(
      *catalog_, IsPlanted("early-sweep") ? *planted_ : static_cast<ports::AuditSink&>(*trail_));
  KM_CHECK(outbox_->Recover(Deadline::Never()));
  return {};
}

void Server::Build() {
  services_ = std::make_unique<core::Services>(core::Services{*catalog_, engine_, *trail_,
                                                              machine_.random, machine_.clock,
                                                              *outbox_, marker_key_, kRegion});
  identities_ = std::make_unique<core::StoredIdentitySides>(*catalog_);
  authoriser_ =
      std::make_unique<core::PolicyAuthoriser>(*catalog_, *identities_, machine_.clock, kRegion);
  pipeline_ = std::make_unique<core::Pipeline>(OperationsOnce(), *services_, *authoriser_);
  due_pipeline_ =
      std::make_unique<core::Pipeline>(LifecycleOnce(), *services_, service_authoriser_);
  scheduler_ = std::make_unique<lifecycle::Scheduler>(lifecycle::Scheduler::Parts{
      *catalog_, machine_.clock, machine_.random, {{kRegion, due_pipeline_.get()}}});
}

Result<void> Server::Enrol() {
  const domain::Principal principal = Administrator();
  KM_TRY(const auto known, catalog_->Find<records::Account>(kAccount));
  if (known != nullptr) return {};
  records::User user;
  user.account = kAccount;
  user.name = principal.user_name;
  user.path = "/";
  user.user_id = principal.user_id;
  user.policies.attached = {"arn:aws:iam::aws:policy/AdministratorAccess"};
  return catalog_->Write(
      [&](records::Changes& changes) -> Result<void> {
        KM_CHECK(changes.Put(records::Account{kAccount, "tests", machine_.clock.Now(), ""}));
        KM_CHECK(changes.Put(user));
        return changes.Put(records::PolicyUse{user.policies.attached.front(), user.arn(), false});
      },
      Deadline::Never());
}

void Server::Anchor() {
  for (int tries = 0; tries < 100; ++tries) {
    const storage::AnchoringCounters counters = anchoring_.counters();
    if (counters.anchored_epoch >= counters.committed_epoch) return;
    machine_.clock.Advance(std::chrono::milliseconds(20));
    anchoring_.Tick();
  }
}

Server::~Server() {
  scheduler_.reset();
  (void)anchoring_.End();
  if (sealer_) sealer_->Stop();
}

Result<core::WipedMessage> Server::Send(std::uint64_t number, const std::string& operation,
                                        const google::protobuf::Message& request) {
  NumberedCall call(number, operation, request, Deadline::After(machine_.clock, kCallMax));
  return pipeline_->Serve(call);
}

}  // namespace kmaas::campaigns
