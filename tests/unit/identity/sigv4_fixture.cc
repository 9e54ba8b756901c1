#include "tests/unit/identity/sigv4_fixture.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace kmaas::identity {
namespace {

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

std::string Hash(std::string_view text) { return HexEncode(crypto::Sha256(AsBytes(text))); }

std::string Join(const std::vector<std::string>& parts, std::string_view between) {
  std::string joined;
  for (const std::string& part : parts) joined.append(joined.empty() ? "" : between).append(part);
  return joined;
}

std::string Signature(const TestRequest& request, const SigningInput& input,
                      std::string_view query) {
  std::string canonical =
      request.method + "\n" + request.target.substr(0, request.target.find('?'));
  canonical.append("\n").append(query).append("\n");
  for (const std::string& name : input.signed_headers) {
    for (const auto& [spelled, value] : request.headers) {
      if (Lower(spelled) == name) canonical.append(name).append(":").append(value).append("\n");
    }
  }
  canonical += "\n" + Join(input.signed_headers, ";") + "\n" + Hash(request.body);
  const std::string day = input.time.substr(0, 8);
  const std::string scope = Join({day, input.region, input.service, input.terminator}, "/");
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + input.time + "\n" + scope + "\n" + Hash(canonical);
  crypto::Sha256Digest key = crypto::HmacSha256(AsBytes("AWS4" + input.secret), AsBytes(day));
  for (const std::string& part : {input.region, input.service, input.terminator, to_sign}) {
    key = crypto::HmacSha256(key, AsBytes(part));
  }
  return HexEncode(key);
}

std::string Credential(const SigningInput& input) {
  return Join(
      {input.key_id, input.time.substr(0, 8), input.region, input.service, input.terminator}, "/");
}

std::string Escaped(std::string text) {
  for (const auto& [from, to] : {std::pair{"/", "%2F"}, std::pair{";", "%3B"}}) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
      text.replace(at, 1, to);
    }
  }
  return text;
}

}  // namespace

void FakeCredentials::Put(std::string_view id, std::string_view secret) {
  domain::Principal principal;
  principal.arn = "arn:aws:iam::111122223333:user/alice";
  Put(id, secret, std::move(principal));
}

void FakeCredentials::Put(std::string_view id, std::string_view secret,
                          domain::Principal principal) {
  principal.access_key_id = id;
  keys_[std::string(id)] = std::make_shared<const ports::AccessKey>(
      ports::AccessKey{std::string(id), SecretBytes(AsBytes(secret)), principal});
}

Result<std::shared_ptr<const ports::AccessKey>> FakeCredentials::FindAccessKey(
    std::string_view id) {
  asked.emplace_back(id);
  if (fails) return Error{ErrorCode::kKmsInternal, "", "the store does not answer"};
  const auto found = keys_.find(std::string(id));
  return found == keys_.end() ? nullptr : found->second;
}

void FakeCredentials::PutSession(std::string_view id, std::string_view token,
                                 std::string_view secret) {
  domain::Principal principal;
  principal.arn = "arn:aws:sts::111122223333:assumed-role/auditor/alice";
  principal.access_key_id = id;
  sessions_[{std::string(id), std::string(token)}] = std::make_shared<const ports::AccessKey>(
      ports::AccessKey{std::string(id), SecretBytes(AsBytes(secret)), principal});
}

Result<std::shared_ptr<const ports::AccessKey>> FakeCredentials::FindSession(
    std::string_view id, std::string_view token) {
  asked.emplace_back(id);
  if (session_error) return *session_error;
  const auto found = sessions_.find({std::string(id), std::string(token)});
  return found == sessions_.end() ? nullptr : found->second;
}

Result<std::optional<domain::Principal>> FakeCredentials::FindPrincipal(std::string_view) {
  return std::optional<domain::Principal>();
}

SignedRequest TestRequest::View() {
  views_.clear();
  for (const auto& [name, value] : headers) views_.push_back({name, value});
  return {method, target, views_, AsBytes(body)};
}

std::string* TestRequest::Find(std::string_view name) {
  for (auto& [spelled, value] : headers) {
    if (spelled == name) return &value;
  }
  return nullptr;
}

void TestRequest::Remove(std::string_view name) {
  std::erase_if(headers, [&](const auto& header) { return header.first == name; });
}

TestRequest BotocoreRequest(std::string_view time) {
  TestRequest request;
  request.body = R"({"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Plaintext": "aGVsbG8="})";
  request.headers = {{"Host", "kms.example.org:8443"},
                     {"Accept-Encoding", "identity"},
                     {"X-Amz-Target", "TrentService.Encrypt"},
                     {"Content-Type", "application/x-amz-json-1.1"},
                     {"User-Agent", "Boto3/1.26.27 Python/3.11.2 Linux/6.1.0 Botocore/1.29.27"},
                     {"X-Amz-Date", std::string(time)},
                     {"Content-Length", std::to_string(request.body.size())}};
  return request;
}

std::vector<std::string> BotocoreSignedHeaders() {
  return {"content-type", "host", "x-amz-date", "x-amz-target"};
}

void Sign(TestRequest& request, const SigningInput& input) {
  const std::string query = request.target.find('?') == std::string::npos
                                ? ""
                                : request.target.substr(request.target.find('?') + 1);
  request.headers.emplace_back("Authorization",
                               "AWS4-HMAC-SHA256 Credential=" + Credential(input) +
                                   ", SignedHeaders=" + Join(input.signed_headers, ";") +
                                   ", Signature=" + Signature(request, input, query));
}

TestRequest SignedBotocoreRequest() {
  TestRequest request = BotocoreRequest();
  SigningInput input;
  input.signed_headers = BotocoreSignedHeaders();
  Sign(request, input);
  return request;
}

void Presign(TestRequest& request, const SigningInput& input, std::string_view expires) {
  const std::string query =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + Escaped(Credential(input)) +
      "&X-Amz-Date=" + input.time + "&X-Amz-Expires=" + std::string(expires) + input.more_query +
      "&X-Amz-SignedHeaders=" + Escaped(Join(input.signed_headers, ";"));
  request.target += "?" + query + "&X-Amz-Signature=" + Signature(request, input, query);
}

}  // namespace kmaas::identity
