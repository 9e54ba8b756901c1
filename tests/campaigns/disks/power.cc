#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "tests/campaigns/disks/campaigns.h"
#include "tests/campaigns/disks/inspection.h"

namespace kmaas::campaigns {
namespace {

// After the operation that ended at `entries` of the log.
struct Moment {
  std::uint64_t entries = 0;
  std::chrono::milliseconds ahead{0};
  std::optional<ports::StoreHead> anchored;
};

class Recording {
 public:
  explicit Recording(std::size_t operations) {
    const Server::Disk disk{&disk_.calls_of_trail(), storage::FaultyVfs::kName};
    disk_.Record(&log_);
    auto server = Server::Start(machine_, disk);
    if (!server) throw std::runtime_error(server.error().message);
    Note();
    for (std::size_t number = 0; number < operations; ++number) {
      if (number == operations / 2) {  // a restart in good order
        server->reset();
        server = Server::Start(machine_, disk);
        if (!server) throw std::runtime_error(server.error().message);
      }
      if (const Result<void> done = script_.Run(**server, number); !done)
        throw std::runtime_error("operation " + std::to_string(number) + ": " +
                                 done.error().message + " " + done.error().detail);
      Note();
    }
    server->reset();
    Note();
    disk_.Record(nullptr);
  }

  std::uint64_t first() const { return moments_.front().entries; }
  std::uint64_t size() const { return log_.size(); }
  const Script& script() const { return script_; }

  // The machine as it stands when the power has failed after so many entries.
  void PutTogether(std::uint64_t entries, std::mt19937_64& chance, Machine& image) const {
    const Moment& moment = LastBefore(entries);
    image.token = machine_.token;
    image.clock.Advance(machine_.clock.ahead());
    if (moment.anchored)
      if (!image.anchor.WriteAnchor(*moment.anchored, Deadline::Never()))
        throw std::runtime_error("no anchor");
    std::filesystem::create_directory(image.trail());
    std::filesystem::permissions(image.trail(), std::filesystem::perms::owner_all);
    for (const auto& [path, content] : log_.WithHoles(entries, AnySectors(chance))) {
      const std::string to = image.directory.path() + path.substr(machine_.directory.path().size());
      std::ofstream(to, std::ios::binary) << content;
    }
  }
  // Watched too, because flushes of watched disks cost nothing.
  Server::Disk disk() const { return {&disk_.calls_of_trail(), storage::FaultyVfs::kName}; }

 private:
  void Note() {
    const auto anchored = machine_.anchor.ReadAnchor(Deadline::Never());
    moments_.push_back({log_.size(), machine_.clock.ahead(), *anchored});
  }
  const Moment& LastBefore(std::uint64_t entries) const {
    const Moment* last = &moments_.front();
    for (const Moment& moment : moments_)
      if (moment.entries <= entries) last = &moment;
    return *last;
  }
  // In one image in four nothing of it survives, in one everything.
  static storage::SurvivingSectors AnySectors(std::mt19937_64& chance) {
    const std::uint64_t kind = chance() % 4;
    return [kind, &chance](std::size_t sectors) {
      if (kind == 0) return std::vector<bool>(sectors, false);
      const std::uint64_t whole = kind == 1 ? 1 : chance() % 3;
      if (whole < 2) return std::vector<bool>(sectors, whole == 1);
      std::vector<bool> some(sectors);
      for (std::size_t sector = 0; sector < sectors; ++sector) some[sector] = chance() % 2 == 0;
      return some;
    };
  }

  WatchedDisk disk_;
  storage::DiskLog log_;
  Machine machine_;
  std::vector<Moment> moments_;
  Script script_{machine_, [this] { return log_.size(); }};
};

}  // namespace

Tally FailPower(std::uint64_t images, std::size_t operations, std::uint64_t seed) {
  const Recording recording(operations);
  std::mt19937_64 chance(seed);
  Tally tally;
  const std::uint64_t moments = recording.size() - recording.first() + 1;
  for (std::uint64_t number = 0; number < images; ++number) {
    // Every moment once before any comes again, wherever the script has them.
    const std::uint64_t entries =
        recording.first() + (images < moments ? number * moments / images : number % moments);
    Machine image;
    recording.PutTogether(entries, chance, image);
    Inspect(image, recording.disk(), recording.script(), entries,
            "image " + std::to_string(number) + " after entry " + std::to_string(entries) + " of " +
                std::to_string(recording.size()),
            tally);
  }
  return tally;
}

}  // namespace kmaas::campaigns
