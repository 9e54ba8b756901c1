// Addresses of IPv4 and IPv6, and ranges of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kmaas::policy {

// An IPv4 address that is written as an IPv6 one (::ffff:203.0.113.7) is the IPv4 address: a
// listener for both families reports it so, and no rule may be passed by that.
struct IpAddress {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // IPv4: the first four

  static std::optional<IpAddress> Parse(std::string_view text);
};

class IpRange {
 public:
  // "203.0.113.0/24", "2001:db8::/32", or one address. Bits behind the prefix do not count.
  static std::optional<IpRange> Parse(std::string_view text);

  bool Contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  unsigned prefix_ = 0;
};

}  // namespace kmaas::policy
