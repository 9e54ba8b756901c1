// One call of the scheduler, as a front end would bring it.
#pragma once

#include <memory>
#include <string>

#include "core/pipeline.h"
#include "records/due_work.h"

namespace kmaas::lifecycle {

// Lives as long as the call.
class DueCall final : public core::Ingress {
 public:
  // `account` is that of the key; `request_id` a UUID.
  DueCall(const records::DueWork& due, const std::string& account, std::string request_id,
          Deadline deadline);
  ~DueCall() override;

  const core::CallEnvelope& envelope() const override { return envelope_; }
  const core::Operation* FindOperation(const core::Registry& registry) override;
  Result<domain::Principal> Authenticate() override;
  Result<void> Decode(const core::Operation& operation,
                      google::protobuf::Message& request) override;

 private:
  struct Rpc;
  std::unique_ptr<Rpc> rpc_;
  std::string account_;
  core::CallEnvelope envelope_;
};

}  // namespace kmaas::lifecycle
