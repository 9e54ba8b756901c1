// Follows the seals of a trail line by line, and says what is wrong where.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "audit/finding.h"
#include "audit/seal.h"
#include "audit/trail_files.h"
#include "base/bytes.h"

namespace kmaas::audit {

// A seal and where it stands. Only those that are believed say anything about records.
struct PlacedSeal {
  Seal seal;
  std::string file;
  std::uint64_t line = 0;
};

// Not thread-safe. Files in their order, their lines in theirs.
class SealCheck {
 public:
  // Keys as DER SubjectPublicKeyInfo, by which signatures are checked; without any, every seal that
  // has its form is believed.
  // `from_first`: the first seal has no predecessor; else it has one that is not looked at.
  explicit SealCheck(const std::vector<Bytes>& public_keys, bool from_first = true);

  void BeginFile(const TrailFile& file, bool is_newest);
  void Add(const RawLine& line);

  // Those that are believed, in the order of the files.
  const std::vector<PlacedSeal>& believed() const { return believed_; }
  const std::vector<Finding>& findings() const { return findings_; }
  const std::vector<Remark>& remarks() const { return remarks_; }
  std::uint64_t seals() const { return seals_; }
  // What the next seal continues: the number and hash of the last line that did.
  std::uint64_t last_number() const { return last_number_; }
  const crypto::Sha256Digest& last_hash() const { return last_hash_; }

 private:
  void AddUnreadable(const RawLine& line);
  bool IsSigned(const SealLine& line, std::uint64_t number);
  void Follow(const Seal& seal, std::uint64_t line, bool is_signed);
  void FollowCoverage(const Seal& seal, std::uint64_t line);
  void RemarkSilence(const Seal& seal, std::uint64_t line);
  void Report(FindingKind kind, std::uint64_t line, std::uint64_t number, std::string what);

  std::map<crypto::Sha256Digest, Bytes> keys_;
  std::vector<PlacedSeal> believed_;
  std::vector<Finding> findings_;
  std::vector<Remark> remarks_;
  std::uint64_t seals_ = 0;
  std::string file_;
  std::uint64_t named_number_ = 0;
  bool is_newest_ = false;
  bool file_has_seal_ = false;
  std::uint64_t last_number_ = 0;
  crypto::Sha256Digest last_hash_ = BeforeFirstSeal();
  bool last_was_sound_ = true;
  std::uint64_t excused_ = 0;  // unreadable lines since the last seal: they may have been seals
  std::set<std::uint64_t> missing_;
  bool begins_;  // whatever comes first is believed to continue what is not looked at
  std::optional<std::uint64_t> covered_ = 0;  // last record that a seal covers; none: not known
  std::optional<Seal> last_;
};

}  // namespace kmaas::audit
