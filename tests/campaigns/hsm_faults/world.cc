// The token, the shim and the engine.
#include "tests/campaigns/hsm_faults/world.h"

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "hsm/ceremony.h"
#include "tests/component/hsm/module_hook.h"

namespace kmaas::campaigns {
namespace {

constexpr std::chrono::seconds kPatience{5};

template <class T>
T Must(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s [%s]\n", result.error().message.c_str(), result.error().detail.c_str());
  std::exit(2);
}

}  // namespace

void Tally::Add(const Use& use) {
  right += use.answer == Answer::kRight ? 1 : 0;
  if (use.answer == Answer::kRefused && refused++ == 0)
    first_refused = use.name + ": " + use.detail;
  if (use.answer == Answer::kRight || use.answer == Answer::kRefused) return;
  if (bad++ == 0) first_bad = use.name + ": " + use.detail;
}

World::World(std::string shim)
    : token_(fakes::SoftToken::Create()),
      shim_(std::move(shim)),
      plan_(token_.directory() + "/plan", token_.module_path()),
      keys_(std::make_unique<Keys>()) {
  const auto bytes = [](const std::string& text) { return SecretBytes(AsBytes(text)); };
  Must(hsm::MakeServiceKeys({.module_path = token_.module_path(),
                             .token_label = token_.label(),
                             .so_pin = bytes(token_.so_pin()),
                             .user_pin = bytes(token_.user_pin())}));
  Open();
  MakeKeys(*engine_, *keys_);
}

World::~World() { Close(); }

void World::Open() {
  engine_.reset();
  hsm::EngineOptions options{.module_path = shim_,
                             .token_label = token_.label(),
                             .user_pin = SecretBytes(AsBytes(token_.user_pin())),
                             .recovery_interval = std::chrono::milliseconds(0)};
  engine_ = Must(hsm::Engine::Open(std::move(options), clock_));
}

void World::MakeModuleForget() { (void)hsm::FunctionsOf(token_.module_path()).C_Finalize(nullptr); }

Use World::UseOne(std::size_t kind) {
  const Kind& one = AllKinds().at(kind);
  Use use = one.use(*engine_, *keys_, Deadline::After(clock_, kPatience));
  use.name = one.name;
  return use;
}

Tally World::UseAll() {
  Tally tally;
  for (std::size_t kind = 0; kind < AllKinds().size(); ++kind) tally.Add(UseOne(kind));
  return tally;
}

Tally World::AskOnce(std::chrono::milliseconds patience) {
  Tally tally;
  const Deadline deadline = Deadline::After(clock_, patience);
  std::thread short_call([&] { tally.Add(AllKinds().front().use(*engine_, *keys_, deadline)); });
  const Use long_use = UseOfLongLane(*engine_, deadline);
  short_call.join();
  tally.Add(long_use);
  return tally;
}

bool World::IsWholeWithinASecond(std::string& why) {
  const auto end = clock_.SteadyNow() + std::chrono::seconds(1);
  for (;;) {
    const bool is_late = clock_.SteadyNow() >= end;
    const Tally tally = UseAll();
    if (tally.bad == 0 && tally.refused == 0) return true;
    if (tally.bad == 0 && !is_late) continue;
    why = tally.bad > 0 ? tally.first_bad : "refused a second later: " + tally.first_refused;
    return false;
  }
}

}  // namespace kmaas::campaigns
