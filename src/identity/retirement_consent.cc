#include "identity/retirement_consent.h"

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "base/json_text.h"
#include "identity/consent_key.h"
#include "identity/sigv4_time.h"
#include "identity/strict_json.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kForm = "kmaas root retirement consent v1";
constexpr std::size_t kReasonBytesMax = 1000;
// Clocks of two machines differ.
constexpr std::chrono::minutes kAhead{5};

Error Invalid(const std::string& why) {
  return {ErrorCode::kValidation, "not a consent to retire roots of kmaas: " + why};
}

}  // namespace

crypto::Sha256Digest RetirementMac(const RetirementConsent& consent, const SecretBytes& secret) {
  const std::string time = FormatIso8601Basic(consent.time);
  Bytes covered;
  AppendField(covered, kForm);
  for (const std::string& text :
       {consent.access_key_id, time, consent.reason, consent.mfa_code, consent.token_serial})
    AppendField(covered, text);
  AppendU32(covered, consent.generation);
  const SecretBytes key = ConsentKey(secret, std::string_view(time).substr(0, 8), "retire-root");
  return crypto::HmacSha256(key.view(), covered);
}

std::string RenderRetirementConsent(const RetirementConsent& consent) {
  std::string out = "{";
  const auto member = [&out](std::string_view name, std::string_view text, bool last = false) {
    out += "\n  ";
    AppendJsonString(out, name);
    out += ": ";
    AppendJsonString(out, text);
    out += last ? "\n}\n" : ",";
  };
  member("form", kForm);
  member("access_key_id", consent.access_key_id);
  member("time", FormatIso8601Basic(consent.time));
  member("reason", consent.reason);
  member("mfa_code", consent.mfa_code);
  member("token_serial", consent.token_serial);
  member("root_generation", std::to_string(consent.generation));
  member("mac", HexEncode(consent.mac), /*last=*/true);
  return out;
}

Result<RetirementConsent> ParseRetirementConsent(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (!ParseStrictly(parser, text, object)) return Invalid("it is no JSON object");
  RetirementConsent consent;
  std::string form;
  std::string time;
  std::string generation;
  std::string mac;
  if (!TextMember(object, "form", form) || form != kForm) return Invalid("its form is another");
  if (!TextMember(object, "access_key_id", consent.access_key_id) ||
      !TextMember(object, "reason", consent.reason) ||
      !TextMember(object, "mfa_code", consent.mfa_code) ||
      !TextMember(object, "token_serial", consent.token_serial) ||
      !TextMember(object, "time", time) || !TextMember(object, "root_generation", generation) ||
      !TextMember(object, "mac", mac))
    return Invalid("a member is missing");
  const auto parsed = ParseBasicTime(time);
  if (!parsed) return Invalid("its time is none");
  consent.time = parsed->at;
  const char* end = generation.data() + generation.size();
  const auto [stop, failure] = std::from_chars(generation.data(), end, consent.generation);
  if (failure != std::errc() || stop != end) return Invalid("its generation is none");
  const auto tag = HexDecode(mac);
  if (!tag || tag->size() != consent.mac.size()) return Invalid("its MAC is none");
  std::ranges::copy(*tag, consent.mac.begin());
  if (consent.reason.empty() || consent.reason.size() > kReasonBytesMax || !IsUtf8(consent.reason))
    return Invalid("the reason must be a text of 1 to 1000 bytes");
  return consent;
}

std::optional<Error> RefuseRetirement(const RetirementConsent& consent,
                                      const std::string& token_serial, std::uint32_t generation,
                                      WallTime now) {
  const auto refuse = [&](const std::string& why) {
    return Error{ErrorCode::kValidation,
                 "the consent by access key " + consent.access_key_id + " " + why};
  };
  if (consent.token_serial != token_serial) return refuse("is for another token");
  if (consent.generation != generation)
    return refuse("is for generation " + std::to_string(consent.generation));
  if (consent.time > now + kAhead) return refuse("was given in the future");
  if (now - consent.time > kRetirementConsentValid)
    return refuse("has expired: it holds for one hour");
  return std::nullopt;
}

}  // namespace kmaas::identity
