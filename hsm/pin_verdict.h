// What a token said of a user PIN, for all engines that have the same one.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace kmaas::hsm {

struct Rv;

// Where a refusal is kept beyond the process: a server that is started again and again would try
// the same PIN each time. Called under the verdict's lock.
class PinMemory {
 public:
  virtual ~PinMemory() = default;
  // The CK_RV with which this very PIN was refused before.
  virtual std::optional<unsigned long> Refusal() const = 0;
  virtual void NoteRefusal(unsigned long code) = 0;
};

// Thread-safe. Several engines over one token (each in a worker process of its own) would each try
// a PIN that is wrong, and together lock the token: once one of them was refused, nobody tries.
class PinVerdict {
 public:
  // Without a memory it is known until the end of the process.
  explicit PinVerdict(std::unique_ptr<PinMemory> memory = nullptr);
  // What `log_in` returns, one at a time; after a refusal that refusal, without a call.
  Rv Ask(const std::function<Rv()>& log_in);

 private:
  const std::unique_ptr<PinMemory> memory_;
  std::mutex mutex_;
  std::optional<unsigned long> refusal_;  // a CK_RV
};

}  // namespace kmaas::hsm
