// Virtual MFA devices: a code is judged once, and what it leaves on the device is the caller's to
// store, whatever the verdict.
#pragma once

#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "identity/sealed_secrets.h"
#include "records/catalog.h"

namespace kmaas::identity {

// As AWS makes them: 64 letters of base32.
inline constexpr std::size_t kMfaSeedBytes = 40;

enum class MfaVerdict {
  kAccepted,
  kWrong,   // no code of a step near now that is newer than the last one accepted
  kLocked,  // too many wrong ones: it was not looked at
};

// Both change the device, and only on their way to the store do they count: last_step and failures
// after kAccepted and kWrong, nothing after kLocked. A clock that is off by one step is tolerated.
// After kFreeFailures wrong codes in a row the device is locked, each time twice as long.
MfaVerdict JudgeCode(records::MfaDevice& device, const SecretBytes& seed, std::string_view code,
                     WallTime now);
// Two codes of steps that follow each other, the second one near now: for enabling and
// synchronising.
MfaVerdict JudgeCodePair(records::MfaDevice& device, const SecretBytes& seed,
                         std::string_view first, std::string_view second, WallTime now);

inline constexpr std::uint32_t kFreeFailures = 3;
inline constexpr std::chrono::seconds kFirstLock{30};
inline constexpr std::chrono::seconds kLongestLock{3600};

// A device as it was read, with its seed.
struct OpenedMfaDevice {
  std::shared_ptr<const records::MfaDevice> device;
  SecretBytes seed;
};

// The device with this serial number ("arn:aws:iam::ACCOUNT:mfa/path/name") in this account; its
// `device` is null when there is none.
Result<OpenedMfaDevice> OpenMfaDevice(records::Catalog& catalog, SealedSecrets& secrets,
                                      std::string_view account, std::string_view serial,
                                      Deadline deadline);

// The device again, inside a transaction. kConcurrentModification when it is gone or made anew
// since it was opened.
Result<records::MfaDevice> TakeMfaDevice(records::Changes& changes, const OpenedMfaDevice& opened);

}  // namespace kmaas::identity
