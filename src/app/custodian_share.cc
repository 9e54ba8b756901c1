#include "app/custodian_share.h"

#include <algorithm>
#include <span>
#include <utility>

#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/secret_sharing.h"

namespace kmaas::app {
namespace {

constexpr std::uint8_t kForm = 1;
constexpr std::size_t kHeadBytes = 12;
constexpr std::size_t kMacKeyBytes = 16;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kPadTo = 16;  // so that a share does not say how long the PIN is
constexpr std::size_t kValueBytesMin = kPadTo + kMacKeyBytes;
constexpr std::size_t kValueBytesMax = kPadTo * 5 + kMacKeyBytes;
constexpr std::string_view kMacLabel = "kmaas custodian share mac v1";
constexpr std::string_view kChecksumLabel = "kmaas custodian share checksum v1";
constexpr std::string_view kPrefix = "KMAAS";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kGroup = 5;

Error Refused(const std::string& what) { return {ErrorCode::kValidation, what}; }

// Length, PIN, padding; then the key of the MACs.
SecretBytes Payload(const SecretBytes& pin) {
  const std::size_t padded = (1 + pin.size() + kPadTo - 1) / kPadTo * kPadTo;
  SecretBytes payload(padded + kMacKeyBytes);
  payload.span()[0] = static_cast<std::uint8_t>(pin.size());
  std::copy(pin.view().begin(), pin.view().end(), payload.span().begin() + 1);
  crypto::ProcessRandom(payload.span().subspan(padded));
  return payload;
}

void WriteHead(const CustodianShare& share, MutableByteView out) {
  out[0] = kForm;
  out[1] = share.threshold;
  out[2] = share.count;
  out[3] = share.number;
  std::copy(share.set.begin(), share.set.end(), out.begin() + 4);
}

std::array<std::uint8_t, 16> MacOf(const CustodianShare& share, ByteView key) {
  SecretBytes text(kMacLabel.size() + kHeadBytes + share.value.size());
  std::copy(kMacLabel.begin(), kMacLabel.end(), text.span().begin());
  WriteHead(share, text.span().subspan(kMacLabel.size()));
  std::copy(share.value.view().begin(), share.value.view().end(),
            text.span().begin() + kMacLabel.size() + kHeadBytes);
  const crypto::Sha256Digest tag = crypto::HmacSha256(key, text.view());
  std::array<std::uint8_t, 16> mac{};
  std::copy_n(tag.begin(), mac.size(), mac.begin());
  return mac;
}

std::array<std::uint8_t, kChecksumBytes> ChecksumOf(ByteView bytes) {
  crypto::Sha256Stream stream;
  stream.Update(AsBytes(kChecksumLabel));
  stream.Update(bytes);
  const crypto::Sha256Digest digest = stream.Finish();
  std::array<std::uint8_t, kChecksumBytes> checksum{};
  std::copy_n(digest.begin(), checksum.size(), checksum.begin());
  return checksum;
}

SecretBytes Base32(ByteView bytes) {
  const std::size_t letters = (bytes.size() * 8 + 4) / 5;
  SecretBytes text(kPrefix.size() + letters + (letters + kGroup - 1) / kGroup);
  auto out = std::copy(kPrefix.begin(), kPrefix.end(), text.span().begin());
  for (std::size_t letter = 0; letter < letters; ++letter) {
    if (letter % kGroup == 0) *out++ = '-';
    unsigned value = 0;
    for (std::size_t bit = letter * 5; bit < letter * 5 + 5; ++bit) {
      const unsigned one = bit / 8 < bytes.size() ? (bytes[bit / 8] >> (7 - bit % 8)) & 1U : 0;
      value = value << 1U | one;
    }
    *out++ = static_cast<std::uint8_t>(kAlphabet[value]);
  }
  return text;
}

// The letters of a text as numbers, without blanks and hyphens; empty when one is none.
SecretBytes Letters(ByteView text) {
  SecretBytes letters(text.size());
  std::size_t size = 0;
  for (const std::uint8_t byte : text) {
    const char c = static_cast<char>(byte);
    if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
    const char capital = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const std::size_t value = kAlphabet.find(capital);
    if (value == std::string_view::npos) return {};
    letters.span()[size++] = static_cast<std::uint8_t>(value);
  }
  return SecretBytes(letters.view().first(size));
}

// The bytes behind the prefix; empty when there are none, or bits are left that are not zero.
SecretBytes FromBase32(ByteView text) {
  const SecretBytes letters = Letters(text);
  const SecretBytes prefix = Letters(AsBytes(kPrefix));
  if (letters.size() <= prefix.size() ||
      !std::equal(prefix.view().begin(), prefix.view().end(), letters.view().begin()))
    return {};
  const ByteView rest = letters.view().subspan(prefix.size());
  SecretBytes bytes(rest.size() * 5 / 8);
  for (std::size_t bit = 0; bit < rest.size() * 5; ++bit) {
    const unsigned one = (rest[bit / 5] >> (4 - bit % 5)) & 1U;
    if (bit / 8 < bytes.size()) {
      bytes.span()[bit / 8] = static_cast<std::uint8_t>(bytes.view()[bit / 8] << 1U | one);
    } else if (one != 0) {
      return {};
    }
  }
  return bytes;
}

bool IsOneSplit(const CustodianShare& one, const CustodianShare& other) {
  return one.set == other.set && one.threshold == other.threshold && one.count == other.count &&
         one.value.size() == other.value.size();
}

Error Altered() {
  return Refused(
      "the shares do not fit each other: one of them was altered, or is of another split that "
      "looks the same. Which one cannot be told; begin anew with other custodians");
}

}  // namespace

Result<std::vector<CustodianShare>> SplitPin(const SecretBytes& pin, unsigned threshold,
                                             unsigned count) {
  if (pin.empty() || pin.size() > kSharedPinBytesMax)
    return Refused("a PIN that is split has 1 to 64 bytes");
  if (threshold < 2 || threshold > count || count > kCustodiansMax)
    return Refused(
        "the threshold is at least 2 and at most the number of shares, which is at "
        "most 32");
  const SecretBytes payload = Payload(pin);
  const ByteView mac_key = payload.view().last(kMacKeyBytes);
  std::array<std::uint8_t, 8> set{};
  crypto::ProcessRandom(set);
  std::vector<SecretBytes> values = crypto::SplitSecret(payload.view(), threshold, count);
  std::vector<CustodianShare> shares;
  for (SecretBytes& value : values) {
    CustodianShare share;
    share.set = set;
    share.threshold = static_cast<std::uint8_t>(threshold);
    share.count = static_cast<std::uint8_t>(count);
    share.number = static_cast<std::uint8_t>(shares.size() + 1);
    share.value = std::move(value);
    share.mac = MacOf(share, mac_key);
    shares.push_back(std::move(share));
  }
  return shares;
}

SecretBytes ArmourShare(const CustodianShare& share) {
  const std::size_t covered = kHeadBytes + share.value.size() + share.mac.size();
  SecretBytes bytes(covered + kChecksumBytes);
  WriteHead(share, bytes.span());
  auto out = std::copy(share.value.view().begin(), share.value.view().end(),
                       bytes.span().begin() + kHeadBytes);
  out = std::copy(share.mac.begin(), share.mac.end(), out);
  const auto checksum = ChecksumOf(bytes.view().first(covered));
  std::copy(checksum.begin(), checksum.end(), out);
  return Base32(bytes.view());
}

Result<CustodianShare> ReadShare(ByteView text) {
  const SecretBytes bytes = FromBase32(text);
  CustodianShare share;
  const std::size_t around = kHeadBytes + share.mac.size() + kChecksumBytes;
  if (bytes.size() < around + kValueBytesMin || bytes.size() > around + kValueBytesMax)
    return Refused(
        "this is no share: it begins with KMAAS and has groups of five letters and "
        "digits; is all of it there?");
  const ByteView covered = bytes.view().first(bytes.size() - kChecksumBytes);
  if (!crypto::ConstantTimeEqual(bytes.view().last(kChecksumBytes), ChecksumOf(covered)))
    return Refused("the checksum of the share does not match: there is a typing error in it");
  share.threshold = covered[1];
  share.count = covered[2];
  share.number = covered[3];
  std::copy_n(covered.begin() + 4, share.set.size(), share.set.begin());
  const bool fits = covered[0] == kForm && share.threshold >= 2 && share.threshold <= share.count &&
                    share.count <= kCustodiansMax && share.number >= 1 &&
                    share.number <= share.count;
  if (!fits) return Refused("the share is of a form that this program does not know");
  share.value =
      SecretBytes(covered.subspan(kHeadBytes, covered.size() - kHeadBytes - share.mac.size()));
  std::copy_n(covered.end() - static_cast<std::ptrdiff_t>(share.mac.size()), share.mac.size(),
              share.mac.begin());
  return share;
}

Result<SecretBytes> CombinePin(const std::vector<CustodianShare>& shares) {
  if (shares.empty()) return Refused("no share was given");
  const std::size_t needed = shares.front().threshold;
  if (shares.size() != needed)
    return Refused(std::to_string(needed) + " shares are needed, and " +
                   std::to_string(shares.size()) + " were given");
  std::vector<crypto::SharePoint> points;
  for (const CustodianShare& share : shares) {
    const auto is_same = [&](const crypto::SharePoint& one) { return one.place == share.number; };
    if (!IsOneSplit(share, shares.front())) return Refused("the shares are of different splits");
    if (std::any_of(points.begin(), points.end(), is_same))
      return Refused("share " + std::to_string(share.number) + " was given twice");
    points.push_back({share.number, share.value.view()});
  }
  const SecretBytes payload = crypto::CombineShares(points);
  const ByteView mac_key = payload.view().last(kMacKeyBytes);
  bool fits = true;
  for (const CustodianShare& share : shares)
    fits = crypto::ConstantTimeEqual(share.mac, MacOf(share, mac_key)) && fits;
  const std::size_t size = payload.view()[0];
  if (!fits || size == 0 || 1 + size + kMacKeyBytes > payload.size()) return Altered();
  return SecretBytes(payload.view().subspan(1, size));
}

Result<void> ShareCollection::Add(CustodianShare share) {
  if (!shares_.empty() && !IsOneSplit(share, shares_.front()))
    return Refused("the share is of another split than those that were given");
  for (const CustodianShare& given : shares_)
    if (given.number == share.number)
      return Refused("share " + std::to_string(share.number) + " was given already");
  shares_.push_back(std::move(share));
  return {};
}

Result<SecretBytes> ShareCollection::Take() {
  const std::vector<CustodianShare> taken = std::exchange(shares_, {});
  return CombinePin(taken);
}

}  // namespace kmaas::app
