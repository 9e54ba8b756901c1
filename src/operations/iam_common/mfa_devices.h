// MFA devices of an account and of its users.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/call.h"
#include "identity/mfa.h"
#include "records/every_row.h"

namespace kmaas::operations {

inline constexpr std::size_t kMfaDevicesPerUserMax = 8;

Error NoSuchMfaDevice(const std::string& serial);

// Of an account, by name. `source` is the catalog or a transaction. There is no index by user: a
// device says whose it is, and an account has few.
template <class Source>
Result<std::vector<records::MfaDevice>> DevicesOfAccount(Source& source,
                                                         const std::string& account) {
  return records::EveryRow<records::MfaDevice>(source, records::AccountPrefix(account));
}

template <class Source>
Result<std::vector<records::MfaDevice>> DevicesOfUser(Source& source, const std::string& account,
                                                      const std::string& user_name) {
  KM_TRY(std::vector<records::MfaDevice> devices, DevicesOfAccount(source, account));
  std::erase_if(devices, [&](const records::MfaDevice& one) { return one.user_name != user_name; });
  return devices;
}

// The device of the caller's account with exactly this serial number; never null.
Result<std::shared_ptr<const records::MfaDevice>> FindDevice(const core::Call& call,
                                                             const std::string& serial);

// A device of the caller's account with its seed; kNotFound when there is none.
Result<identity::OpenedMfaDevice> OpenDevice(const core::Call& call, const std::string& serial);

// The device of this account with exactly this serial number, to be changed.
Result<records::MfaDevice> TakeDevice(records::Changes& changes, const std::string& account,
                                      const std::string& serial);

// Judges two codes in a row; the refusal, if any, is kInvalidAuthenticationCode.
std::optional<Error> JudgePair(records::MfaDevice& device, const SecretBytes& seed,
                               const std::string& first, const std::string& second, WallTime now);

}  // namespace kmaas::operations
