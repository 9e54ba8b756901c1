// Seals a trail: at its start and end, and while it grows.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "audit/seal.h"
#include "audit/seal_memory.h"
#include "audit/trail.h"
#include "ports/crypto_engine.h"

namespace kmaas::audit {

class AppendFile;

struct SealerOptions {
  std::string directory;  // of the trail
  std::chrono::seconds interval{300};
  std::uint64_t records_max = 10'000;                            // that wait for a seal
  std::uint64_t bytes_per_file_max = std::uint64_t{512} << 10U;  // about a thousand seals
  // The epoch of the store's head record, when somebody knows it; a seal names it then.
  std::function<std::optional<std::uint64_t>()> store_epoch = {};
  SealMemory* memory = nullptr;      // borrowed; null: nobody remembers how far the seals went
  const FileCalls* calls = nullptr;  // the system's; tests put failing ones here
};

// A snapshot for metrics and alarms.
struct SealCounters {
  std::uint64_t seals = 0;  // made since Open
  std::uint64_t last_number = 0;
  std::uint64_t sealed_sequence = 0;  // the records up to this one are sealed
  WallTime last_time{};               // of the newest seal; not set: none since Open
  std::uint64_t failures = 0;         // attempts that came to nothing; the next one covers all
  bool is_failing = false;            // the last attempt was one of them
};

// Thread-safe. Fails no call: what cannot be sealed now is sealed later, and is counted.
class Sealer {
 public:
  // Looks whether the trail is what its seals say, and makes the first seal of this run; before
  // anything is appended. Refuses, with file and line in `message`: a trail whose newest seal the
  // token did not sign, that is shorter than it, that has another record in its place or is broken
  // behind it; fewer seals than are remembered; records without any seal; a token that does not
  // sign. Borrows all three.
  static Result<std::unique_ptr<Sealer>> Open(const SealerOptions& options, Trail& trail,
                                              ports::CryptoEngine& engine, const Clock& clock);
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  // Makes a seal when one is due; often, as the number of records decides, too.
  void Tick();
  // The last one, of a server that ends in good order.
  void Stop();
  // Says that the records `first` to `last`, whose last one has this hash, are about to be removed.
  // Durable when it returns. They are sealed.
  Result<void> Retire(std::uint64_t first, const ChainHead& last);

  SealCounters counters() const;
  // Found by Open: so many seals were made, and nothing was left of them. 0: as it should be.
  // Until RememberInSpite, the memory keeps what it remembers.
  std::uint64_t lost() const { return lost_; }
  // That they are gone stands durably in the trail: the memory takes the new seals in their place.
  Result<void> RememberInSpite();

 private:
  struct Where {  // the chain of seals stands
    std::uint64_t number = 0;
    crypto::Sha256Digest hash = BeforeFirstSeal();
    std::uint64_t sealed = 0;
  };
  Sealer(const SealerOptions& options, Trail& trail, ports::CryptoEngine& engine,
         const Clock& clock, crypto::Sha256Digest key, Where where,
         std::shared_ptr<AppendFile> file);

  bool IsDue() const;
  Result<void> RememberNewest();
  Result<void> Make(SealKind kind);
  Result<void> Write(Seal seal);
  Result<void> TurnPage();
  void Note(const Result<void>& outcome);

  const SealerOptions options_;
  const FileCalls& calls_;
  Trail& trail_;
  ports::CryptoEngine& engine_;
  const Clock& clock_;
  const crypto::Sha256Digest key_;

  mutable std::mutex mutex_;  // for all below; held over a signature
  Where where_;
  std::shared_ptr<AppendFile> file_;  // none before the first seal
  bool is_written_only_ = false;      // the last seal is in the file, perhaps not on the disk
  bool is_remembered_ = true;         // the last seal is, where that is wanted
  std::uint64_t lost_ = 0;            // since Open
  bool loss_is_hidden_ = false;       // no record tells of it yet
  SteadyTime last_{};
  SteadyTime not_before_{};            // after a failure
  mutable std::mutex counters_mutex_;  // so that nobody who looks waits for the token
  SealCounters counters_;
};

}  // namespace kmaas::audit
