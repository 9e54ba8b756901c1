#include "tests/campaigns/disks/inspection.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "audit/verifier.h"

namespace kmaas::campaigns {
namespace {

// Request ids of the trail, and how often each is there.
std::map<std::string, int> RequestsIn(const std::string& directory) {
  constexpr std::string_view kMember = R"("requestID":")";
  std::map<std::string, int> requests;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    if (file.path().extension() != ".jsonl" ||
        !file.path().filename().string().starts_with("audit-"))
      continue;
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) {
      const std::size_t at = line.rfind(kMember);  // what callers wrote stands before it
      if (at == std::string::npos) continue;
      const std::size_t from = at + kMember.size();
      ++requests[line.substr(from, line.find('"', from) - from)];
    }
  }
  return requests;
}

void InspectTrail(const Machine& machine, const Script& script, std::uint64_t moment,
                  const std::string& name, Tally& tally) {
  const auto report = audit::VerifyTrail(machine.trail());
  if (!report || !report->intact()) {
    ++tally.broken;
    tally.Note(name, report ? "the trail: " + report->findings.front().what
                            : "the trail cannot be read: " + report.error().message);
  }
  std::map<std::string, int> requests = RequestsIn(machine.trail());
  for (const std::uint64_t call : script.ledger().AnsweredUntil(moment)) {
    const int times = requests[RequestIdOf(call)];
    if (times == 1) continue;
    ++tally.unrecorded;
    tally.Note(name,
               "call " + std::to_string(call) + " is recorded " + std::to_string(times) + " times");
  }
}

}  // namespace

void InspectRunning(Server& server, const Script& script, std::uint64_t moment,
                    const std::string& name, Tally& tally) {
  const std::vector<std::string> wrong = script.Differences(server, moment);
  tally.wrong += wrong.size();
  for (const std::string& one : wrong) tally.Note(name, one);
}

void Inspect(Machine& machine, const Server::Disk& disk, const Script& script, std::uint64_t moment,
             const std::string& name, Tally& tally) {
  ++tally.trials;
  auto server = Server::Start(machine, disk);
  if (!server) {
    ++tally.refused;
    tally.Note(name, "not opened: " + server.error().message + " " + server.error().detail);
    return;
  }
  InspectRunning(**server, script, moment, name, tally);
  server->reset();
  InspectTrail(machine, script, moment, name, tally);
}

}  // namespace kmaas::campaigns
