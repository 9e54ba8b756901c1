#include "identity/sigv4.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "identity/sigv4_canonical.h"
#include "identity/sigv4_claim.h"
#include "identity/sigv4_key_cache.h"

namespace kmaas::identity {
namespace {

constexpr std::size_t kCachedKeysMax = 10'000;
constexpr std::size_t kAccessKeyIdBytesMax = 128;  // IAM's bound
constexpr std::string_view kTerminator = "aws4_request";

Error Invalid(std::string message, std::string detail = {}) {
  return {ErrorCode::kInvalidSignature, std::move(message), std::move(detail)};
}

Error Mismatch(std::string detail) {
  return Invalid(
      "The request signature we calculated does not match the signature you provided. Check your "
      "AWS Secret Access Key and signing method. Consult the service documentation for details.",
      std::move(detail));
}

Error Unrecognized(std::string detail) {
  return {ErrorCode::kUnrecognizedClient, "The security token included in the request is invalid.",
          std::move(detail)};
}

Result<void> CheckScope(const SigV4Claim& claim, const SigV4Policy& policy) {
  const CredentialScope& scope = claim.scope;
  if (scope.terminator != kTerminator) {
    return Invalid("Credential should be scoped with a valid terminator: 'aws4_request'.");
  }
  if (scope.service != policy.signing_name) {
    return Invalid("Credential should be scoped to correct service: '" + policy.signing_name +
                   "'.");
  }
  if (std::find(policy.regions.begin(), policy.regions.end(), scope.region) ==
      policy.regions.end()) {
    return Invalid("Credential should be scoped to a valid region.");
  }
  if (scope.day != claim.time.day()) {
    return Invalid(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
        "from HTTP: '" +
        std::string(scope.day.substr(0, 16)) + "' != '" + std::string(claim.time.day()) +
        "', from '" + std::string(claim.time.view()) + "'.");
  }
  return {};
}

Result<void> CheckTime(const SigV4Claim& claim, WallTime now) {
  now = std::chrono::floor<std::chrono::seconds>(now);
  const WallTime oldest = now - limits::kClockSkewMax;
  const WallTime newest = now + limits::kClockSkewMax;
  const WallTime at = claim.time.at;
  const auto text = [](WallTime time) { return FormatIso8601Basic(time); };
  if (at > newest) {
    return Invalid("Signature not yet current: " + text(at) + " is still later than " +
                   text(newest) + " (" + text(now) + " + 5 min.)");
  }
  if (claim.presigned) {
    if (at + claim.expires >= now) return {};
    return Invalid("Signature expired: " + text(at + claim.expires) + " is now earlier than " +
                   text(now));
  }
  if (at >= oldest) return {};
  return Invalid("Signature expired: " + text(at) + " is now earlier than " + text(oldest) + " (" +
                 text(now) + " - 5 min.)");
}

// Which of the headers that must be signed are.
struct Coverage {
  bool host = false;
  bool amz_date = false;
  bool date = false;
  bool target = false;
};

bool IsLowerCaseName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != ':' && c != ',' && (c < 'A' || c > 'Z');
  });
}

// The names must be lower case, sorted and unique, as every signer writes them: then the list is
// its own canonical form.
Result<Coverage> ReadCoverage(std::string_view signed_headers) {
  Coverage coverage;
  std::string_view previous;
  for (std::string_view rest = signed_headers;;) {
    const std::size_t end = rest.find(';');
    const std::string_view name = rest.substr(0, end);
    if (!IsLowerCaseName(name) || name <= previous) {
      return Error{ErrorCode::kIncompleteSignature,
                   "'SignedHeaders' must be lower-case names, sorted, each once."};
    }
    coverage.host |= name == "host";
    coverage.amz_date |= name == "x-amz-date";
    coverage.date |= name == "date";
    coverage.target |= name == "x-amz-target";
    if (end == std::string_view::npos) return coverage;
    previous = name;
    rest.remove_prefix(end + 1);
  }
}

Result<void> CheckCoverage(const SigV4Claim& claim, const SigningFields& fields,
                           const SigV4Policy& policy) {
  const auto unsigned_header = [](std::string_view name) {
    return Invalid("'" + std::string(name) +
                   "' must be a 'SignedHeader' in the AWS Authorization.");
  };
  KM_TRY(const Coverage coverage, ReadCoverage(claim.signed_headers));
  if (!coverage.host) {
    return Invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (!claim.presigned && !(fields.amz_date ? coverage.amz_date : coverage.date)) {
    return unsigned_header(fields.amz_date ? "X-Amz-Date" : "Date");
  }
  if (policy.require_target_signed && fields.target && !coverage.target) {
    return unsigned_header("X-Amz-Target");
  }
  return {};
}

// The hash that the client states is only ever compared, never used.
Result<void> CheckStatedHash(const SigningFields& fields, std::string_view body_hash) {
  const auto equal = [&](std::string_view stated) {
    return crypto::ConstantTimeEqual(AsBytes(stated), AsBytes(body_hash));
  };
  if (fields.content_sha256 && !equal(*fields.content_sha256)) {
    return Mismatch("x-amz-content-sha256 is not the hash of the body");
  }
  for (const QueryParameter& one : fields.query) {
    if (one.name == "X-Amz-Content-Sha256" && !equal(one.value)) {
      return Mismatch("X-Amz-Content-Sha256 is not the hash of the body");
    }
  }
  return {};
}

bool IsAccessKeyId(std::string_view id) {
  return !id.empty() && id.size() <= kAccessKeyIdBytesMax &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

// Stands in for the credential that is not there, so that a stranger waits as long as a friend.
std::shared_ptr<const ports::AccessKey> MakeDecoy() {
  SecretBytes secret(crypto::kAesKeyBytes);
  crypto::ProcessRandom(secret.span());
  return std::make_shared<const ports::AccessKey>(ports::AccessKey{"-", std::move(secret), {}});
}

}  // namespace

class SigV4Verifier::Impl {
 public:
  Impl(ports::CredentialSource& credentials, const Clock& clock, SigV4Policy policy)
      : credentials_(credentials), clock_(clock), policy_(std::move(policy)) {}

  Result<std::shared_ptr<const ports::AccessKey>> Verify(const SignedRequest& request) {
    KM_TRY(const SigningFields fields, ReadSigningFields(request));
    KM_TRY(const SigV4Claim claim, ReadClaim(fields));
    KM_CHECK(CheckScope(claim, policy_));
    KM_CHECK(CheckTime(claim, clock_.Now()));
    KM_CHECK(CheckCoverage(claim, fields, policy_));
    const HexDigest body_hash = ToHex(crypto::Sha256(request.body));
    KM_CHECK(CheckStatedHash(fields, AsView(body_hash)));

    static thread_local std::string canonical;
    canonical.clear();
    const CanonicalInput input{fields, claim.signed_headers, AsView(body_hash), claim.presigned,
                               policy_.normalize_path};
    if (!AppendCanonicalRequest(canonical, request, input)) {
      return Mismatch("a header of SignedHeaders is not in the request");
    }
    return CheckSignature(claim, canonical);
  }

 private:
  // Temporary credentials are an access key id and a token, long-term ones an id alone.
  Result<std::shared_ptr<const ports::AccessKey>> FindCredential(const SigV4Claim& claim) {
    const std::string_view id = claim.scope.access_key_id;
    if (!IsAccessKeyId(id)) return std::shared_ptr<const ports::AccessKey>();
    return claim.security_token ? credentials_.FindSession(id, *claim.security_token)
                                : credentials_.FindAccessKey(id);
  }

  Result<std::shared_ptr<const ports::AccessKey>> CheckSignature(const SigV4Claim& claim,
                                                                 std::string_view canonical) {
    KM_TRY(const std::shared_ptr<const ports::AccessKey> credential, FindCredential(claim));
    static thread_local std::string to_sign;
    to_sign.clear();
    AppendStringToSign(to_sign, claim, canonical);
    const auto key = keys_.KeyFor(credential ? credential : decoy_, claim.scope);
    const HexDigest expected = ToHex(key->Tag(AsBytes(to_sign)));
    const bool equal =
        crypto::ConstantTimeEqual(AsBytes(claim.signature), AsBytes(AsView(expected)));
    if (!credential) {
      return Unrecognized(claim.security_token ? "no session has this access key id and token"
                                               : "no active access key has this id");
    }
    if (!equal) return Mismatch("signature");
    return credential;
  }

  ports::CredentialSource& credentials_;
  const Clock& clock_;
  const SigV4Policy policy_;
  const std::shared_ptr<const ports::AccessKey> decoy_ = MakeDecoy();
  SigningKeyCache keys_{kCachedKeysMax};
};

SigV4Verifier::SigV4Verifier(ports::CredentialSource& credentials, const Clock& clock,
                             SigV4Policy policy)
    : impl_(std::make_unique<Impl>(credentials, clock, std::move(policy))) {}
SigV4Verifier::~SigV4Verifier() = default;

Result<std::shared_ptr<const ports::AccessKey>> SigV4Verifier::VerifyKey(
    const SignedRequest& request) const {
  return impl_->Verify(request);
}

Result<domain::Principal> SigV4Verifier::Verify(const SignedRequest& request) const {
  KM_TRY(const auto key, impl_->Verify(request));
  return key->principal;
}

namespace {

// "keyid/date/region/service/term", or whatever else stands in its place.
std::string ClaimedCredential(const SignedRequest& request) {
  std::string credential;
  for (const HeaderView& header : request.headers) {
    if (!EqualsLower(header.name, "authorization")) continue;
    credential = AuthorizationParameter(header.value, "Credential");
    break;
  }
  if (credential.empty()) {
    for (QueryParameter& one : ParseQuery(QueryOf(request.target))) {
      if (one.name == "X-Amz-Credential") credential = std::move(one.value);
    }
  }
  return credential;
}

}  // namespace

std::string ClaimedAccessKeyId(const SignedRequest& request) {
  std::string credential = ClaimedCredential(request);
  credential.resize(std::min(credential.find('/'), credential.size()));
  return IsAccessKeyId(credential) ? credential : std::string();
}

std::string ClaimedRegion(const SignedRequest& request) {
  constexpr int kPartsBefore = 2;  // access key id and day
  const std::string credential = ClaimedCredential(request);
  std::string_view rest = credential;
  for (int part = 0; part < kPartsBefore; ++part) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
  return std::string(rest.substr(0, rest.find('/')));
}

}  // namespace kmaas::identity
