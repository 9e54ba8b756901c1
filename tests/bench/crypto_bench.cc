// What one message costs in the process: HMAC, HKDF, GCM, digests, random bytes.
#include <benchmark/benchmark.h>

#include <array>

#include "crypto/aead.h"
#include "crypto/digest.h"

namespace {

using kmaas::Bytes;
using kmaas::SecretBytes;

void BM_Sha256Of1KiB(benchmark::State& state) {
  const Bytes data(1024, 1);
  for (auto _ : state) benchmark::DoNotOptimize(kmaas::crypto::Sha256(data));
}
BENCHMARK(BM_Sha256Of1KiB);

void BM_HmacKeyed(benchmark::State& state) {
  const kmaas::crypto::HmacSha256Key key(Bytes(32, 1));
  const Bytes data(100, 1);
  for (auto _ : state) benchmark::DoNotOptimize(key.Tag(data));
}
BENCHMARK(BM_HmacKeyed);

void BM_HmacWithNewKey(benchmark::State& state) {
  const Bytes key(32, 1);
  const Bytes data(100, 1);
  for (auto _ : state) benchmark::DoNotOptimize(kmaas::crypto::HmacSha256(key, data));
}
BENCHMARK(BM_HmacWithNewKey);

void BM_HkdfExpandTo64(benchmark::State& state) {
  const Bytes key(32, 1);
  for (auto _ : state)
    benchmark::DoNotOptimize(kmaas::crypto::HkdfExpand(
        key, kmaas::AsBytes("a label of some forty characters, v1.000"), 64));
}
BENCHMARK(BM_HkdfExpandTo64);

void BM_GcmOpenOf32Bytes(benchmark::State& state) {
  const Bytes key(32, 1);
  const Bytes nonce(12, 0);
  const Bytes associated(110, 2);
  Bytes sealed;
  kmaas::crypto::GcmSeal({key, nonce, associated}, Bytes(32, 3), sealed);
  SecretBytes opened;
  for (auto _ : state) {
    if (!kmaas::crypto::GcmOpen({key, nonce, associated}, sealed, opened))
      state.SkipWithError("refused");
  }
}
BENCHMARK(BM_GcmOpenOf32Bytes);

void BM_ProcessRandomOf16Bytes(benchmark::State& state) {
  std::array<std::uint8_t, 16> out{};
  for (auto _ : state) kmaas::crypto::ProcessRandom(out);
}
BENCHMARK(BM_ProcessRandomOf16Bytes);

void BM_SecretBytesOf64(benchmark::State& state) {
  for (auto _ : state) {
    SecretBytes secret(64);
    benchmark::DoNotOptimize(secret.span().data());
  }
}
BENCHMARK(BM_SecretBytesOf64);

}  // namespace

BENCHMARK_MAIN();
