#include "tests/component/audit_edits/sealed_world.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "audit/sealer.h"
#include "audit/trail_files.h"
#include "tests/fakes/fake_crypto_engine.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/sample_record.h"

namespace kmaas::audit {
namespace {

constexpr int kRecordsPerSeal = 10;
constexpr std::uint64_t kFileBytes = 30'000;
constexpr std::uint64_t kSealFileBytes = 3'000;

template <class T>
T Require(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + result.error().detail);
  return *std::move(result);
}

std::vector<std::string> ReadAll(const TrailFile& file) {
  std::vector<std::string> lines;
  const auto read =
      ReadLines(file.path, [&lines](const RawLine& line) { lines.emplace_back(line.text); });
  if (!read) throw std::runtime_error(read.error().message);
  return lines;
}

}  // namespace

SealedWorld::SealedWorld(int records) {
  fakes::ManualClock clock;
  fakes::FakeCryptoEngine engine;
  TrailOptions options{directory_.path(), kFileBytes, std::chrono::milliseconds(0)};
  SealerOptions sealing{directory_.path()};
  sealing.bytes_per_file_max = kSealFileBytes;
  const auto trail = Require(Trail::Open(options, clock));
  const auto sealer = Require(Sealer::Open(sealing, *trail, engine, clock));
  for (int number = 1; number <= records; ++number) {
    ports::AuditRecord record = fakes::SampleRecord("id-" + std::to_string(number));
    record.time = clock.Now();
    if (!trail->Append(record)) throw std::runtime_error("append");
    clock.Advance(sealing.interval / kRecordsPerSeal);
    sealer->Tick();
  }
  sealer->Stop();
  public_key_ = Require(engine.AuditPublicKey());
  for (const TrailFile& file : Require(ListTrailFiles(directory_.path()))) {
    files_[file.name] = ReadAll(file);
    for (std::size_t line = 0; line < files_[file.name].size(); ++line)
      records_.push_back({file.name, line});
  }
  for (const TrailFile& file : Require(ListSealFiles(directory_.path()))) {
    files_[file.name] = ReadAll(file);
    for (std::size_t line = 0; line < files_[file.name].size(); ++line) {
      seals_.push_back({file.name, line});
      sealed_.push_back(ParseSealLine(files_[file.name][line]).value().seal.last);
    }
  }
  on_disk_ = files_;
}

void SealedWorld::Write(const std::string& name, const std::vector<std::string>& lines) const {
  std::ofstream file(directory_.File(name), std::ios::binary | std::ios::trunc);
  for (const std::string& line : lines) file << line << '\n';
}

VerifyReport SealedWorld::Verify(const Files& edited) {
  for (const auto& [name, lines] : on_disk_)
    if (!edited.contains(name)) std::filesystem::remove(directory_.File(name));
  for (const auto& [name, lines] : edited) {
    const auto now = on_disk_.find(name);
    if (now == on_disk_.end() || now->second != lines) Write(name, lines);
  }
  on_disk_ = edited;
  return Require(VerifyTrail(directory_.path(), {{public_key_}}));
}

}  // namespace kmaas::audit
