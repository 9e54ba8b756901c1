#include "attestation/document.h"

#include <algorithm>
#include <limits>
#include <set>

#include "attestation/cbor_reader.h"

namespace kmaas::attestation {
namespace {

// AWS has certificates of at most 1024 bytes; issuers of one's own may need more.
constexpr std::size_t kCertificateBytesMax = 4096;
constexpr std::size_t kCertificatesMax = 16;
constexpr std::size_t kUserBytesMax = 1024;  // public_key, user_data and nonce
constexpr std::size_t kModuleIdBytesMax = 256;
constexpr std::size_t kMembersMax = 32;
constexpr std::size_t kPcrBytes = 48;
constexpr unsigned kEnclavePcrs = 32;
constexpr unsigned kTpmPcrs = 24;
constexpr std::string_view kDigest = "SHA384";
constexpr std::uint64_t kMillisMax = std::numeric_limits<std::int64_t>::max();

bool ReadModuleId(CborReader& reader, std::string& module_id) {
  const auto text = reader.TakeText();
  if (!text || text->empty() || text->size() > kModuleIdBytesMax) return false;
  module_id = *text;
  return std::all_of(text->begin(), text->end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool ReadTimestamp(CborReader& reader, WallTime& timestamp) {
  const auto millis = reader.TakeUnsigned();
  if (!millis || *millis == 0 || *millis > kMillisMax) return false;
  timestamp = FromEpochMillis(static_cast<std::int64_t>(*millis));
  return true;
}

bool ReadPcrs(CborReader& reader, unsigned registers, std::map<unsigned, Bytes>& pcrs) {
  auto items = reader.TakeMap();
  if (!items || !pcrs.empty()) return false;
  while (reader.Follows(*items)) {
    const auto index = reader.TakeUnsigned();
    const auto value = reader.TakeBytes();
    if (!index || *index >= registers || !value || value->size() != kPcrBytes ||
        !pcrs.emplace(static_cast<unsigned>(*index), ToBytes(*value)).second)
      return false;
  }
  return !pcrs.empty();
}

bool ReadCertificate(CborReader& reader, ByteView& certificate) {
  const auto der = reader.TakeBytes();
  if (!der || der->empty() || der->size() > kCertificateBytesMax) return false;
  certificate = *der;
  return true;
}

bool ReadCabundle(CborReader& reader, std::vector<ByteView>& cabundle) {
  auto items = reader.TakeArray();
  if (!items) return false;
  while (reader.Follows(*items)) {
    if (cabundle.size() == kCertificatesMax || !ReadCertificate(reader, cabundle.emplace_back()))
      return false;
  }
  return !cabundle.empty();
}

bool ReadUserBytes(CborReader& reader, ByteView& content) {
  if (reader.TakeNull()) return true;
  const auto bytes = reader.TakeBytes();
  if (!bytes || bytes->size() > kUserBytesMax) return false;
  content = *bytes;
  return true;
}

bool ReadMember(std::string_view name, CborReader& reader, Document& document) {
  ByteView passed_over;
  if (name == "module_id") return ReadModuleId(reader, document.module_id);
  if (name == "digest") return reader.TakeText() == kDigest;
  if (name == "timestamp") return ReadTimestamp(reader, document.timestamp);
  if (name == "pcrs") return ReadPcrs(reader, kEnclavePcrs, document.pcrs);
  if (name == "nitrotpm_pcrs") {
    document.nitro_tpm = true;
    return ReadPcrs(reader, kTpmPcrs, document.pcrs);
  }
  if (name == "certificate") return ReadCertificate(reader, document.certificate);
  if (name == "cabundle") return ReadCabundle(reader, document.cabundle);
  if (name == "public_key") return ReadUserBytes(reader, document.public_key);
  if (name == "user_data" || name == "nonce") return ReadUserBytes(reader, passed_over);
  return reader.Skip();
}

}  // namespace

std::optional<Document> Document::Parse(ByteView payload) {
  CborReader reader(payload);
  Document document;
  std::set<std::string_view> seen;
  auto members = reader.TakeMap();
  if (!members) return std::nullopt;
  while (reader.Follows(*members)) {
    const auto name = reader.TakeText();
    if (!name || seen.size() == kMembersMax || !seen.insert(*name).second ||
        !ReadMember(*name, reader, document))
      return std::nullopt;
  }
  const auto is_missing = [&](std::string_view name) { return !seen.contains(name); };
  if (!reader.done() || is_missing("module_id") || is_missing("digest") ||
      is_missing("timestamp") || document.pcrs.empty() || is_missing("certificate") ||
      is_missing("cabundle"))
    return std::nullopt;
  return document;
}

}  // namespace kmaas::attestation
