#include "operations/crypto/data_key_pair.h"

#include <algorithm>
#include <semaphore>

#include "crypto/private_key.h"
#include "operations/crypto/data_key.h"

namespace kmaas::operations {
namespace {

// The primes of an RSA key take up to seconds of a processor, and the caller's thread waits:
// without bounds, a few callers would leave no thread to all others.
constexpr std::ptrdiff_t kRsaKeysAtATime = 2;
constexpr std::ptrdiff_t kRsaKeysWaitingMax = 4;
constexpr std::chrono::seconds kWaitMax{30};

// Holds a place of the process's until it goes.
class Place {
 public:
  static Result<Place> Take(const core::KeyCall& call) {
    if (!admitted_.try_acquire()) return Error{ErrorCode::kThrottling, ""};
    const SteadyTime now = call.services().clock.SteadyNow();
    const SteadyTime until = std::min(call.deadline().at, now + kWaitMax);
    if (at_work_.try_acquire_for(until - now)) return Place();
    admitted_.release();
    return Error{ErrorCode::kThrottling, ""};
  }
  Place(Place&& other) noexcept : held_(std::exchange(other.held_, false)) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (!held_) return;
    at_work_.release();
    admitted_.release();
  }

 private:
  Place() = default;
  static inline std::counting_semaphore<> admitted_{kRsaKeysAtATime + kRsaKeysWaitingMax};
  static inline std::counting_semaphore<> at_work_{kRsaKeysAtATime};
  bool held_ = true;
};

Result<crypto::PrivateKey> Generate(const core::KeyCall& call, domain::KeySpec spec) {
  if (domain::FactsOf(spec).family != domain::KeyFamily::kRsa)
    return crypto::PrivateKey::Generate(spec);
  KM_TRY(const Place place, Place::Take(call));
  return crypto::PrivateKey::Generate(spec);
}

}  // namespace

Result<DataKeyPair> MakeDataKeyPair(core::KeyCall& call, const std::string& spec,
                                    const domain::EncryptionContext& context) {
  KM_CHECK(RequireSymmetricKey(call));
  if (!call.key().custom_key_store_id.empty()) {
    return Error{ErrorCode::kUnsupportedOperation, call.key().arn() + " origin is " +
                                                       std::string(ToText(call.key().origin)) +
                                                       " which is not valid for this operation."};
  }
  const auto known = domain::FromText<domain::KeySpec>(spec);
  if (!known || !domain::IsAsymmetric(*known)) {
    return Error{ErrorCode::kUnsupportedOperation,
                 "KeyPairSpec " + spec + " is not supported by this server."};
  }
  KM_TRY(const crypto::PrivateKey key, Generate(call, *known));
  DataKeyPair pair{key.Pkcs8(), key.PublicKeyInfo(), {}};
  KM_TRY(pair.sealed, call.Seal(pair.private_key.view(), context));
  return pair;
}

}  // namespace kmaas::operations
