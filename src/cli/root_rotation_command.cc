// kmaas root rotate: asks a kmaasd that serves, or does it itself when none does.
#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "app/operator_trail.h"
#include "app/process.h"
#include "app/process_random.h"
#include "app/root_report.h"
#include "app/server_process.h"
#include "cli/commands.h"
#include "cli/json_writer.h"
#include "cli/server_process.h"

namespace kmaas::cli {
namespace {

using lifecycle::RootRotation;

// How long kmaasd may take to hear of it.
constexpr std::chrono::seconds kHeardMax{30};
constexpr std::chrono::milliseconds kLook{500};
constexpr std::chrono::seconds kTell{2};

struct RotateArguments {
  bool wait = false;
};

Error NothingNewer(std::uint32_t in_use) {
  return {ErrorCode::kValidation, "the token has no newer roots than generation " +
                                      std::to_string(in_use) +
                                      ", which is in use: make them with `kmaas root add`, and "
                                      "clone them to every token of hsm.tokens"};
}

// Says now and then how far it is.
class Progress {
 public:
  Progress(Invocation& invocation, std::uint64_t left) : invocation_(invocation), left_(left) {}

  void Tell(std::uint64_t rewrapped, bool at_once = false) {
    const SteadyTime now = invocation_.clock.SteadyNow();
    if (!at_once && now < next_) return;
    next_ = now + kTell;
    // With --json, standard output is the document alone.
    (invocation_.json ? invocation_.err : invocation_.out)
        << "kmaas root: " << rewrapped << " of " << std::max(left_, rewrapped)
        << " key materials rewrapped" << std::endl;
  }

 private:
  Invocation& invocation_;
  const std::uint64_t left_;
  SteadyTime next_{};
};

void PrintResult(Invocation& invocation, const app::RootReport& report) {
  const bool settled = report.use && report.use->settled;
  if (invocation.json) {
    JsonWriter json;
    json.BeginObject()
        .Member("generation", report.in_use)
        .Member("materials_rewrapped", report.use ? report.use->rewrapped : 0)
        .Member("settled", settled)
        .End();
    invocation.out << json.text();
    return;
  }
  invocation.out << "Generation " << report.in_use << " of the roots is in use. ";
  if (settled) {
    invocation.out << "All " << report.use->rewrapped
                   << " key materials of before are under it; `kmaas root retire` ends an old "
                      "one.\n";
  } else {
    invocation.out << "kmaasd brings the key materials to it; `kmaas root status` tells how far it "
                      "is.\n";
  }
}

// What may be rotated to, before anybody is asked.
Result<void> RefuseWithoutNewer(const app::RootReport& report) {
  const bool settled = !report.use || report.use->settled;
  if (settled && (report.in_token.empty() || report.in_token.back() <= report.in_use))
    return NothingNewer(report.in_use);
  return {};
}

// Opened anew each time: who only reads sees the database as it was when it was opened.
Result<app::RootReport> Look(const app::Config& config, const app::UserPins& pins,
                             const Clock& clock) {
  KM_TRY(app::Foundation foundation, OpenForReading(config, pins.Clone(), clock));
  auto report = app::ReportRoots(foundation);
  foundation.Close();
  return report;
}

Result<app::RootReport> Follow(Invocation& invocation, const app::Config& config,
                               const app::UserPins& pins, const RotateArguments& arguments,
                               const app::RootReport& before) {
  const std::uint32_t wanted = std::max(before.in_use, before.in_token.back());
  std::uint64_t left = 0;
  for (const auto& [generation, materials] : before.by_generation)
    if (generation != wanted) left += materials;
  Progress progress(invocation, left);
  const SteadyTime heard_until = invocation.clock.SteadyNow() + kHeardMax;
  for (;; std::this_thread::sleep_for(kLook)) {
    KM_TRY(app::RootReport report, Look(config, pins, invocation.clock));
    if (!report.use || report.use->generation < wanted) {
      if (invocation.clock.SteadyNow() < heard_until) continue;
      return Error{ErrorCode::kKmsInternal,
                   "kmaasd has not taken the new roots into use; its log says why, and it tries "
                   "again by itself"};
    }
    if (!arguments.wait || report.use->settled) return report;
    progress.Tell(report.use->rewrapped);
  }
}

Result<void> RotateByServer(Invocation& invocation, const app::Config& config,
                            const RotateArguments& arguments, const std::string& server) {
  KM_TRY(const app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(const app::RootReport before, Look(config, pins, invocation.clock));
  KM_CHECK(RefuseWithoutNewer(before));
  KM_CHECK(AskToRotateRoots(server));
  KM_TRY(const app::RootReport report, Follow(invocation, config, pins, arguments, before));
  PrintResult(invocation, report);
  return {};
}

Result<void> RotateAll(Invocation& invocation, RootRotation& rotation, std::uint64_t left) {
  KM_CHECK(rotation.Resume());
  KM_CHECK(rotation.Begin());
  Progress progress(invocation, left);
  for (;;) {
    KM_TRY(const RootRotation::Next next, rotation.Step());
    if (next == RootRotation::Next::kNothing) break;
    progress.Tell(rotation.counters().rewrapped);
  }
  progress.Tell(rotation.counters().rewrapped, /*at_once=*/true);
  return {};
}

Result<app::RootReport> RotateHere(Invocation& invocation, const app::Config& config,
                                   app::Foundation& foundation) {
  app::ProcessRandom random;
  KM_TRY(const app::RootReport before, app::ReportRoots(foundation));
  KM_CHECK(RefuseWithoutNewer(before));
  KM_TRY(const auto opened,
         app::OperatorTrail::Begin(config, foundation, random, invocation.clock));
  audit::Trail& trail = opened->trail();
  core::Outbox outbox(*foundation.catalog, trail);
  Result<void> done;
  if (const auto recovered = outbox.Recover(Deadline::After(invocation.clock, app::kStepMax));
      recovered) {
    RootRotation::Parts parts =
        app::RotationParts(foundation, outbox, trail, config.region, random, invocation.clock);
    parts.in_flight = std::chrono::seconds(0);
    RootRotation rotation(std::move(parts));
    done = RotateAll(invocation, rotation, before.elsewhere() + before.by_generation.size());
  } else {
    done = recovered.error();
  }
  const Result<void> ended = opened->End();
  KM_CHECK(done);
  KM_CHECK(ended);
  return app::ReportRoots(foundation);
}

Result<void> Rotate(Invocation& invocation, const RotateArguments& arguments) {
  KM_TRY(const app::Config config, invocation.Load());
  if (const auto server = app::ServerProcess(config.store.path))
    return RotateByServer(invocation, config, arguments, *server);
  app::SetModuleEnvironment(config.hsm);
  KM_TRY(app::UserPins pins, ObtainUserPins(config.hsm));
  KM_TRY(app::Foundation foundation,
         app::OpenFoundation(config, std::move(pins), storage::OpenMode::kOpenExisting,
                             invocation.clock));
  const auto report = RotateHere(invocation, config, foundation);
  foundation.Close();
  if (!report) return report.error();
  PrintResult(invocation, *report);
  return {};
}

}  // namespace

void AddRootRotation(CLI::App& root, Invocation& invocation) {
  const auto arguments = std::make_shared<RotateArguments>();
  CLI::App& rotate = *root.add_subcommand(
      "rotate", "Take the newest roots into use and rewrap all keys under them");
  invocation.AddConfigOption(rotate);
  rotate.add_flag("--wait", arguments->wait, "Return when every key is under the new roots");
  invocation.AddJsonOption(rotate);
  rotate.footer(
      "New keys are wrapped by the newest generation from now on, and every key of before is "
      "unwrapped and\nwrapped again in the token: it stays the same key, its ciphertexts and "
      "signatures stay good. kmaasd does\nit while it serves, and goes on after a crash where it "
      "was; without a kmaasd this command does it. The\nold roots stay until `kmaas root "
      "retire`.\n\n"
      "Examples:\n  kmaas root rotate\n  kmaas root rotate --wait --json");
  rotate.callback([&invocation, arguments] {
    invocation.action = [&invocation, arguments] { return Rotate(invocation, *arguments); };
  });
}

}  // namespace kmaas::cli
