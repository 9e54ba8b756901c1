// One life of a service over a machine: store, trail, seals, anchors, operations, scheduler; from
// opening the files to the crash or the end. Everything real but the token.
#pragma once

#include <memory>
#include <string>

#include "app/stored_seal_memory.h"
#include "audit/sealer.h"
#include "audit/trail.h"
#include "core/pipeline.h"
#include "core/policy_authoriser.h"
#include "core/stored_identity_sides.h"
#include "lifecycle/scheduler.h"
#include "lifecycle/service_authoriser.h"
#include "storage/anchoring.h"
#include "storage/rollback_check.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/campaigns/disks/machine.h"
#include "tests/fakes/fake_crypto_engine.h"

namespace kmaas::campaigns {

inline constexpr char kAccount[] = "111122223333";
inline constexpr char kRegion[] = "eu-central-1";

class Server {
 public:
  // As kmaasd does it: refuses a database that is not the newest; the records that a crash left in
  // the outbox are in the trail when this returns. `calls` and `vfs`: of the disk, if it is
  // watched.
  struct Disk {
    const audit::FileCalls* calls = nullptr;
    std::string vfs = {};
  };
  static Result<std::unique_ptr<Server>> Start(Machine& machine, const Disk& disk);
  // In good order.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // `number` becomes the call's request id: RequestIdOf.
  Result<core::WipedMessage> Send(std::uint64_t number, const std::string& operation,
                                  const google::protobuf::Message& request);
  std::size_t RunDue() { return scheduler_->RunDue(); }
  // Returns when every commit is anchored, or cannot be.
  void Anchor();
  audit::Trail& trail() { return *trail_; }
  audit::Sealer& sealer() { return *sealer_; }
  records::Catalog& catalog() { return *catalog_; }

 private:
  explicit Server(Machine& machine);
  Result<void> OpenStore(const Disk& disk);
  Result<void> OpenTrail(const Disk& disk);
  Result<void> RequireNewest();
  Result<void> Enrol();
  void Build();

  Machine& machine_;
  fakes::FakeCryptoEngine engine_;
  storage::Anchoring anchoring_;
  std::unique_ptr<storage::SqliteStore> store_;
  std::unique_ptr<records::Catalog> catalog_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<app::StoredSealMemory> seal_memory_;
  std::unique_ptr<audit::Sealer> sealer_;
  std::unique_ptr<ports::AuditSink> planted_;
  std::unique_ptr<core::Outbox> outbox_;
  const crypto::HmacSha256Key marker_key_;
  std::unique_ptr<core::Services> services_;
  std::unique_ptr<core::StoredIdentitySides> identities_;
  std::unique_ptr<core::PolicyAuthoriser> authoriser_;
  std::unique_ptr<core::Pipeline> pipeline_;
  lifecycle::ServiceAuthoriser service_authoriser_;
  std::unique_ptr<core::Pipeline> due_pipeline_;
  std::unique_ptr<lifecycle::Scheduler> scheduler_;
};

std::string RequestIdOf(std::uint64_t number);

}  // namespace kmaas::campaigns
