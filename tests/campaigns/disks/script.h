// What callers ask of a service, the same each time: keys, aliases, tags, policies, grants,
// rotations, imports, states and deletions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kmaas/kms/v1/kms.pb.h"
#include "tests/campaigns/disks/ledger.h"
#include "tests/campaigns/disks/server.h"

namespace kmaas::campaigns {

namespace kms = ::kmaas::kms::v1;

// A message that was encrypted, and may be decrypted as long as its key is there.
struct Sealed {
  std::string key;
  std::string blob;
  std::string plaintext;
};

class Script {
 public:
  // `now` is the moment for the ledger.
  Script(Machine& machine, std::function<std::uint64_t()> now)
      : machine_(machine), now_(std::move(now)) {}

  // Operation `number`, from 0; what it needs and is not there is left out. Answers what went
  // wrong.
  Result<void> Run(Server& server, std::size_t number);

  const Ledger& ledger() const { return ledger_; }
  const std::vector<Sealed>& sealed() const { return sealed_; }
  // What whoever looks at the service finds otherwise than the ledger allows at `moment`: facts,
  // messages that do not decrypt, keys that no ledger knows and that do not work.
  std::vector<std::string> Differences(Server& server, std::uint64_t moment) const;

 private:
  Result<void> RunStep(Server& server, std::size_t step);
  Result<void> MakeKey(Server& server);
  Result<void> Import(Server& server, std::size_t part);
  Result<void> Grant(Server& server);
  Result<void> Revoke(Server& server);
  Result<void> Cipher(Server& server);
  Result<void> SetState(Server& server, const std::string& arn, const std::string& operation,
                        const std::string& state);
  Result<void> LetTimePass(Server& server);
  Result<core::WipedMessage> Call(Server& server, const std::string& operation,
                                  const google::protobuf::Message& request);
  Result<void> Change(Server& server, const std::string& operation,
                      const google::protobuf::Message& request, const std::string& fact,
                      const std::string& value);
  const std::string& Newest(std::size_t before = 0) const;
  std::string Observe(Server& server, const std::string& fact) const;

  Machine& machine_;
  const std::function<std::uint64_t()> now_;
  Ledger ledger_;
  std::vector<std::string> keys_;  // ARNs that were answered
  std::vector<Sealed> sealed_;
  std::uint64_t calls_ = 0;
  std::string importing_;  // the key that waits for its material
  std::string import_token_;
  std::string import_public_key_;
  std::string grant_;  // its id, and the key's ARN
  std::string granted_;
};

inline constexpr std::size_t kStepsOfScript = 20;

}  // namespace kmaas::campaigns
