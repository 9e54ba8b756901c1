// What it costs to verify the signature of a small Decrypt, as boto and as the JavaScript SDK sign
// it, with the signing key cached; beside the floor: the bare hashes of the same bytes.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "crypto/digest.h"
#include "identity/sigv4.h"
#include "identity/sigv4_canonical.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

class FixedClock final : public Clock {
 public:
  WallTime Now() const override { return FromEpochMillis(1'795'521'600'000); }
  SteadyTime SteadyNow() const override { return {}; }
};

class OneCredential final : public ports::CredentialSource {
 public:
  Result<std::shared_ptr<const ports::AccessKey>> FindAccessKey(std::string_view) override {
    return key_;
  }
  Result<std::optional<domain::Principal>> FindPrincipal(std::string_view) override {
    return std::optional<domain::Principal>();
  }

 private:
  std::shared_ptr<const ports::AccessKey> key_ =
      std::make_shared<const ports::AccessKey>(ports::AccessKey{
          "AKIAIOSFODNN7EXAMPLE",
          SecretBytes(AsBytes(kSecret)),
          {domain::PrincipalType::kIamUser, "111122223333", "arn:aws:iam::111122223333:user/alice",
           "AIDAIOSFODNN7EXAMPLE", "alice", "AKIAIOSFODNN7EXAMPLE"}});
};

// A small Decrypt: about 200 bytes of base64.
const std::string& Body() {
  static const std::string body = R"({"CiphertextBlob":")" + std::string(220, 'A') + R"("})";
  return body;
}

struct Sample {
  std::vector<HeaderView> headers;
  std::string signed_headers;
  std::string authorization;

  SignedRequest Request() const { return {"POST", "/", headers, AsBytes(Body())}; }
};

// Lets the verifier's own canonical form sign: this is a stopwatch, not a test.
void Sign(Sample& sample) {
  const std::string scope = "AKIAIOSFODNN7EXAMPLE/20261124/eu-west-1/kms/aws4_request";
  sample.authorization = "AWS4-HMAC-SHA256 Credential=" + scope +
                         ", SignedHeaders=" + sample.signed_headers + ", Signature=";
  sample.headers.push_back({"Authorization", sample.authorization + "0"});
  const std::string unsigned_value = sample.authorization + "0";
  sample.headers.back().value = unsigned_value;
  const auto fields = ReadSigningFields(sample.Request());
  const auto claim = ReadClaim(*fields);
  const HexDigest body_hash = ToHex(crypto::Sha256(AsBytes(Body())));
  std::string canonical;
  std::string to_sign;
  if (!AppendCanonicalRequest(canonical, sample.Request(),
                              {*fields, claim->signed_headers, AsView(body_hash)})) {
    std::abort();
  }
  AppendStringToSign(to_sign, *claim, canonical);
  const auto key = DeriveSigningKey(AsBytes(kSecret), claim->scope);
  sample.authorization += AsView(ToHex(crypto::HmacSha256(key, AsBytes(to_sign))));
  sample.headers.back().value = sample.authorization;
}

const Sample& Boto() {
  static Sample sample = [] {
    Sample one;
    one.headers = {{"Host", "kms.example.org:8443"},
                   {"Accept-Encoding", "identity"},
                   {"X-Amz-Target", "TrentService.Decrypt"},
                   {"Content-Type", "application/x-amz-json-1.1"},
                   {"User-Agent", "Boto3/1.26.27 Python/3.11.2 Linux/6.1.0 Botocore/1.29.27"},
                   {"X-Amz-Date", "20261124T120000Z"},
                   {"Content-Length", "242"}};
    one.signed_headers = "content-type;host;x-amz-date;x-amz-target";
    return one;
  }();
  static const bool is_signed = (Sign(sample), true);
  benchmark::DoNotOptimize(is_signed);
  return sample;
}

const Sample& JavaScript() {
  static Sample sample = [] {
    Sample one;
    one.headers = {
        {"content-type", "application/x-amz-json-1.1"},
        {"x-amz-target", "TrentService.Decrypt"},
        {"x-amz-user-agent", "aws-sdk-js/3.1164.0"},
        {"user-agent", "aws-sdk-js/3.1164.0 ua/2.1 os/linux#6.1.0 lang/js md/nodejs#22.12.0"},
        {"host", "kms.example.org:8443"},
        {"amz-sdk-invocation-id", "0f9f4a1c-4c5a-4dd0-9d7b-0d9d1f5d5b0e"},
        {"amz-sdk-request", "attempt=1; max=3"},
        {"x-amz-date", "20261124T120000Z"},
        {"content-length", "242"},
        {"connection", "keep-alive"}};
    one.signed_headers =
        "amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-date;"
        "x-amz-target;x-amz-user-agent";
    return one;
  }();
  static const bool is_signed = (Sign(sample), true);
  benchmark::DoNotOptimize(is_signed);
  return sample;
}

void VerifySample(benchmark::State& state, const Sample& sample) {
  OneCredential credentials;
  const FixedClock clock;
  const SigV4Verifier verifier(credentials, clock, {"kms", {"eu-west-1"}, true, true});
  for (auto _ : state) {
    auto key = verifier.VerifyKey(sample.Request());
    if (!key) return state.SkipWithError(key.error().message.c_str());
    benchmark::DoNotOptimize(key);
  }
}

void BM_VerifyBoto(benchmark::State& state) { VerifySample(state, Boto()); }
void BM_VerifyJavaScript(benchmark::State& state) { VerifySample(state, JavaScript()); }
BENCHMARK(BM_VerifyBoto);
BENCHMARK(BM_VerifyJavaScript);

// The principal copied out.
void BM_VerifyBotoPrincipal(benchmark::State& state) {
  OneCredential credentials;
  const FixedClock clock;
  const SigV4Verifier verifier(credentials, clock, {"kms", {"eu-west-1"}, true, true});
  for (auto _ : state) benchmark::DoNotOptimize(verifier.Verify(Boto().Request()));
}
BENCHMARK(BM_VerifyBotoPrincipal);

// The floor: body, canonical request (about 330 bytes for boto) and string to sign, hashed.
void BM_FloorHashes(benchmark::State& state) {
  const std::string canonical(330, 'c');
  const std::string to_sign(137, 's');
  const crypto::HmacSha256Key key(AsBytes(to_sign));
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::Sha256(AsBytes(Body())));
    benchmark::DoNotOptimize(crypto::Sha256(AsBytes(canonical)));
    benchmark::DoNotOptimize(key.Tag(AsBytes(to_sign)));
  }
}
BENCHMARK(BM_FloorHashes);

void BM_FloorTag(benchmark::State& state) {
  const std::string to_sign(137, 's');
  const crypto::HmacSha256Key key(AsBytes(to_sign));
  for (auto _ : state) benchmark::DoNotOptimize(key.Tag(AsBytes(to_sign)));
}
BENCHMARK(BM_FloorTag);

void BM_FloorSha256(benchmark::State& state) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'c');
  for (auto _ : state) benchmark::DoNotOptimize(crypto::Sha256(AsBytes(text)));
}
BENCHMARK(BM_FloorSha256)->Arg(16)->Arg(240)->Arg(330);

}  // namespace
}  // namespace kmaas::identity

BENCHMARK_MAIN();
