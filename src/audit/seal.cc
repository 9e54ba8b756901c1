#include "audit/seal.h"

#include <algorithm>
#include <chrono>

#include "audit/line_scanner.h"
#include "base/encoding.h"
#include "base/iso8601.h"

namespace kmaas::audit {
namespace {

constexpr std::string_view kSignedLabel = "kmaas audit seal v1\n";
constexpr std::string_view kFirstLabel = "kmaas audit seals v1";
constexpr std::string_view kSeal = R"({"seal":)";
constexpr std::string_view kSignature = R"(,"signature":")";
constexpr std::string_view kEnd = R"("})";
constexpr std::string_view kVersionNumber = R"({"version":1,"number":)";
constexpr std::string_view kKind = R"(,"kind":")";
constexpr std::string_view kTime = R"(","time":")";
constexpr std::string_view kFirst = R"(","first":)";
constexpr std::string_view kLast = R"(,"last":)";
constexpr std::string_view kCount = R"(,"count":)";
constexpr std::string_view kHead = R"(,"head":")";
constexpr std::string_view kPrevious = R"(","previous":")";
constexpr std::string_view kInterval = R"(","intervalSeconds":)";
constexpr std::string_view kEpoch = R"(,"storeEpoch":)";
constexpr std::string_view kKey = R"(,"key":")";

constexpr std::int64_t kGraceSeconds = 60;

constexpr SealKind kKinds[] = {SealKind::kStart, SealKind::kRegular, SealKind::kStop,
                               SealKind::kRetired};

bool TakeKind(LineScanner& scanner, SealKind& kind) {
  std::string_view name;
  if (!scanner.Text(name)) return false;
  const auto* const found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                         [&](SealKind one) { return SealKindName(one) == name; });
  if (found == std::end(kKinds)) return false;
  kind = *found;
  return true;
}

bool TakeTime(LineScanner& scanner, std::string& time) {
  std::string_view text;
  if (!scanner.Text(text)) return false;
  time = text;
  return ParseIso8601(text).has_value();
}

bool TakeEpoch(LineScanner& scanner, std::optional<std::uint64_t>& epoch) {
  std::uint64_t number = 0;
  if (!scanner.Skip(kEpoch)) return true;
  if (!scanner.Number(number)) return false;
  epoch = number;
  return true;
}

bool TakeSeal(LineScanner& scanner, Seal& seal) {
  std::uint64_t count = 0;
  return scanner.Skip(kVersionNumber) && scanner.Number(seal.number) && seal.number != 0 &&
         scanner.Skip(kKind) && TakeKind(scanner, seal.kind) && scanner.Skip(kTime) &&
         TakeTime(scanner, seal.time) && scanner.Skip(kFirst) && scanner.Number(seal.first) &&
         scanner.Skip(kLast) && scanner.Number(seal.last) && scanner.Skip(kCount) &&
         scanner.Number(count) && seal.first != 0 && seal.first <= seal.last + 1 &&
         count == seal.count() && scanner.Skip(kHead) && scanner.Hex(seal.head) &&
         scanner.Skip(kPrevious) && scanner.Hex(seal.previous) && scanner.Skip(kInterval) &&
         scanner.Number(seal.interval_seconds) && TakeEpoch(scanner, seal.store_epoch) &&
         scanner.Skip(kKey) && scanner.Hex(seal.key) && scanner.Skip(kEnd);
}

}  // namespace

std::string_view SealKindName(SealKind kind) {
  switch (kind) {
    case SealKind::kStart:
      return "start";
    case SealKind::kRegular:
      return "regular";
    case SealKind::kStop:
      return "stop";
    case SealKind::kRetired:
      return "retired";
  }
  return "unknown";
}

crypto::Sha256Digest SealKeyId(ByteView public_key) { return crypto::Sha256(public_key); }

std::string RenderSeal(const Seal& seal) {
  std::string out(kVersionNumber);
  out += std::to_string(seal.number);
  out.append(kKind).append(SealKindName(seal.kind));
  out.append(kTime).append(seal.time);
  out.append(kFirst).append(std::to_string(seal.first));
  out.append(kLast).append(std::to_string(seal.last));
  out.append(kCount).append(std::to_string(seal.count()));
  out.append(kHead).append(HexEncode(seal.head));
  out.append(kPrevious).append(HexEncode(seal.previous));
  out.append(kInterval).append(std::to_string(seal.interval_seconds));
  if (seal.store_epoch) out.append(kEpoch).append(std::to_string(*seal.store_epoch));
  out.append(kKey).append(HexEncode(seal.key)).append(kEnd);
  return out;
}

crypto::Sha256Digest SealDigest(std::string_view text) {
  return crypto::Sha256(AsBytes(std::string(kSignedLabel).append(text)));
}

std::string RenderSealLine(std::string_view text, const SealSignature& signature) {
  std::string line(kSeal);
  line.append(text).append(kSignature).append(HexEncode(signature)).append(kEnd);
  return line;
}

crypto::Sha256Digest SealLineHash(std::string_view line) { return crypto::Sha256(AsBytes(line)); }

crypto::Sha256Digest BeforeFirstSeal() { return crypto::Sha256(AsBytes(kFirstLabel)); }

std::optional<std::int64_t> SecondsBetween(std::string_view from, std::string_view to) {
  const std::optional<WallTime> begin = ParseIso8601(from);
  const std::optional<WallTime> end = ParseIso8601(to);
  if (!begin || !end) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(*end - *begin).count();
}

bool IsOverdue(const Seal& seal, std::string_view now) {
  const auto interval = static_cast<std::int64_t>(seal.interval_seconds);
  return SecondsBetween(seal.time, now).value_or(0) > interval + kGraceSeconds;
}

std::optional<SealLine> ParseSealLine(std::string_view line) {
  SealLine parsed;
  LineScanner scanner(line);
  const bool has_form = scanner.Skip(kSeal) && TakeSeal(scanner, parsed.seal) &&
                        scanner.Skip(kSignature) && scanner.Hex(parsed.signature) &&
                        scanner.Skip(kEnd) && scanner.rest().empty();
  if (!has_form) return std::nullopt;
  parsed.text = RenderSeal(parsed.seal);
  return parsed;
}

}  // namespace kmaas::audit
