#include "audit/chain.h"

#include "audit/line_scanner.h"
#include "base/encoding.h"

namespace kmaas::audit {
namespace {

constexpr std::string_view kGenesisLabel = "kmaas audit trail v1";
constexpr std::string_view kSequence = R"({"seq":)";
constexpr std::string_view kPrevious = R"(,"prev":")";
constexpr std::string_view kHash = R"(","hash":")";
constexpr std::string_view kEvent = R"(","event":)";

}  // namespace

ChainHead Genesis() { return {0, crypto::Sha256(AsBytes(kGenesisLabel))}; }

crypto::Sha256Digest RecordHash(const crypto::Sha256Digest& previous, std::uint64_t sequence,
                                std::string_view event) {
  static thread_local Bytes covered;
  covered.clear();
  Append(covered, ByteView(previous));
  AppendU64(covered, sequence);
  Append(covered, event);
  return crypto::Sha256(covered);
}

void AppendRecord(std::string& out, ChainHead& head, std::string_view event) {
  const crypto::Sha256Digest previous = head.hash;
  ++head.sequence;
  head.hash = RecordHash(previous, head.sequence, event);
  out += kSequence;
  out += std::to_string(head.sequence);
  out += kPrevious;
  out += HexEncode(previous);
  out += kHash;
  out += HexEncode(head.hash);
  out += kEvent;
  out += event;
  out += "}\n";
}

std::optional<TrailLine> ParseLine(std::string_view line) {
  TrailLine parsed;
  LineScanner scanner(line);
  const bool has_form = scanner.Skip(kSequence) && scanner.Number(parsed.sequence) &&
                        parsed.sequence != 0 && scanner.Skip(kPrevious) &&
                        scanner.Hex(parsed.previous) && scanner.Skip(kHash) &&
                        scanner.Hex(parsed.hash) && scanner.Skip(kEvent);
  parsed.event = scanner.rest();
  if (!has_form || !parsed.event.starts_with('{') || !parsed.event.ends_with("}}"))
    return std::nullopt;
  parsed.event.remove_suffix(1);
  return parsed;
}

}  // namespace kmaas::audit
