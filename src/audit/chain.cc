#include "audit/chain.h"

#include <algorithm>
#include <charconv>

#include "base/encoding.h"

namespace kmaas::audit {
namespace {

constexpr std::string_view kGenesisLabel = "kmaas audit trail v1";
constexpr std::string_view kSequence = R"({"seq":)";
constexpr std::string_view kPrevious = R"(,"prev":")";
constexpr std::string_view kHash = R"(","hash":")";
constexpr std::string_view kEvent = R"(","event":)";

// Takes `expected` off the front of `rest`.
bool Skip(std::string_view& rest, std::string_view expected) {
  if (!rest.starts_with(expected)) return false;
  rest.remove_prefix(expected.size());
  return true;
}

bool TakeNumber(std::string_view& rest, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc() || rest.front() == '0') return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

bool TakeDigest(std::string_view& rest, crypto::Sha256Digest& digest) {
  const std::string_view text = rest.substr(0, digest.size() * 2);
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'F'; };
  const std::optional<Bytes> bytes = HexDecode(text);
  if (!bytes || bytes->size() != digest.size() || std::any_of(text.begin(), text.end(), is_upper))
    return false;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  rest.remove_prefix(text.size());
  return true;
}

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
  const bool has_form = Skip(line, kSequence) && TakeNumber(line, parsed.sequence) &&
                        Skip(line, kPrevious) && TakeDigest(line, parsed.previous) &&
                        Skip(line, kHash) && TakeDigest(line, parsed.hash) && Skip(line, kEvent);
  if (!has_form || !line.starts_with('{') || !line.ends_with("}}")) return std::nullopt;
  line.remove_suffix(1);
  parsed.event = line;
  return parsed;
}

}  // namespace kmaas::audit
