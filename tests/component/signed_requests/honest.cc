#include "tests/component/signed_requests/honest.h"

#include <algorithm>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace kmaas::signed_requests {
namespace {

using identity::TestRequest;

constexpr char kForm[] = "application/x-www-form-urlencoded; charset=utf-8";
constexpr char kHttpDate[] = "Tue, 24 Nov 2026 12:00:00 GMT";  // identity::kTestNow

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    static constexpr char kDigits[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out.push_back(c);
    } else {
      out.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
    }
  }
  return out;
}

identity::SigningInput InputOf(const Credentials& credentials, const std::string& service,
                               std::vector<std::string> signed_headers) {
  std::sort(signed_headers.begin(), signed_headers.end());
  identity::SigningInput input;
  input.key_id = credentials.id;
  input.secret = credentials.secret;
  input.region = api::kRegion;
  input.service = service;
  input.signed_headers = std::move(signed_headers);
  return input;
}

std::vector<std::string> NamesOf(const TestRequest& request) {
  std::vector<std::string> names;
  for (const auto& [name, value] : request.headers) names.push_back(Lower(name));
  return names;
}

// `first` are parameters that sort before those of the signature.
void PresignIn(TestRequest& request, const Credentials& credentials, const std::string& service,
               const std::string& first) {
  const identity::SigningInput input = InputOf(credentials, service, NamesOf(request));
  std::string names;
  for (const std::string& name : input.signed_headers)
    names.append(names.empty() ? "" : ";").append(name);
  const std::string scope = credentials.id + "/" + input.time.substr(0, 8) + "/" + input.region +
                            "/" + service + "/aws4_request";
  request.target = "/?" + first +
                   "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + Escaped(scope) +
                   "&X-Amz-Date=" + input.time + "&X-Amz-Expires=600";
  if (!credentials.token.empty())
    request.target += "&X-Amz-Security-Token=" + Escaped(credentials.token);
  request.target += "&X-Amz-SignedHeaders=" + Escaped(names);
  identity::Sign(request, input);
  const std::string authorization = *request.Find("Authorization");
  request.Remove("Authorization");
  request.target += "&X-Amz-Signature=" + authorization.substr(authorization.rfind('=') + 1);
}

std::string TagCall(const Door& door) {
  return R"({"KeyId":")" + door.key_arn + R"(","Tags":[{"TagKey":"a","TagValue":"1"}]})";
}
std::string EncryptCall(const Door& door) {
  return R"({"KeyId": ")" + door.key_arn + R"(", "Plaintext": "aGVsbG8="})";
}

Honest LikeBotocore(const Door& door) {
  TestRequest request = JsonCall("TrentService.TagResource", TagCall(door));
  SignAll(request, door.user, "kms");
  Honest honest{request, NamesOf(request)};
  honest.request.headers.emplace_back("User-Agent", "Boto3/1.26.27");
  return honest;
}

// JavaScript's SDK signs whatever it sends.
Honest LikeJavaScript(const Door& door) {
  TestRequest request = JsonCall("TrentService.Encrypt", EncryptCall(door));
  request.headers.emplace_back("Content-Length", std::to_string(request.body.size()));
  request.headers.emplace_back("X-Amz-Content-Sha256",
                               HexEncode(crypto::Sha256(AsBytes(request.body))));
  request.headers.emplace_back("X-Amz-Security-Token", door.session.token);
  request.headers.emplace_back("X-Amz-User-Agent", "aws-sdk-js/3.1164.0 ua/2.1 lang/js");
  request.headers.emplace_back("amz-sdk-invocation-id", "1d9d7a7e-7b6d-4f0c-9f53-2f5f0c1f6a11");
  request.headers.emplace_back("amz-sdk-request", "attempt=1; max=3");
  SignAll(request, door.session, "kms");
  return {request, NamesOf(request)};
}

// ScyllaDB sends the token of a session without signing it: the secret is bound to it.
Honest WithAnUnsignedToken(const Door& door) {
  TestRequest request = JsonCall("TrentService.CreateKey", R"({"Description":"x"})");
  SignAll(request, door.session, "kms");
  request.headers.emplace_back("X-Amz-Security-Token", door.session.token);
  return {request, NamesOf(request)};
}

Honest WithADateHeader(const Door& door) {
  TestRequest request = JsonCall("TrentService.TagResource", TagCall(door));
  request.Remove("X-Amz-Date");
  request.headers.emplace_back("Date", kHttpDate);
  SignAll(request, door.user, "kms");
  return {request, NamesOf(request)};
}

Honest WithAQuery(const Door& door) {
  TestRequest request = JsonCall("TrentService.TagResource", TagCall(door));
  request.target = "/?Alpha=one%20two&Beta=3&gamma=%C3%A9t%C3%A9";
  SignAll(request, door.user, "kms");
  return {request, NamesOf(request)};
}

Honest Presigned(const Door& door) {
  TestRequest request = JsonCall("TrentService.TagResource", TagCall(door));
  request.Remove("X-Amz-Date");
  PresignIn(request, door.user, "kms", "");
  return {request, NamesOf(request), true};
}

Honest PresignedForASession(const Door& door) {
  TestRequest request = JsonCall("TrentService.CreateKey", "{}");
  request.Remove("X-Amz-Date");
  PresignIn(request, door.session, "kms", "");
  return {request, NamesOf(request), true};
}

Honest FormOfIam(const Door& door) {
  TestRequest request = FormCall("Action=CreateUser&UserName=alice&Version=2010-05-08");
  SignAll(request, door.user, "iam");
  return {request, NamesOf(request)};
}

Honest FormOfStsForASession(const Door& door) {
  TestRequest request = FormCall("Action=GetCallerIdentity&Version=2011-06-15");
  request.headers.emplace_back("X-Amz-Security-Token", door.session.token);
  SignAll(request, door.session, "sts");
  return {request, NamesOf(request)};
}

Honest PresignedLink(const Door& door) {
  TestRequest request;
  request.method = "GET";
  request.headers = {{"Host", "kms.example.org:8443"}};
  PresignIn(request, door.user, "sts", "Action=GetCallerIdentity&Version=2011-06-15&");
  return {request, NamesOf(request), true};
}

using Maker = Honest (*)(const Door&);
struct Named {
  const char* name;
  Maker make;
};
constexpr Named kMakers[] = {{"LikeBotocore", &LikeBotocore},
                             {"LikeJavaScript", &LikeJavaScript},
                             {"WithAnUnsignedToken", &WithAnUnsignedToken},
                             {"WithADateHeader", &WithADateHeader},
                             {"WithAQuery", &WithAQuery},
                             {"Presigned", &Presigned},
                             {"PresignedForASession", &PresignedForASession},
                             {"FormOfIam", &FormOfIam},
                             {"FormOfStsForASession", &FormOfStsForASession},
                             {"PresignedLink", &PresignedLink}};

}  // namespace

TestRequest JsonCall(const std::string& target, const std::string& body) {
  TestRequest request;
  request.headers = {{"Host", "kms.example.org:8443"},
                     {"X-Amz-Target", target},
                     {"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Date", std::string(identity::kTestNow)}};
  request.body = body;
  return request;
}

TestRequest FormCall(const std::string& form) {
  TestRequest request;
  request.headers = {{"Host", "kms.example.org:8443"},
                     {"Content-Type", kForm},
                     {"X-Amz-Date", std::string(identity::kTestNow)}};
  request.body = form;
  return request;
}

void SignAll(TestRequest& request, const Credentials& credentials, const std::string& service,
             const std::string& time) {
  identity::SigningInput input = InputOf(credentials, service, NamesOf(request));
  input.time = time;
  identity::Sign(request, input);
}

Honest HonestRequest(const std::string& name, const Door& door) {
  const auto* found = std::find_if(std::begin(kMakers), std::end(kMakers),
                                   [&](const Named& one) { return one.name == name; });
  Honest honest = found->make(door);
  StateLength(honest.request);
  return honest;
}

std::vector<std::string> HonestNames() {
  std::vector<std::string> names;
  for (const Named& one : kMakers) names.emplace_back(one.name);
  return names;
}

}  // namespace kmaas::signed_requests
