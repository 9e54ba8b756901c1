// A whole core in memory with the scheduler beside it, and what tests ask of keys.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "kmaas/kms/v1/kms.pb.h"
#include "lifecycle/scheduler.h"
#include "lifecycle/service_authoriser.h"
#include "records/every_row.h"
#include "tests/api/environment.h"

namespace kmaas::lifecycle {

namespace kms = ::kmaas::kms::v1;

inline constexpr char kOtherRegion[] = "us-east-1";
inline constexpr std::chrono::hours kDay{24};

// The scheduler over a store. A new one over the same store is what follows a crash.
class Beside {
 public:
  Beside(api::Environment& world, records::Catalog& catalog, core::Outbox& outbox);

  bool may_destroy = true;  // what the scheduler is told
  std::size_t RunDue() { return scheduler_->RunDue(); }
  Scheduler& scheduler() { return *scheduler_; }
  core::Pipeline& pipeline(const std::string& region) { return *regions_.at(region).pipeline; }

 private:
  struct Region {
    std::unique_ptr<core::Services> services;
    std::unique_ptr<core::Pipeline> pipeline;
  };
  core::Registry registry_;
  ServiceAuthoriser authoriser_;
  std::map<std::string, Region> regions_;
  std::unique_ptr<Scheduler> scheduler_;
};

class World : public testing::Test {
 protected:
  template <class Request>
  static Request On(const std::string& arn) {
    Request request;
    request.set_key_id(arn);
    return request;
  }
  void EnableRotation(const std::string& arn, int days);
  Result<core::WipedMessage> RotateOnDemand(const std::string& arn) {
    return world_.Send("RotateKeyOnDemand", On<kms::RotateKeyOnDemandRequest>(arn));
  }
  void ScheduleDeletion(const std::string& arn, int days = 7);
  kms::GetKeyRotationStatusResponse Status(const std::string& arn) {
    return world_.Must<kms::GetKeyRotationStatusResponse>(
        "GetKeyRotationStatus", On<kms::GetKeyRotationStatusRequest>(arn));
  }
  // "CURRENT ON_DEMAND; NON_CURRENT AUTOMATIC; ..."
  std::string Rotations(const std::string& arn, bool all = false);
  std::string Encrypted(const std::string& arn, const std::string& plaintext);
  std::string Decrypted(const std::string& blob);
  std::shared_ptr<const domain::Key> KeyOf(const std::string& arn,
                                           const std::string& region = api::kRegion);
  template <class T>
  std::vector<T> Rows(const std::string& prefix = "") {
    auto rows = records::EveryRow<T>(world_.catalog, prefix);
    EXPECT_TRUE(rows);
    return *std::move(rows);
  }
  // Of the successful calls of this name.
  std::size_t Recorded(const std::string& event_name) const;

  api::Environment world_;
  Beside service_{world_, world_.catalog, world_.outbox};
};

// An imported key of one material, as ImportKeyMaterial leaves it; `pending` has a second one.
domain::Key ImportedKey(api::Environment& world, bool pending);
// Makes a multi-Region key of the key's row: a replica of it in kOtherRegion.
void Replicate(api::Environment& world, const domain::Key& primary);

}  // namespace kmaas::lifecycle
