#include "identity/rollback_consent.h"

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "base/json_text.h"
#include "identity/consent_key.h"
#include "identity/sigv4_time.h"
#include "identity/strict_json.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kForm = "kmaas rollback consent v1";
constexpr std::size_t kReasonBytesMax = 1000;
// Clocks of two machines differ.
constexpr std::chrono::minutes kAhead{5};

Error Invalid(const std::string& why) {
  return {ErrorCode::kValidation, "not a consent of kmaas: " + why};
}

std::string Hex(const ports::StoreHead& head) { return HexEncode(head.digest); }

bool ReadNumber(const std::string& text, std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

template <std::size_t kSize>
bool ReadHex(const std::string& text, std::array<std::uint8_t, kSize>& out) {
  const auto bytes = HexDecode(text);
  if (!bytes || bytes->size() != kSize) return false;
  std::ranges::copy(*bytes, out.begin());
  return true;
}

bool ReadHead(simdjson::dom::object object, const std::string& name, ports::StoreHead& head) {
  std::string epoch;
  std::string digest;
  return TextMember(object, name + "_epoch", epoch) && ReadNumber(epoch, head.epoch) &&
         TextMember(object, name + "_digest", digest) && ReadHex(digest, head.digest);
}

void AddMember(std::string& out, std::string_view name, std::string_view text) {
  out += out.empty() ? "{\n  " : ",\n  ";
  AppendJsonString(out, name);
  out += ": ";
  AppendJsonString(out, text);
}

bool IsSame(const ports::StoreHead& one, const ports::StoreHead& other) {
  return one.epoch == other.epoch && one.digest == other.digest;
}

}  // namespace

crypto::Sha256Digest ConsentMac(const RollbackConsent& consent, const SecretBytes& secret) {
  const std::string time = FormatIso8601Basic(consent.time);
  Bytes covered;
  AppendField(covered, kForm);
  for (const std::string& text : {consent.access_key_id, time, consent.reason, consent.mfa_code})
    AppendField(covered, text);
  for (const ports::StoreHead& head : {consent.database, consent.remembered}) {
    AppendU64(covered, head.epoch);
    AppendField(covered, ByteView(head.digest));
  }
  const SecretBytes key = ConsentKey(secret, std::string_view(time).substr(0, 8), "restore");
  return crypto::HmacSha256(key.view(), covered);
}

std::string RenderConsent(const RollbackConsent& consent) {
  std::string out;
  AddMember(out, "form", kForm);
  AddMember(out, "access_key_id", consent.access_key_id);
  AddMember(out, "time", FormatIso8601Basic(consent.time));
  AddMember(out, "reason", consent.reason);
  AddMember(out, "mfa_code", consent.mfa_code);
  AddMember(out, "database_epoch", std::to_string(consent.database.epoch));
  AddMember(out, "database_digest", Hex(consent.database));
  AddMember(out, "remembered_epoch", std::to_string(consent.remembered.epoch));
  AddMember(out, "remembered_digest", Hex(consent.remembered));
  AddMember(out, "mac", HexEncode(consent.mac));
  return out + "\n}\n";
}

Result<RollbackConsent> ParseConsent(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (!ParseStrictly(parser, text, object)) return Invalid("it is no JSON object");
  RollbackConsent consent;
  std::string form;
  std::string time;
  std::string mac;
  if (!TextMember(object, "form", form) || form != kForm) return Invalid("its form is another");
  if (!TextMember(object, "access_key_id", consent.access_key_id) ||
      !TextMember(object, "reason", consent.reason) ||
      !TextMember(object, "mfa_code", consent.mfa_code) || !TextMember(object, "time", time) ||
      !TextMember(object, "mac", mac))
    return Invalid("a member is missing");
  const auto parsed = ParseBasicTime(time);
  if (!parsed) return Invalid("its time is none");
  consent.time = parsed->at;
  if (!ReadHead(object, "database", consent.database) ||
      !ReadHead(object, "remembered", consent.remembered) || !ReadHex(mac, consent.mac))
    return Invalid("a head or the MAC is none");
  if (consent.reason.empty() || consent.reason.size() > kReasonBytesMax || !IsUtf8(consent.reason))
    return Invalid("the reason must be a text of 1 to 1000 bytes");
  return consent;
}

std::optional<Error> RefuseConsent(const RollbackConsent& consent, const ports::StoreHead& database,
                                   const ports::StoreHead& remembered, WallTime now) {
  const auto refuse = [&](const std::string& why) {
    return Error{ErrorCode::kValidation,
                 "the consent by access key " + consent.access_key_id + " " + why};
  };
  if (!IsSame(consent.database, database))
    return refuse("is for a database of epoch " + std::to_string(consent.database.epoch) +
                  ", and this one is another");
  if (!IsSame(consent.remembered, remembered))
    return refuse("was given when token and audit trail remembered something else");
  if (consent.time > now + kAhead) return refuse("was given in the future");
  if (now - consent.time > kConsentValid) return refuse("has expired: it holds for one hour");
  return std::nullopt;
}

}  // namespace kmaas::identity
