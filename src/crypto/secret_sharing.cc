#include "crypto/secret_sharing.h"

#include "crypto/aead.h"

namespace kmaas::crypto {
namespace {

// No table and no branch: neither caches nor time know the factors.
std::uint8_t Multiply(std::uint8_t left, std::uint8_t right) {
  constexpr unsigned kReduction = 0x1b;  // x^8 = x^4 + x^3 + x + 1
  unsigned factor = left;
  unsigned product = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    product ^= factor & (0U - ((right >> bit) & 1U));
    factor = ((factor << 1U) ^ (kReduction & (0U - (factor >> 7U)))) & 0xffU;
  }
  return static_cast<std::uint8_t>(product);
}

// The 254th power (Fermat); zero stays zero.
std::uint8_t Invert(std::uint8_t value) {
  std::uint8_t power = value;
  std::uint8_t inverse = 1;
  for (unsigned bit = 1; bit < 8; ++bit) {
    power = Multiply(power, power);
    inverse = Multiply(inverse, power);
  }
  return inverse;
}

std::uint8_t Add(std::uint8_t left, std::uint8_t right) {
  return static_cast<std::uint8_t>(left ^ right);
}

// What the value at this point counts at zero (Lagrange).
std::uint8_t Weight(std::span<const SharePoint> points, const SharePoint& point) {
  std::uint8_t weight = 1;
  for (const SharePoint& other : points) {
    if (other.place == point.place) continue;
    weight = Multiply(weight, Multiply(other.place, Invert(Add(other.place, point.place))));
  }
  return weight;
}

}  // namespace

std::vector<SecretBytes> SplitSecret(ByteView secret, unsigned threshold, unsigned shares) {
  SecretBytes coefficients((threshold - 1) * secret.size());
  if (!coefficients.empty()) ProcessRandom(coefficients.span());
  std::vector<SecretBytes> split;
  split.reserve(shares);
  for (unsigned place = 1; place <= shares; ++place) {
    const auto x = static_cast<std::uint8_t>(place);
    SecretBytes& share = split.emplace_back(secret.size());
    for (std::size_t byte = 0; byte < secret.size(); ++byte) {
      std::uint8_t value = 0;
      for (unsigned degree = threshold - 1; degree > 0; --degree)
        value = Multiply(Add(value, coefficients.view()[(degree - 1) * secret.size() + byte]), x);
      share.span()[byte] = Add(value, secret[byte]);
    }
  }
  return split;
}

SecretBytes CombineShares(std::span<const SharePoint> points) {
  SecretBytes secret(points.empty() ? 0 : points.front().value.size());
  for (const SharePoint& point : points) {
    const std::uint8_t weight = Weight(points, point);
    for (std::size_t byte = 0; byte < secret.size(); ++byte)
      secret.span()[byte] = Add(secret.view()[byte], Multiply(weight, point.value[byte]));
  }
  return secret;
}

}  // namespace kmaas::crypto
