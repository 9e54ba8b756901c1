#include "audit/sealed_start.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "audit/chain_check.h"
#include "audit/seal_check.h"
#include "audit/trail_files.h"
#include "base/log.h"

namespace kmaas::audit {
namespace {

Error Refused(const std::string& directory, const std::string& what) {
  const std::string message =
      "the audit trail is not what its seals say: " + directory + "/" + what +
      ". Nothing was changed. Run `kmaas audit verify` and find out who wrote there; then move all "
      "files of the trail, its seals too, to another directory and start with an empty one.";
  return {ErrorCode::kKmsInternal, message, message};
}

Error Refused(const std::string& directory, const Finding& finding) {
  return Refused(directory, finding.file + " line " + std::to_string(finding.line) + ": " +
                                std::string(FindingName(finding.kind)) + ": " + finding.what);
}

struct NewestSeals {
  SealCheck check;
  std::vector<TrailFile> files;
  std::uint64_t whole_bytes = 0;  // of the newest file
  std::uint64_t torn_bytes = 0;
  bool is_remembered = false;  // one is the seal that was looked for
};

// The newest file of seals, and the one before it, as a crash may leave the newest empty. The
// verifier reads the rest.
Result<NewestSeals> ReadSeals(const std::string& directory, const Bytes& public_key,
                              const crypto::Sha256Digest& remembered) {
  KM_TRY(std::vector<TrailFile> files, ListSealFiles(directory));
  if (files.size() > 2) files.erase(files.begin(), files.end() - 2);
  const bool from_first = files.empty() || files.front().first_sequence == 1;
  NewestSeals seals{SealCheck({public_key}, from_first), std::move(files)};
  for (const TrailFile& file : seals.files) {
    seals.check.BeginFile(file, &file == &seals.files.back());
    seals.whole_bytes = 0;
    const bool is_newest = &file == &seals.files.back();
    KM_CHECK(ReadLines(file.path, [&](const RawLine& line) {
      if (is_newest && (seals.torn_bytes > 0 || WasNeverWritten(line))) {
        RawLine torn = line;
        torn.is_whole = false;
        if (seals.torn_bytes == 0) seals.check.Add(torn);
        seals.torn_bytes += line.text.size() + (line.is_whole ? 1 : 0);
        return;
      }
      seals.check.Add(line);
      if (line.is_whole) {
        seals.whole_bytes = line.start + line.text.size() + 1;
        seals.is_remembered = seals.is_remembered || SealLineHash(line.text) == remembered;
      } else {
        seals.torn_bytes = line.text.size();
      }
    }));
  }
  for (const Finding& finding : seals.check.findings()) {
    const bool is_crash =
        finding.kind == FindingKind::kTorn && finding.file == seals.files.back().name;
    if (!is_crash) return Refused(directory, finding);
  }
  return seals;
}

// The trail from the file that holds record `sealed` on.
Result<void> CheckBehind(const std::string& directory, const PlacedSeal& newest,
                         std::uint64_t sealed, const crypto::Sha256Digest& hash) {
  KM_TRY(const std::vector<TrailFile> files, ListTrailFiles(directory));
  auto holds = std::find_if(files.rbegin(), files.rend(), [&](const TrailFile& file) {
    return file.first_sequence <= std::max<std::uint64_t>(sealed, 1);
  });
  const std::size_t first =
      holds == files.rend() ? 0 : static_cast<std::size_t>(files.rend() - holds) - 1;
  std::optional<ChainCheck> check;
  if (sealed == 0) check.emplace(Genesis());
  std::optional<Finding> other;
  for (std::size_t index = first; index < files.size(); ++index) {
    if (check) check->BeginFile(files[index], index + 1 == files.size());
    KM_CHECK(ReadLines(files[index].path, [&](const RawLine& line) {
      if (check) {
        (void)check->Add(line);
        return;
      }
      const std::optional<TrailLine> record = ParseLine(line.text);
      if (!record || record->sequence != sealed) return;
      check.emplace(ChainHead{sealed, hash});
      check->BeginFile(files[index], index + 1 == files.size());
      if (record->hash == hash) return;
      other = {FindingKind::kRewritten, files[index].name, line.number, sealed,
               "record " + std::to_string(sealed) + " is not the one that " + newest.file +
                   " line " + std::to_string(newest.line) + " sealed"};
    }));
  }
  if (other) return Refused(directory, *other);
  if (!check)
    return Refused(directory, newest.file + " line " + std::to_string(newest.line) + ": record " +
                                  std::to_string(sealed) + " is missing");
  if (!check->findings().empty()) return Refused(directory, check->findings().front());
  return {};
}

// Those that were read are the newest two files: a remembered seal before them is not looked for.
Result<void> CheckMemory(const std::string& directory, const NewestSeals& seals,
                         const SealMark& remembered) {
  const std::string newest =
      seals.files.empty() ? SealFileName(1) : std::string(seals.files.back().name);
  if (seals.check.last_number() < remembered.number) {
    return Refused(directory,
                   newest + ": " +
                       Numbers("seal", seals.check.last_number() + 1, remembered.number) +
                       " are missing at the end, with the records that they cover");
  }
  const bool is_among_them =
      !seals.files.empty() && remembered.number >= seals.files.front().first_sequence;
  if (is_among_them && !seals.is_remembered) {
    return Refused(directory, newest + ": seal " + std::to_string(remembered.number) +
                                  " is another than the one that the store remembers");
  }
  return {};
}

Result<void> CheckTrail(const std::string& directory, const std::vector<PlacedSeal>& seals,
                        const ChainHead& head) {
  const auto newest = std::find_if(seals.rbegin(), seals.rend(), [](const PlacedSeal& one) {
    return one.seal.kind != SealKind::kRetired;
  });
  if (newest == seals.rend()) {
    if (head.sequence == 0) return {};
    return Refused(directory, SealFileName(1) + ": there is no seal, and there are " +
                                  std::to_string(head.sequence) + " records");
  }
  const Seal& seal = newest->seal;
  if (head.sequence < seal.last) {
    return Refused(directory, newest->file + " line " + std::to_string(newest->line) + ": " +
                                  Numbers("record", head.sequence + 1, seal.last) +
                                  " were sealed and are missing at the end");
  }
  if (head.sequence == seal.last && head.hash == seal.head) return {};
  return CheckBehind(directory, *newest, seal.last, seal.head);
}

}  // namespace

Result<SealedStart> CheckSealedStart(const std::string& directory, const ChainHead& head,
                                     const Bytes& public_key,
                                     const std::optional<SealMark>& remembered,
                                     const FileCalls& calls) {
  const SealMark mark = remembered.value_or(SealMark());
  KM_TRY(const NewestSeals seals, ReadSeals(directory, public_key, mark.hash));
  const std::vector<PlacedSeal>& believed = seals.check.believed();
  KM_CHECK(CheckTrail(directory, believed, head));
  SealedStart start;
  if (seals.files.empty() && head.sequence == 0) {
    start.lost = mark.number;
    return start;
  }
  if (mark.number > 0) KM_CHECK(CheckMemory(directory, seals, mark));
  if (seals.files.empty()) return start;
  start.number = seals.check.last_number();
  start.hash = seals.check.last_hash();
  for (const PlacedSeal& one : believed)
    if (one.seal.kind != SealKind::kRetired) start.sealed = one.seal.last;
  if (seals.torn_bytes > 0) {
    log::Warning("audit_torn_seal",
                 {{"file", seals.files.back().path}, {"bytes", seals.torn_bytes}});
  }
  KM_TRY(start.file, AppendFile::Continue(seals.files.back().path, seals.whole_bytes, calls));
  return start;
}

}  // namespace kmaas::audit
