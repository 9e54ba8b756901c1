#include "tests/component/policy_oracle/comparison.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "tests/component/policy_oracle/engine.h"
#include "tests/component/policy_oracle/generator.h"
#include "tests/component/policy_oracle/shrink.h"

namespace kmaas::policy_oracle {
namespace {

Verdict AskEngine(const Trial& trial, const Engine& engine, const Ask& ask) {
  return engine.Decide(trial.perturb ? trial.perturb(ask) : ask);
}

bool Contains(const std::vector<Verdict>& verdicts, Verdict verdict) {
  return std::find(verdicts.begin(), verdicts.end(), verdict) != verdicts.end();
}

bool Disagree(const Trial& trial, const World& world, const Ask& ask) {
  const Engine engine(world);
  return engine.refusal().empty() &&
         !Contains(Judge(world, ask, trial.rules), AskEngine(trial, engine, ask));
}

std::string Report(const Trial& trial, std::uint64_t index, World world, Ask ask) {
  Shrink(world, ask, [&](const World& w, const Ask& a) { return Disagree(trial, w, a); });
  std::string out = "seed " + std::to_string(trial.seed) + ", world " + std::to_string(index) +
                    "\n" + ToReport(world, ask) +
                    "engine: " + NameOf(AskEngine(trial, Engine(world), ask)) + "; oracle:";
  for (const Verdict verdict : Judge(world, ask, trial.rules)) out += " " + NameOf(verdict) + ",";
  return out + "\n";
}

// Whether the world is done without a disagreement.
bool CompareWorld(const Trial& trial, std::uint64_t index, Outcomes& outcomes) {
  Generator generator(WorldSeed(trial.seed, index));
  const World world = generator.NextWorld();
  const Engine engine(world);
  if (!engine.refusal().empty()) {
    outcomes.report = "refused when written, seed " + std::to_string(trial.seed) + ", world " +
                      std::to_string(index) + "\n" + engine.refusal();
    return false;
  }
  for (std::uint64_t i = 0; i < kAsksPerWorld; ++i) {
    const Ask ask = generator.NextAsk(world);
    const Verdict verdict = AskEngine(trial, engine, ask);
    ++outcomes.counts[static_cast<std::size_t>(verdict)];
    ++outcomes.decisions;
    if (Contains(Judge(world, ask, trial.rules), verdict)) continue;
    outcomes.report = Report(trial, index, world, ask);
    return false;
  }
  return true;
}

void CompareWorlds(const Trial& trial, std::uint64_t first, Outcomes& outcomes) {
  const std::uint64_t worlds = (trial.decisions + kAsksPerWorld - 1) / kAsksPerWorld;
  for (std::uint64_t index = first; index < worlds; index += trial.threads) {
    if (CompareWorld(trial, index, outcomes)) continue;
    outcomes.first_world = index;
    return;
  }
}

}  // namespace

std::uint64_t WorldSeed(std::uint64_t seed, std::uint64_t world) { return seed << 32 ^ world; }

double Outcomes::Share(Verdict verdict) const {
  return static_cast<double>(counts[static_cast<std::size_t>(verdict)]) /
         static_cast<double>(std::max<std::uint64_t>(decisions, 1));
}

Outcomes Compare(const Trial& trial) {
  std::vector<Outcomes> parts(trial.threads);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < trial.threads; ++i)
    threads.emplace_back([&trial, &parts, i] { CompareWorlds(trial, i, parts[i]); });
  for (auto& thread : threads) thread.join();
  Outcomes all;
  for (const auto& part : parts) {
    for (std::size_t i = 0; i < kVerdicts; ++i) all.counts[i] += part.counts[i];
    all.decisions += part.decisions;
    if (!part.first_world || (all.first_world && *all.first_world < *part.first_world)) continue;
    all.first_world = part.first_world;
    all.report = part.report;
  }
  return all;
}

}  // namespace kmaas::policy_oracle
