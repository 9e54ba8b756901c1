// What a token said of a user PIN, for all engines that have the same one.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

namespace kmaas::hsm {

struct Rv;

// Thread-safe. Several engines over one token (each in a worker process of its own) would each try
// a PIN that is wrong, and together lock the token: once one of them was refused, nobody tries.
class PinVerdict {
 public:
  // What `log_in` returns, one at a time; after a refusal that refusal, without a call.
  Rv Ask(const std::function<Rv()>& log_in);

 private:
  std::mutex mutex_;
  std::optional<unsigned long> refusal_;  // a CK_RV
};

}  // namespace kmaas::hsm
