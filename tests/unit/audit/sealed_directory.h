// A trail that is sealed by a token in memory.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "audit/seal.h"
#include "audit/sealer.h"
#include "audit/trail_files.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/unit/audit/trail_directory.h"

namespace kmaas::audit {

class SealMemoryInHere final : public SealMemory {
 public:
  Result<std::optional<SealMark>> Remembered() override { return mark; }
  Result<void> Remember(const SealMark& newest) override {
    if (failures > 0) {
      --failures;
      return Error{ErrorCode::kDependencyTimeout, "", "no store"};
    }
    mark = newest;
    return {};
  }
  std::optional<SealMark> mark;
  int failures = 0;
};

class SealedDirectory : public TrailDirectory {
 public:
  SealedDirectory() {
    sealing.directory = path();
    sealing.memory = &memory;
    sealing.calls = &faults.calls();
  }
  SealMemoryInHere memory;
  SealerOptions sealing;
  fakes::FakeCryptoEngine engine;
  std::unique_ptr<Trail> trail;
  std::unique_ptr<Sealer> sealer;

  // As a server starts; throws when it refuses.
  void Start() {
    if (const Result<void> started = TryStart(); !started)
      throw std::runtime_error(started.error().message + started.error().detail);
  }
  Result<void> TryStart() {
    Crash();
    KM_TRY(trail, TryOpen());
    KM_TRY(sealer, Sealer::Open(sealing, *trail, engine, clock));
    return {};
  }
  // As a server ends: in good order, and without a word.
  void Stop() {
    sealer->Stop();
    Crash();
  }
  void Crash() {
    sealer.reset();
    trail.reset();
  }
  // While nothing is open.
  void Empty() const {
    for (const auto& file : std::filesystem::directory_iterator(path()))
      std::filesystem::remove(file);
  }
  void Add(int records) {
    for (; records > 0; --records)
      if (!trail->Append(WriteRecord("id-" + std::to_string(++added_))))
        throw std::runtime_error("append");
  }
  // Time passes, and a seal comes due.
  void Seal() {
    clock.Advance(sealing.interval);
    sealer->Tick();
  }
  std::vector<SealLine> Seals() const {
    std::vector<SealLine> seals;
    const auto files = ListSealFiles(path());
    for (const TrailFile& file : *files)
      for (const std::string& line : SplitLines(Content(file.name)))
        seals.push_back(ParseSealLine(line).value());
    return seals;
  }
  VerifyReport VerifySigned() {
    auto report = VerifyTrail(path(), {{*engine.AuditPublicKey()}});
    if (!report) throw std::runtime_error(report.error().message);
    return *std::move(report);
  }
  // "kind file:line number" of each finding, of a trail in one file and its seals in another.
  std::vector<std::string> Findings() {
    std::vector<std::string> texts;
    for (const Finding& finding : VerifySigned().findings) {
      texts.push_back(std::string(FindingName(finding.kind)) + " " + finding.file.substr(0, 5) +
                      ":" + std::to_string(finding.line) + " " + std::to_string(finding.sequence));
    }
    return texts;
  }

 private:
  int added_ = 0;
};

}  // namespace kmaas::audit
