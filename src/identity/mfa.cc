#include "identity/mfa.h"

#include <algorithm>

#include "crypto/digest.h"
#include "identity/totp.h"
#include "records/find_by_arn.h"

namespace kmaas::identity {
namespace {

constexpr std::uint64_t kStepsOff = 1;

bool IsCode(ByteView seed, std::uint64_t step, std::string_view code) {
  return crypto::ConstantTimeEqual(AsBytes(code), AsBytes(TotpCode(seed, step)));
}

std::chrono::seconds LockAfter(std::uint32_t failures) {
  std::chrono::seconds lock = kFirstLock;
  for (std::uint32_t i = kFreeFailures + 1; i < failures && lock < kLongestLock; ++i) lock *= 2;
  return std::min(lock, kLongestLock);
}

MfaVerdict Conclude(records::MfaDevice& device, std::uint64_t accepted_step, WallTime now) {
  if (accepted_step > device.last_step) {
    device.last_step = accepted_step;
    device.failures = 0;
    device.locked_until = {};
    return MfaVerdict::kAccepted;
  }
  ++device.failures;
  if (device.failures > kFreeFailures) device.locked_until = now + LockAfter(device.failures);
  return MfaVerdict::kWrong;
}

}  // namespace

// All steps are tried, whichever fits: the time that it takes says nothing.
MfaVerdict JudgeCode(records::MfaDevice& device, const SecretBytes& seed, std::string_view code,
                     WallTime now) {
  if (now < device.locked_until) return MfaVerdict::kLocked;
  const std::uint64_t current = TotpStepAt(now);
  std::uint64_t accepted = 0;
  for (std::uint64_t step = current - kStepsOff; step <= current + kStepsOff; ++step) {
    if (IsCode(seed.view(), step, code)) accepted = step;
  }
  return Conclude(device, accepted, now);
}

MfaVerdict JudgeCodePair(records::MfaDevice& device, const SecretBytes& seed,
                         std::string_view first, std::string_view second, WallTime now) {
  if (now < device.locked_until) return MfaVerdict::kLocked;
  const std::uint64_t current = TotpStepAt(now);
  std::uint64_t accepted = 0;
  for (std::uint64_t step = current - kStepsOff; step <= current + kStepsOff; ++step) {
    const bool is_first = IsCode(seed.view(), step - 1, first) && step - 1 > device.last_step;
    const bool is_second = IsCode(seed.view(), step, second);
    if (is_first && is_second) accepted = step;
  }
  return Conclude(device, accepted, now);
}

Result<OpenedMfaDevice> OpenMfaDevice(records::Catalog& catalog, SealedSecrets& secrets,
                                      std::string_view account, std::string_view serial,
                                      Deadline deadline) {
  OpenedMfaDevice opened;
  KM_TRY(auto device, records::FindByArn<records::MfaDevice>(catalog, serial));
  if (!device || device->account != account) return opened;
  KM_TRY(opened.seed, secrets.Open(*device, deadline));
  opened.device = std::move(device);
  return opened;
}

Result<records::MfaDevice> TakeMfaDevice(records::Changes& changes, const OpenedMfaDevice& opened) {
  KM_TRY(std::optional<records::MfaDevice> device,
         changes.Get<records::MfaDevice>(
             records::MfaDeviceRow(opened.device->account, opened.device->name)));
  if (!device || device->sealed_seed != opened.device->sealed_seed) {
    return Error{ErrorCode::kConcurrentModification,
                 "The MFA device was changed at the same time. Try again."};
  }
  return *std::move(device);
}

}  // namespace kmaas::identity
