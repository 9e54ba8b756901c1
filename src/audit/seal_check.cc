#include "audit/seal_check.h"

#include <utility>

#include "crypto/ecdsa.h"

namespace kmaas::audit {
namespace {

// More numbers than this are not remembered one by one.
constexpr std::uint64_t kMissingMax = 100'000;

}  // namespace

SealCheck::SealCheck(const std::vector<Bytes>& public_keys, bool from_first)
    : begins_(!from_first) {
  for (const Bytes& key : public_keys) keys_.emplace(SealKeyId(key), key);
}

void SealCheck::BeginFile(const TrailFile& file, bool is_newest) {
  file_ = file.name;
  named_number_ = file.first_sequence;
  is_newest_ = is_newest;
  file_has_seal_ = false;
}

void SealCheck::Add(const RawLine& line) {
  const std::optional<SealLine> parsed = line.is_whole ? ParseSealLine(line.text) : std::nullopt;
  if (!parsed) {
    AddUnreadable(line);
    return;
  }
  const Seal& seal = parsed->seal;
  ++seals_;
  if (!file_has_seal_ && line.number == 1 && seal.number != named_number_) {
    Report(FindingKind::kMisnamed, line.number, seal.number,
           "the file's name says that it begins with seal " + std::to_string(named_number_));
  }
  file_has_seal_ = true;
  if (std::exchange(begins_, false)) {
    last_number_ = seal.number - 1;
    last_hash_ = seal.previous;
    covered_.reset();
  }
  const bool is_signed = IsSigned(*parsed, line.number);
  Follow(seal, line.number, is_signed);
  if (seal.number == last_number_) last_hash_ = SealLineHash(line.text);
  if (is_signed) believed_.push_back({seal, file_, line.number});
}

void SealCheck::AddUnreadable(const RawLine& line) {
  ++excused_;
  if (line.is_whole) {
    Report(FindingKind::kUnreadable, line.number, 0, "this is not a seal");
  } else {
    Report(FindingKind::kTorn, line.number, 0,
           is_newest_ ? "the last seal is incomplete: a crash while it was written, or a cut"
                      : "the file ends inside a seal");
  }
}

bool SealCheck::IsSigned(const SealLine& line, std::uint64_t number) {
  if (keys_.empty()) return true;
  const auto key = keys_.find(line.seal.key);
  if (key == keys_.end()) {
    Report(FindingKind::kUnknownKey, number, line.seal.number,
           "signed by another key than those that were given");
    return false;
  }
  if (crypto::VerifyP256(key->second, SealDigest(line.text), line.signature)) return true;
  Report(FindingKind::kBadSignature, number, line.seal.number,
         "the audit key did not sign this seal");
  return false;
}

void SealCheck::Follow(const Seal& seal, std::uint64_t line, bool is_signed) {
  if (seal.number <= last_number_) {
    const bool was_missing = missing_.erase(seal.number) > 0;
    Report(
        was_missing ? FindingKind::kReordered : FindingKind::kFork, line, seal.number,
        was_missing ? "it stands after seals that followed it" : "a second seal with this number");
    return;
  }
  const std::uint64_t expected = last_number_ + 1;
  if (seal.number > expected + excused_) {
    Report(FindingKind::kGap, line, seal.number,
           Numbers("seal", expected, seal.number - 1) + " missing before it");
  }
  for (std::uint64_t gone = expected; gone < seal.number && missing_.size() < kMissingMax; ++gone)
    missing_.insert(gone);
  const bool continues = seal.number == expected && excused_ == 0;
  if (continues && seal.previous != last_hash_ && last_was_sound_ && is_signed) {
    Report(FindingKind::kChanged, line, seal.number,
           "it does not continue the seal before it: that one was replaced");
  }
  if (continues && last_was_sound_ && is_signed) FollowCoverage(seal, line);
  if (is_signed) RemarkSilence(seal, line);
  if (seal.kind != SealKind::kRetired) covered_ = seal.last;
  last_number_ = seal.number;
  last_was_sound_ = is_signed;
  excused_ = 0;
  last_ = seal;
}

void SealCheck::FollowCoverage(const Seal& seal, std::uint64_t line) {
  if (seal.kind == SealKind::kRetired || !covered_ || seal.first == *covered_ + 1) return;
  Report(FindingKind::kGap, line, seal.number,
         "it begins with record " + std::to_string(seal.first) +
             ", and the one before it ends at " + std::to_string(*covered_));
}

void SealCheck::RemarkSilence(const Seal& seal, std::uint64_t line) {
  if (!last_ || !last_was_sound_) return;
  const std::string since = last_->time + " and " + seal.time;
  if (SecondsBetween(last_->time, seal.time) < 0) {
    remarks_.push_back({file_, line, "between " + since + " the clock was set back"});
  } else if (seal.kind == SealKind::kStart) {
    if (last_->kind == SealKind::kStop) return;
    remarks_.push_back(
        {file_, line, "between " + since + " the server ended without a last seal: a crash"});
  } else if (IsOverdue(*last_, seal.time)) {
    remarks_.push_back({file_, line,
                        "no seal between " + since +
                            ": the token was away, or the "
                            "server stood still"});
  }
}

void SealCheck::Report(FindingKind kind, std::uint64_t line, std::uint64_t number,
                       std::string what) {
  findings_.push_back({kind, file_, line, number, std::move(what)});
}

}  // namespace kmaas::audit
