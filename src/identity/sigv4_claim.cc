#include "identity/sigv4_claim.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTokenParameter = "X-Amz-Security-Token";
constexpr std::size_t kEchoedBytesMax = 200;
constexpr std::chrono::seconds kExpiresMax{604800};

struct HeaderSlot {
  std::string_view name;
  std::optional<std::string_view> SigningFields::*field;
};
constexpr std::array<HeaderSlot, 7> kSlots = {{
    {"authorization", &SigningFields::authorization},
    {"host", &SigningFields::host},
    {"x-amz-date", &SigningFields::amz_date},
    {"date", &SigningFields::date},
    {"x-amz-target", &SigningFields::target},
    {"x-amz-content-sha256", &SigningFields::content_sha256},
    {"x-amz-security-token", &SigningFields::security_token},
}};

Error Incomplete(std::string message) {
  return {ErrorCode::kIncompleteSignature, std::move(message)};
}

// What the caller sent, cut to a length that an error may have.
std::string Echo(std::string_view text) {
  return "'" + std::string(text.substr(0, kEchoedBytesMax)) + "'";
}

// An Authorization header is named by its digest: it may hold a signature that still counts.
std::string Digested(std::string_view authorization) {
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes(authorization));
  return "(Hashed with SHA-256 and encoded with Base64) Authorization=" + Base64Encode(digest);
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

Result<CredentialScope> ReadScope(std::string_view credential) {
  const auto malformed = [&] {
    return Incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got " +
        Echo(credential));
  };
  std::array<std::string_view, 5> parts;
  std::string_view rest = credential;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t slash = rest.find('/');
    if ((slash == std::string_view::npos) != (i + 1 == parts.size())) return malformed();
    parts[i] = rest.substr(0, slash);
    if (parts[i].empty()) return malformed();
    if (i + 1 < parts.size()) rest.remove_prefix(slash + 1);
  }
  return CredentialScope{parts[0], parts[1], parts[2],
                         parts[3], parts[4], credential.substr(parts[0].size() + 1)};
}

Result<SigningTime> ReadBasicTime(std::string_view text) {
  if (const auto time = ParseBasicTime(text)) return *time;
  return Incomplete("Date must be in ISO-8601 'basic format'. Got " + Echo(text) +
                    ". See http://en.wikipedia.org/wiki/ISO_8601");
}

Result<SigningTime> ReadHeaderTime(const SigningFields& fields) {
  if (fields.amz_date) return ReadBasicTime(*fields.amz_date);
  if (const auto time = ParseHttpDate(*fields.date)) return *time;
  return ReadBasicTime(*fields.date);
}

// Without data: not there. With data and no length: there, and empty.
struct AuthorizationParts {
  std::string_view credential;
  std::string_view signed_headers;
  std::string_view signature;
};

// One "Name=value" of the header into its place.
Result<void> ReadPart(std::string_view one, std::string_view header, AuthorizationParts& parts) {
  const std::size_t equals = one.find('=');
  if (equals == std::string_view::npos) {
    return Incomplete("Invalid key=value pair (missing equal-sign) in Authorization header. " +
                      Digested(header));
  }
  const std::string_view name = one.substr(0, equals);
  std::string_view* part = name == "Credential"      ? &parts.credential
                           : name == "SignedHeaders" ? &parts.signed_headers
                           : name == "Signature"     ? &parts.signature
                                                     : nullptr;
  if (part == nullptr || part->data() != nullptr) {
    return Incomplete("Authorization header has an unknown or repeated parameter. " +
                      Digested(header));
  }
  *part = one.substr(equals + 1);
  return {};
}

Result<AuthorizationParts> SplitAuthorization(std::string_view header) {
  const std::size_t blank = std::min(header.find_first_of(" \t"), header.size());
  const std::string_view algorithm = header.substr(0, blank);
  if (algorithm != kAlgorithm) {
    if (algorithm.substr(0, 4) != "AWS4") return AuthorizationParts{};
    return Incomplete("Unsupported AWS 'algorithm': " + Echo(algorithm) + ".");
  }
  AuthorizationParts parts;
  std::string_view rest = TrimBlanks(header.substr(blank));
  for (bool more = !rest.empty(); more;) {
    const std::size_t comma = rest.find(',');
    KM_CHECK(ReadPart(TrimBlanks(rest.substr(0, comma)), header, parts));
    more = comma != std::string_view::npos;  // and then there has to be something behind it
    if (more) rest.remove_prefix(comma + 1);
  }
  return parts;
}

const QueryParameter* FindParameter(const SigningFields& fields, std::string_view name) {
  const auto found = std::find_if(fields.query.begin(), fields.query.end(),
                                  [&](const QueryParameter& one) { return one.name == name; });
  return found == fields.query.end() ? nullptr : &*found;
}

// From the header or, of a presigned request, from the query: whoever sends two may mean either.
Result<std::optional<std::string_view>> ReadSecurityToken(const SigningFields& fields,
                                                          bool presigned) {
  const QueryParameter* in_query = FindParameter(fields, kTokenParameter);
  if (in_query == nullptr) return fields.security_token;
  if (fields.security_token || !presigned) {
    return Incomplete(
        "Only one security token is allowed: a header beside the Authorization header, a parameter "
        "in a presigned query.");
  }
  return std::optional<std::string_view>(in_query->value);
}

Result<SigV4Claim> ReadHeaderClaim(const SigningFields& fields) {
  const std::string_view header = *fields.authorization;
  KM_TRY(const AuthorizationParts parts, SplitAuthorization(header));
  std::string missing;
  if (parts.credential.empty()) missing += "Authorization header requires 'Credential' parameter. ";
  if (parts.signature.empty()) missing += "Authorization header requires 'Signature' parameter. ";
  if (parts.signed_headers.empty()) {
    missing += "Authorization header requires 'SignedHeaders' parameter. ";
  }
  if (!fields.amz_date && !fields.date) {
    missing +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) return Incomplete(missing + Digested(header));
  SigV4Claim claim;
  KM_TRY(claim.scope, ReadScope(parts.credential));
  KM_TRY(claim.time, ReadHeaderTime(fields));
  claim.signed_headers = parts.signed_headers;
  claim.signature = parts.signature;
  KM_TRY(claim.security_token, ReadSecurityToken(fields, false));
  return claim;
}

Result<void> RefuseRepeatedParameters(const SigningFields& fields) {
  std::set<std::string_view> seen;
  for (const QueryParameter& one : fields.query) {
    const bool ours = one.name.starts_with("X-Amz-");
    if (ours && !seen.insert(one.name).second)
      return Incomplete("AWS query-string parameters must not repeat " + Echo(one.name) + ".");
  }
  return {};
}

Result<std::chrono::seconds> ReadExpires(std::string_view text) {
  const bool digits = !text.empty() && text.size() <= 6 &&
                      text.find_first_not_of("0123456789") == std::string_view::npos;
  const std::chrono::seconds expires(digits ? std::stoi(std::string(text)) : 0);
  if (expires.count() >= 1 && expires <= kExpiresMax) return expires;
  return Incomplete("X-Amz-Expires must be between 1 and 604800 seconds.");
}

struct PresignedParts {
  const QueryParameter* algorithm;
  const QueryParameter* credential;
  const QueryParameter* signature;
  const QueryParameter* signed_headers;
  const QueryParameter* date;
  const QueryParameter* expires;
};

Result<PresignedParts> FindPresignedParts(const SigningFields& fields) {
  std::string missing;
  const auto find = [&](std::string_view name) {
    const QueryParameter* found = FindParameter(fields, name);
    if (found != nullptr && !found->value.empty()) return found;
    missing += "AWS query-string parameters must include '" + std::string(name) + "'. ";
    return found;
  };
  const PresignedParts parts = {find("X-Amz-Algorithm"), find("X-Amz-Credential"),
                                find("X-Amz-Signature"), find("X-Amz-SignedHeaders"),
                                find("X-Amz-Date"),      find("X-Amz-Expires")};
  if (!missing.empty()) return Incomplete(missing + "Re-examine the query-string parameters.");
  return parts;
}

Result<SigV4Claim> ReadPresignedClaim(const SigningFields& fields) {
  KM_CHECK(RefuseRepeatedParameters(fields));
  KM_TRY(const PresignedParts parts, FindPresignedParts(fields));
  if (parts.algorithm->value != kAlgorithm) {
    return Incomplete("Unsupported AWS 'algorithm': " + Echo(parts.algorithm->value) + ".");
  }
  SigV4Claim claim;
  claim.presigned = true;
  KM_TRY(claim.scope, ReadScope(parts.credential->value));
  KM_TRY(claim.time, ReadBasicTime(parts.date->value));
  KM_TRY(claim.expires, ReadExpires(parts.expires->value));
  claim.signed_headers = parts.signed_headers->value;
  claim.signature = parts.signature->value;
  KM_TRY(claim.security_token, ReadSecurityToken(fields, true));
  return claim;
}

bool HasPresignedParameter(const SigningFields& fields) {
  return std::any_of(fields.query.begin(), fields.query.end(), [](const QueryParameter& one) {
    return one.name == "X-Amz-Algorithm" || one.name == "X-Amz-Credential" ||
           one.name == "X-Amz-Signature" || one.name == "X-Amz-SignedHeaders";
  });
}

}  // namespace

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool EqualsLowerOfSameSize(std::string_view text, std::string_view lower) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != lower[i]) return false;
  }
  return true;
}

std::string_view AuthorizationParameter(std::string_view authorization, std::string_view name) {
  const std::size_t blank = authorization.find_first_of(" \t");
  std::string_view rest = blank == std::string_view::npos ? "" : authorization.substr(blank);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view one = TrimBlanks(rest.substr(0, comma));
    if (one.size() > name.size() && one.substr(0, name.size()) == name && one[name.size()] == '=') {
      return one.substr(name.size() + 1);
    }
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return {};
}

Result<SigningFields> ReadSigningFields(const SignedRequest& request) {
  SigningFields fields;
  for (const HeaderView& header : request.headers) {
    for (const HeaderSlot& slot : kSlots) {
      if (!EqualsLower(header.name, slot.name)) continue;
      if (fields.*slot.field) {
        return Incomplete("Request must not repeat the header '" + std::string(slot.name) + "'.");
      }
      fields.*slot.field = TrimBlanks(header.value);
    }
  }
  if (const std::string_view query = QueryOf(request.target); !query.empty()) {
    fields.query = ParseQuery(query);
  }
  return fields;
}

Result<SigV4Claim> ReadClaim(const SigningFields& fields) {
  const bool in_header = fields.authorization && !fields.authorization->empty();
  const bool in_query = HasPresignedParameter(fields);
  if (in_header && in_query) {
    return Incomplete(
        "Only one authentication mechanism is allowed: the Authorization header or the query.");
  }
  if (in_header) return ReadHeaderClaim(fields);
  if (in_query) return ReadPresignedClaim(fields);
  return Error{ErrorCode::kMissingAuthenticationToken, "Missing Authentication Token"};
}

}  // namespace kmaas::identity
