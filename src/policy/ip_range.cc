#include "policy/ip_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace kmaas::policy {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kMappedBits = 96;

std::optional<unsigned> ParsePrefix(std::string_view text, unsigned max) {
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), prefix);
  if (error != std::errc() || end != text.data() + text.size() || prefix > max) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return prefix;
}

std::optional<IpAddress> ParseAsWritten(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  IpAddress address;
  if (::inet_pton(AF_INET, terminated.data(), address.bytes.data()) == 1) return address;
  if (::inet_pton(AF_INET6, terminated.data(), address.bytes.data()) != 1) return std::nullopt;
  address.v6 = true;
  return address;
}

bool IsMapped(const IpAddress& address) {
  return address.v6 && std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin());
}

IpAddress Unmapped(const IpAddress& address) {
  IpAddress v4;
  std::copy(address.bytes.begin() + kMapped.size(), address.bytes.end(), v4.bytes.begin());
  return v4;
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const auto address = ParseAsWritten(text);
  return address && IsMapped(*address) ? Unmapped(*address) : address;
}

std::optional<IpRange> IpRange::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = ParseAsWritten(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpRange range;
  range.base_ = *address;
  range.prefix_ = address->v6 ? 128 : 32;
  if (slash != std::string_view::npos) {
    const auto prefix = ParsePrefix(text.substr(slash + 1), range.prefix_);
    if (!prefix) return std::nullopt;
    range.prefix_ = *prefix;
  }
  if (IsMapped(range.base_) && range.prefix_ >= kMappedBits) {
    range.base_ = Unmapped(range.base_);
    range.prefix_ -= kMappedBits;
  }
  return range;
}

bool IpRange::Contains(const IpAddress& address) const {
  if (address.v6 != base_.v6) return false;
  const std::size_t whole = prefix_ / 8;
  if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + whole, address.bytes.begin()))
    return false;
  const unsigned rest = prefix_ % 8;
  if (rest == 0) return true;
  const unsigned differing = base_.bytes.at(whole) ^ address.bytes.at(whole);
  return (differing >> (8U - rest)) == 0;
}

}  // namespace kmaas::policy
