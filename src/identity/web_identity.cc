#include "identity/web_identity.h"

#include <algorithm>

namespace kmaas::identity {
namespace {

constexpr std::size_t kVerifiedMax = 4096;
constexpr std::size_t kVerifiedBytesMax = std::size_t{16} << 20U;
constexpr std::chrono::seconds kLeeway{60};
constexpr std::size_t kSubjectBytesMax = 255;  // OpenID Connect Core, section 2
constexpr std::string_view kScheme = "https://";

Error Invalid(std::string message, std::string detail = {}) {
  return {ErrorCode::kInvalidIdentityToken, std::move(message), std::move(detail)};
}

bool Contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

WallTime ToTime(std::int64_t seconds) {
  constexpr std::int64_t kMillis = 1000;
  return FromEpochMillis(seconds * kMillis);
}

// The audience that counts: azp where the token has one, as it must when it has several audiences.
// OpenID Connect Core section 3.1.3.7.
Result<std::string> CheckAudience(const Jwt& token, const Issuer& issuer) {
  const auto found = token.texts.find("aud");
  if (found == token.texts.end()) return Invalid("Missing a required claim: aud");
  const std::vector<std::string>& audiences = found->second;
  const auto ours = std::find_if(audiences.begin(), audiences.end(), [&](const std::string& one) {
    return Contains(issuer.audiences, one);
  });
  const bool has_party = token.texts.count("azp") != 0 || token.numbers.count("azp") != 0;
  const std::string_view party = token.Text("azp");
  if (ours == audiences.end() || (audiences.size() > 1 && !has_party) ||
      (has_party && !Contains(issuer.audiences, party)))
    return Invalid("Incorrect token audience");
  return has_party ? std::string(party) : *ours;
}

std::optional<WallTime> SecondFactor(const Jwt& token, const Issuer& issuer, WallTime issued) {
  const auto methods = token.texts.find("amr");
  const bool by_method =
      methods != token.texts.end() &&
      std::any_of(methods->second.begin(), methods->second.end(),
                  [&](const std::string& one) { return Contains(issuer.mfa_amr, one); });
  const std::string_view context = token.Text("acr");
  if (!by_method && (context.empty() || !Contains(issuer.mfa_acr, context))) return std::nullopt;
  const auto shown = token.numbers.find("auth_time");
  return shown == token.numbers.end() ? issued : ToTime(shown->second);
}

Result<WallTime> RequiredTime(const Jwt& token, const std::string& name) {
  const auto found = token.numbers.find(name);
  if (found == token.numbers.end()) return Invalid("Missing a required claim: " + name);
  return ToTime(found->second);
}

Result<ports::WebIdentity> ReadIdentity(const Jwt& token, const Issuer& issuer) {
  ports::WebIdentity who;
  who.issuer = issuer.url;
  who.provider = issuer.url.substr(kScheme.size());
  who.subject = token.Text("sub");
  if (who.subject.empty() || who.subject.size() > kSubjectBytesMax)
    return Invalid("Missing a required claim: sub");
  KM_TRY(who.audience, CheckAudience(token, issuer));
  KM_TRY(who.issued, RequiredTime(token, "iat"));
  KM_TRY(who.expires, RequiredTime(token, "exp"));
  who.mfa_time = SecondFactor(token, issuer, who.issued);
  who.claims = token.texts;
  return who;
}

}  // namespace

struct WebIdentities::Known {
  explicit Known(Issuer configured) : issuer(std::move(configured)) {}
  std::shared_ptr<const KeySet> Keys() {
    const std::lock_guard lock(mutex);
    return keys;
  }

  const Issuer issuer;
  std::mutex mutex;
  std::shared_ptr<const KeySet> keys;
};

struct WebIdentities::Verified {
  std::string token;
  Known* issuer = nullptr;
  std::shared_ptr<const KeySet> keys;  // under which it holds
  WallTime not_before{};               // the latest of nbf, iat and auth_time
  std::shared_ptr<const ports::WebIdentity> identity;
};

WebIdentities::WebIdentities(std::vector<Issuer> issuers, const Clock& clock)
    : clock_(clock), cache_(kVerifiedMax, kVerifiedBytesMax) {
  for (Issuer& issuer : issuers) issuers_.push_back(std::make_unique<Known>(std::move(issuer)));
}

WebIdentities::~WebIdentities() = default;

WebIdentities::Known* WebIdentities::Find(std::string_view issuer_url) {
  for (const auto& known : issuers_)
    if (known->issuer.url == issuer_url) return known.get();
  return nullptr;
}

Result<void> WebIdentities::SetKeys(std::string_view issuer_url, std::string_view jwks) {
  Known* known = Find(issuer_url);
  if (known == nullptr) return Error{ErrorCode::kValidation, "there is no such issuer"};
  KM_TRY(std::shared_ptr<const KeySet> keys, KeySet::Parse(jwks));
  const std::lock_guard lock(known->mutex);
  known->keys = std::move(keys);
  return {};
}

Result<std::shared_ptr<const WebIdentities::Verified>> WebIdentities::CheckSignature(
    std::string_view text) {
  if (auto cached = cache_.Find(text)) {
    if (cached->issuer->Keys() == cached->keys) return cached;
    cache_.Drop(text);
  }
  const std::optional<Jwt> token = ParseJwt(text);
  if (!token) return Invalid("The ID Token provided is not a valid JWT.");
  Known* known = Find(token->Text("iss"));
  if (known == nullptr) return Invalid("No OpenIDConnect provider is configured for this issuer.");
  const std::shared_ptr<const KeySet> keys = known->Keys();
  if (keys == nullptr)
    return Error{ErrorCode::kIdpCommunication, "The keys of the identity provider are not there."};
  if (!keys->Signed(*token))
    return Invalid("Couldn't verify the signature of the ID Token.",
                   keys->Knows(token->key_id) ? "signature" : "no key has this kid");
  KM_TRY(ports::WebIdentity who, ReadIdentity(*token, known->issuer));
  WallTime not_before = who.issued;
  for (const char* name : {"nbf", "auth_time"}) {
    const auto found = token->numbers.find(name);
    if (found != token->numbers.end()) not_before = std::max(not_before, ToTime(found->second));
    if (token->texts.count(name) != 0) return Invalid("The ID Token provided is not a valid JWT.");
  }
  return cache_.Keep(std::make_shared<const Verified>(
      Verified{std::string(text), known, keys, not_before,
               std::make_shared<const ports::WebIdentity>(std::move(who))}));
}

Result<std::shared_ptr<const ports::WebIdentity>> WebIdentities::Verify(std::string_view token) {
  KM_TRY(const std::shared_ptr<const Verified> verified, CheckSignature(token));
  const WallTime now = clock_.Now();
  if (now - kLeeway >= verified->identity->expires) {
    cache_.Drop(token);
    return Error{ErrorCode::kExpiredIdentityToken,
                 "Token expired: current date/time must be before the expiration date/time"};
  }
  if (now + kLeeway < verified->not_before) return Invalid("The ID Token is not valid yet.");
  return verified->identity;
}

}  // namespace kmaas::identity
