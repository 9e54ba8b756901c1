// What the AWS JSON codec costs: the smallest Decrypt, and its parts.
#include <benchmark/benchmark.h>

#include <string>

#include "base/encoding.h"
#include "frontends/aws_json/json_decoder.h"
#include "frontends/aws_json/json_encoder.h"
#include "frontends/aws_json/message_plan.h"
#include "kmaas/kms/v1/kms.pb.h"
#include "operations/operations.h"

namespace {

namespace v1 = kmaas::kms::v1;
using kmaas::aws_json::DecodeJson;
using kmaas::aws_json::EncodeJson;
using kmaas::aws_json::MessagePlan;
using kmaas::aws_json::MessagePlans;

constexpr char kKeyArn[] =
    "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

template <class Message>
const MessagePlan& PlanOf() {
  static const kmaas::Result<kmaas::core::Registry> kRegistry = kmaas::operations::MakeRegistry();
  static const kmaas::Result<MessagePlans> kPlans = MessagePlans::Create(*kRegistry);
  return *kPlans->Find(Message::descriptor());
}

// A blob of the size that 32 bytes of plaintext make.
std::string DecryptBody(bool with_context) {
  const std::string blob(164, '\x5a');
  std::string body = R"({"CiphertextBlob":")" + kmaas::Base64Encode(kmaas::AsBytes(blob)) + '"';
  if (with_context) body += R"(,"EncryptionContext":{"department":"finance","purpose":"backup"})";
  return body + "}";
}

v1::DecryptResponse DecryptReply() {
  v1::DecryptResponse reply;
  reply.set_key_id(kKeyArn);
  reply.set_plaintext(std::string(32, '\x17'));
  reply.set_encryption_algorithm("SYMMETRIC_DEFAULT");
  reply.set_key_material_id(std::string(64, 'a'));
  return reply;
}

void DecodeDecrypt(benchmark::State& state) {
  const std::string body = DecryptBody(state.range(0) != 0);
  for (auto _ : state) {
    v1::DecryptRequest request;
    benchmark::DoNotOptimize(DecodeJson(PlanOf<v1::DecryptRequest>(), body, request).has_value());
  }
}
BENCHMARK(DecodeDecrypt)->Arg(0)->Arg(1);

void EncodeDecrypt(benchmark::State& state) {
  const v1::DecryptResponse reply = DecryptReply();
  for (auto _ : state) benchmark::DoNotOptimize(EncodeJson(PlanOf<v1::DecryptResponse>(), reply));
}
BENCHMARK(EncodeDecrypt);

void DecryptBothWays(benchmark::State& state) {
  const std::string body = DecryptBody(false);
  const v1::DecryptResponse reply = DecryptReply();
  for (auto _ : state) {
    v1::DecryptRequest request;
    benchmark::DoNotOptimize(DecodeJson(PlanOf<v1::DecryptRequest>(), body, request).has_value());
    benchmark::DoNotOptimize(EncodeJson(PlanOf<v1::DecryptResponse>(), reply));
  }
}
BENCHMARK(DecryptBothWays);

// The floor of the decoder: the message made by hand from the same body's blob.
void FloorOfDecode(benchmark::State& state) {
  const std::string blob(164, '\x5a');
  for (auto _ : state) {
    v1::DecryptRequest request;
    request.set_ciphertext_blob(blob);
    benchmark::DoNotOptimize(request);
  }
}
BENCHMARK(FloorOfDecode);

void DecodeLargestEncrypt(benchmark::State& state) {
  const std::string body = R"({"KeyId":"alias/example","Plaintext":")" +
                           kmaas::Base64Encode(kmaas::AsBytes(std::string(4096, 'p'))) + R"("})";
  for (auto _ : state) {
    v1::EncryptRequest request;
    benchmark::DoNotOptimize(DecodeJson(PlanOf<v1::EncryptRequest>(), body, request).has_value());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}
BENCHMARK(DecodeLargestEncrypt);

}  // namespace

BENCHMARK_MAIN();
