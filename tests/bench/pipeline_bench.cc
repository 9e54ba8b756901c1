// What the pipeline itself costs: Decrypt from message to message, with an HSM, store and trail in
// memory.
#include <benchmark/benchmark.h>

#include "kmaas/kms/v1/kms.pb.h"
#include "records/noted_key_uses.h"
#include "tests/api/environment.h"

namespace {

namespace kms = ::kmaas::kms::v1;

// Counts, and keeps nothing.
class CountingSink final : public kmaas::ports::AuditSink {
 public:
  kmaas::Result<void> Append(const kmaas::ports::AuditRecord& /*record*/) override { return {}; }
  std::string Render(const kmaas::ports::AuditRecord& /*record*/) const override { return "{}"; }
  kmaas::Result<void> AppendRendered(const std::string& /*event_id*/,
                                     const std::string& /*rendered*/) override {
    return {};
  }
};

void BM_Decrypt(benchmark::State& state) {
  kmaas::api::Environment world;
  CountingSink sink;
  kmaas::core::Services services{world.catalog,    world.engine,       sink,
                                 world.random,     world.clock,        world.outbox,
                                 world.marker_key, kmaas::api::kRegion};
  kmaas::records::NotedKeyUses uses(world.catalog, world.clock.Now());
  services.key_uses = &uses;
  kmaas::core::Pipeline pipeline(world.registry, services, world.authoriser);
  for (std::int64_t i = 1; i < state.range(0); ++i) world.MakeKey();
  kms::EncryptRequest encrypt;
  encrypt.set_key_id(world.MakeKey());
  encrypt.set_plaintext("0123456789abcdef0123456789abcdef");
  kms::DecryptRequest decrypt;
  decrypt.set_ciphertext_blob(
      world.Must<kms::EncryptResponse>("Encrypt", encrypt).ciphertext_blob());
  for (auto _ : state) {
    kmaas::api::DirectCall call("TrentService.Decrypt", decrypt, kmaas::api::Administrator(),
                                kmaas::Deadline::Never());
    const auto reply = pipeline.Serve(call);
    if (!reply) state.SkipWithError("refused");
  }
}
BENCHMARK(BM_Decrypt)->Arg(1)->Arg(10'000);

}  // namespace

BENCHMARK_MAIN();
