// What it costs to check the answers of an HSM in the process: signatures, raw RSA, ECDH.
#include <benchmark/benchmark.h>

#include "crypto/hash.h"
#include "crypto/point_doubling.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "crypto/public_key_info.h"

namespace {

using kmaas::AsBytes;
using kmaas::Bytes;
using kmaas::domain::KeySpec;
using kmaas::domain::KeyUsage;

constexpr KeySpec kSigners[] = {KeySpec::kRsa2048,       KeySpec::kRsa3072,
                                KeySpec::kRsa4096,       KeySpec::kEccNistP256,
                                KeySpec::kEccNistP384,   KeySpec::kEccNistP521,
                                KeySpec::kEccSecgP256k1, KeySpec::kEccNistEdwards25519};
constexpr KeySpec kAgreers[] = {KeySpec::kEccNistP256, KeySpec::kEccNistP384,
                                KeySpec::kEccNistP521};

void BM_VerifySignature(benchmark::State& state) {
  const KeySpec spec = kSigners[state.range(0)];
  const auto key = kmaas::crypto::PrivateKey::Generate(spec);
  const auto half = *kmaas::crypto::PublicKey::Parse(spec, key.PublicKeyInfo());
  const auto algorithm = kmaas::domain::SigningAlgorithms(spec, KeyUsage::kSignVerify).back();
  const Bytes input = kmaas::crypto::Hash(FactsOf(algorithm).digest, AsBytes("message"));
  const auto signature = key.Sign(algorithm, input);
  if (!signature) return state.SkipWithError("no signature");
  for (auto _ : state) benchmark::DoNotOptimize(half.Verify(algorithm, input, *signature));
  state.SetLabel(std::string(ToText(spec)));
}
BENCHMARK(BM_VerifySignature)->DenseRange(0, std::size(kSigners) - 1);

void BM_RsaInverse(benchmark::State& state) {
  const KeySpec spec = kSigners[state.range(0)];
  const auto key = kmaas::crypto::PrivateKey::Generate(spec);
  const auto half = *kmaas::crypto::PublicKey::Parse(spec, key.PublicKeyInfo());
  Bytes raw(kmaas::domain::ModulusBytes(spec), 0x5a);
  raw[0] = 0;
  for (auto _ : state) benchmark::DoNotOptimize(half.IsRsaInverse(raw, raw));
  state.SetLabel(std::string(ToText(spec)));
}
BENCHMARK(BM_RsaInverse)->DenseRange(0, 2);

// Without the token's second agreement.
void BM_DoubledPoint(benchmark::State& state) {
  const KeySpec spec = kAgreers[state.range(0)];
  const auto own = kmaas::crypto::PrivateKey::Generate(spec);
  const Bytes point = *kmaas::crypto::PointOf(spec, own.PublicKeyInfo());
  const std::size_t bytes = kmaas::crypto::CoordinateBytes(spec);
  const auto shared = kmaas::ByteView(point).subspan(1, bytes);
  for (auto _ : state) {
    const auto doubled = kmaas::crypto::DoubledPoint(spec, point);
    const bool right =
        kmaas::crypto::IsOfDoubledPoint(spec, shared, kmaas::ByteView(*doubled).subspan(1, bytes));
    if (!right) return state.SkipWithError("not twice");
  }
  state.SetLabel(std::string(ToText(spec)));
}
BENCHMARK(BM_DoubledPoint)->DenseRange(0, std::size(kAgreers) - 1);

}  // namespace
BENCHMARK_MAIN();
