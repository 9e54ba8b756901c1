#include "identity/sigv4_canonical.h"

#include <algorithm>
#include <vector>

#include "base/secret_bytes.h"

namespace kmaas::identity {
namespace {

constexpr std::array<std::array<char, 2>, 256> MakeHexPairs() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kDigits[i / 16], kDigits[i % 16]};
  return pairs;
}
constexpr auto kHexPairs = MakeHexPairs();

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Outer blanks go, inner runs of them become one space.
void AppendCollapsed(std::string& out, std::string_view value) {
  const std::size_t start = out.size();
  bool pending = false;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= value.size(); ++i) {
    if (i < value.size() && !IsBlank(value[i])) continue;
    if (i > from) {
      if (pending) out.push_back(' ');
      out.append(value.data() + from, i - from);
    }
    pending = out.size() > start;
    from = i + 1;
  }
}

// The values of all headers with this name, in arrival order. False when there is none.
bool AppendHeaderLine(std::string& out, std::string_view name,
                      std::span<const HeaderView> headers) {
  bool found = false;
  out.append(name).push_back(':');
  for (const HeaderView& header : headers) {
    if (!EqualsLower(header.name, name)) continue;
    if (found) out.push_back(',');
    AppendCollapsed(out, header.value);
    found = true;
  }
  out.push_back('\n');
  return found;
}

// RFC 3986 section 5.2.4, and empty segments go too.
void AppendNormalizedPath(std::string& out, std::string_view path) {
  std::vector<std::string_view> segments;
  const bool trailing = !path.empty() && path.back() == '/';
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      segments.push_back(segment);
    } else if (!segments.empty()) {
      segments.pop_back();
    }
  }
  for (const std::string_view segment : segments) {
    out.push_back('/');
    AppendUriEncoded(out, segment, false);
  }
  if (segments.empty() || trailing) out.push_back('/');
}

void AppendPath(std::string& out, std::string_view path, bool normalize) {
  if (path.empty() || path == "/") {
    out.push_back('/');
  } else if (normalize) {
    AppendNormalizedPath(out, path);
  } else {
    AppendUriEncoded(out, path, true);
  }
}

void AppendQuery(std::string& out, const CanonicalInput& input) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const QueryParameter& one : input.fields.query) {
    if (input.presigned && one.name == "X-Amz-Signature") continue;
    if (input.omit_security_token && one.name == "X-Amz-Security-Token") continue;
    auto& [name, value] = encoded.emplace_back();
    AppendUriEncoded(name, one.name, false);
    AppendUriEncoded(value, one.value, false);
  }
  std::sort(encoded.begin(), encoded.end());
  for (const auto& [name, value] : encoded) {
    if (&name != &encoded.front().first) out.push_back('&');
    out.append(name).append("=").append(value);
  }
}

}  // namespace

HexDigest ToHex(const crypto::Sha256Digest& digest) {
  HexDigest hex;
  auto out = hex.begin();
  for (const std::uint8_t byte : digest) out = std::copy_n(kHexPairs[byte].begin(), 2, out);
  return hex;
}

bool AppendCanonicalRequest(std::string& out, const SignedRequest& request,
                            const CanonicalInput& input) {
  out.append(request.method).push_back('\n');
  AppendPath(out, PathOf(request.target), input.normalize_path);
  out.push_back('\n');
  if (!input.fields.query.empty()) AppendQuery(out, input);
  out.push_back('\n');
  bool complete = true;
  for (std::string_view rest = input.signed_headers; !rest.empty();) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    complete = AppendHeaderLine(out, rest.substr(0, end), request.headers) && complete;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out.push_back('\n');
  out.append(input.signed_headers).push_back('\n');
  out.append(input.body_hash);
  return complete;
}

void AppendStringToSign(std::string& out, const SigV4Claim& claim,
                        std::string_view canonical_request) {
  const HexDigest digest = ToHex(crypto::Sha256(AsBytes(canonical_request)));
  out.append("AWS4-HMAC-SHA256\n").append(claim.time.view()).push_back('\n');
  out.append(claim.scope.whole).push_back('\n');
  out.append(AsView(digest));
}

crypto::Sha256Digest DeriveSigningKey(ByteView secret, const CredentialScope& scope) {
  constexpr std::string_view kPrefix = "AWS4";
  SecretBytes start(kPrefix.size() + secret.size());
  std::copy(kPrefix.begin(), kPrefix.end(), start.span().begin());
  std::copy(secret.begin(), secret.end(), start.span().begin() + kPrefix.size());
  crypto::Sha256Digest key = crypto::HmacSha256(start.view(), AsBytes(scope.day));
  for (const std::string_view part : {scope.region, scope.service, scope.terminator}) {
    crypto::Sha256Digest next = crypto::HmacSha256(key, AsBytes(part));
    key = next;
    WipeMemory(next);
  }
  return key;
}

}  // namespace kmaas::identity
