// What request quotas cost a call: the gate, and the quota of its key.
#include <benchmark/benchmark.h>

#include "core/operation.h"
#include "operations/operations.h"
#include "tests/fakes/seeded_random.h"
#include "traffic/throttled_authoriser.h"

namespace kmaas::traffic {
namespace {

class Allowing final : public core::Authoriser {
 public:
  Result<core::Verdict> Decide(const core::AccessQuestion& /*question*/) override {
    return core::Verdict{};
  }
};

struct World {
  World() {
    for (const auto& one : registry.operations())
      if (one->name == "Decrypt") decrypt = one.get();
    envelope.source_address = "192.0.2.17";
    envelope.claimed_access_key_id = "AKIAIOSFODNN7EXAMPLE";
    principal.account = "111122223333";
  }
  static QuotaSettings Settings() {
    QuotaSettings settings;
    settings.calls_in_flight_max = 24;
    return settings;
  }
  const core::Registry registry = *operations::MakeRegistry();
  const Quotas all{registry};
  const SystemClock clock;
  fakes::SeededRandom random;
  CallQuotas quotas{all, Settings(), random, clock};
  Allowing inner;
  const core::Operation* decrypt = nullptr;
  core::CallEnvelope envelope;
  domain::Principal principal;
  domain::Key key;
};

World& TheWorld() {
  static World world;
  return world;
}

// All that is asked of a Decrypt; the floor below is the decision alone.
void DecryptWithQuotas(benchmark::State& state) {
  World& world = TheWorld();
  ThrottledAuthoriser authoriser(world.inner, world.quotas, "eu-central-1");
  core::AccessQuestion question{
      .principal = world.principal, .action = "kms:Decrypt", .key = &world.key};
  question.operation = world.decrypt;
  question.target = world.decrypt->targets.front().field;
  for (auto _ : state) {
    benchmark::DoNotOptimize(world.quotas.Enter(world.envelope));
    world.quotas.Proven(world.envelope);
    benchmark::DoNotOptimize(world.quotas.Admit(
        {world.envelope, "eu-central-1", world.principal.account, world.decrypt}));
    benchmark::DoNotOptimize(authoriser.Decide(question));
  }
}
BENCHMARK(DecryptWithQuotas)->ThreadRange(1, 4);

void DecisionAlone(benchmark::State& state) {
  World& world = TheWorld();
  const core::AccessQuestion question{
      .principal = world.principal, .action = "kms:Decrypt", .key = &world.key};
  core::Authoriser& authoriser = world.inner;
  for (auto _ : state) benchmark::DoNotOptimize(authoriser.Decide(question));
}
BENCHMARK(DecisionAlone);

}  // namespace
}  // namespace kmaas::traffic

BENCHMARK_MAIN();
