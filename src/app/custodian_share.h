// Shares of a PIN: what each of several custodians holds, of whom so many are needed together.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace kmaas::app {

inline constexpr std::size_t kSharedPinBytesMax = 64;
inline constexpr unsigned kCustodiansMax = 32;

// In the order of its bytes; all but `value` may be shown.
struct CustodianShare {
  std::array<std::uint8_t, 8> set{};  // shares of one split have the same
  std::uint8_t threshold = 0;
  std::uint8_t count = 0;
  std::uint8_t number = 0;  // 1 to count
  SecretBytes value;
  std::array<std::uint8_t, 16> mac{};  // under a key that is shared with the PIN
};

// Any `threshold` of `count` shares give the PIN back. kValidation for a PIN that is empty or too
// long, and unless 2 <= threshold <= count <= kCustodiansMax.
Result<std::vector<CustodianShare>> SplitPin(const SecretBytes& pin, unsigned threshold,
                                             unsigned count);

// Text to be typed or printed: "KMAAS-" and groups of five letters and digits (base32, RFC 4648),
// with a checksum. At most 255 bytes, in locked memory.
SecretBytes ArmourShare(const CustodianShare& share);
// Capitals or not, with blanks and hyphens anywhere. kValidation for a typing error, which the
// checksum shows, and for whatever else is no share.
Result<CustodianShare> ReadShare(ByteView text);

// kValidation unless they are `threshold` different shares of one split and none was altered: a
// share that somebody made up to give another PIN is refused, too. Which one it is cannot be told.
Result<SecretBytes> CombinePin(const std::vector<CustodianShare>& shares);

// Takes shares one after the other, from people who come one after the other.
class ShareCollection {
 public:
  // kValidation for a share that was given already, or that is of another split.
  Result<void> Add(CustodianShare share);
  std::size_t given() const { return shares_.size(); }
  std::size_t needed() const { return shares_.empty() ? 0 : shares_.front().threshold; }
  bool is_complete() const { return !shares_.empty() && given() >= needed(); }
  // The PIN. After an error all shares are forgotten: one of them is wrong.
  Result<SecretBytes> Take();

 private:
  std::vector<CustodianShare> shares_;
};

}  // namespace kmaas::app
