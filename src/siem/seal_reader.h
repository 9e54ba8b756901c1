// Follows the seals of the audit trail on disk, seal by seal, while they are made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "audit/seal.h"
#include "base/result.h"
#include "siem/trail_reader.h"

namespace kmaas::siem {

// A seal as it stands in its file.
struct TrailSeal {
  audit::Seal seal;
  std::string line;  // without its newline
};

// Owned by one thread. Reads only whole lines, by rising number without gaps; what is no seal, or
// another one than is due, is passed over and counted. Whether the token signed it is for whoever
// receives it to check.
class SealReader {
 public:
  explicit SealReader(std::string directory) : directory_(std::move(directory)) {}

  // The next one is that after `number`; 0: the first.
  void StartAfter(std::uint64_t number);
  // The next seal; none for the moment. Fails when the directory or a file cannot be read.
  Result<std::optional<TrailSeal>> Next();
  // What was read so far survives power loss.
  Result<void> MakeDurable();

  std::uint64_t faults() const { return faults_; }  // lines that were passed over

 private:
  Result<bool> OpenFile();
  std::optional<TrailSeal> Take(const std::string& line);

  std::string directory_;
  std::uint64_t last_ = 0;
  ReadOnlyFile file_;
  std::string path_;
  std::uint64_t offset_ = 0;  // of the line that is read next
  std::uint64_t faults_ = 0;
};

}  // namespace kmaas::siem
