#include "audit/file_index.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <utility>

#include "audit/append_file.h"
#include "audit/chain.h"
#include "base/bytes.h"
#include "crypto/digest.h"

namespace kmaas::audit {
namespace {

// All numbers big-endian. Head: the mark, the size of the source and its first record, the number
// of entries, earliest and latest time with a length each, the fences, and the SHA-256 of all that.
// Then blocks of at most so many entries - the hash of a term, and the offset of a line that has
// it, in order - with the first 8 bytes of their SHA-256.
constexpr std::string_view kMark = "kmaas audit index 1\n";
constexpr std::size_t kBlockEntries = 510;
constexpr std::size_t kBlockBytes = (kBlockEntries + 1) * 8;
constexpr std::uint64_t kHeadBytesMax = std::uint64_t{64} << 20U;

std::uint64_t BlockSum(ByteView block) {
  const crypto::Sha256Digest digest = crypto::Sha256(block);
  return ByteReader(digest).U64();
}

bool ReadAt(int file, std::uint64_t at, std::size_t size, Bytes& out) {
  out.resize(size);
  std::size_t got = 0;
  while (got < size) {
    const ssize_t read = pread(file, out.data() + got, size - got, static_cast<off_t>(at + got));
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return false;
    got += static_cast<std::size_t>(read);
  }
  return true;
}

// Entries of a term are from here to there.
std::uint64_t Least(std::uint32_t term) { return std::uint64_t{term} << 32U; }
std::uint64_t Most(std::uint32_t term) {
  return Least(term) | std::numeric_limits<std::uint32_t>::max();
}

// What a reading of a file collects.
struct Terms {
  std::vector<std::uint64_t> entries;
  std::string earliest;
  std::string latest;
  std::uint64_t bytes = 0;

  void Add(std::uint32_t term, std::uint64_t offset) {
    entries.push_back(std::uint64_t{term} << 32U | offset);
  }
  void AddText(Term field, std::string_view text, std::uint64_t offset) {
    if (!text.empty()) Add(TermHash(field, text), offset);
  }
};

void AddRecord(const EventFields& fields, std::uint64_t offset, Terms& terms) {
  terms.AddText(Term::kPrincipal, fields.principal, offset);
  terms.AddText(Term::kName, fields.name, offset);
  terms.AddText(Term::kSourceAddress, fields.source_address, offset);
  terms.AddText(Term::kErrorCode, fields.error_code, offset);
  terms.AddText(Term::kRequestId, fields.request_id, offset);
  terms.AddText(Term::kEventId, fields.event_id, offset);
  for (const std::string_view resource : fields.resources) {
    terms.AddText(Term::kResource, resource, offset);
    terms.AddText(Term::kResource, ShortName(resource), offset);
  }
  if (terms.earliest.empty() || fields.time < terms.earliest) terms.earliest = fields.time;
  if (fields.time > terms.latest) terms.latest = fields.time;
}

Result<Terms> ReadTerms(const TrailFile& file) {
  Terms terms;
  KM_CHECK(ReadLines(file.path, [&terms](const RawLine& line) {
    terms.bytes = line.start + line.text.size() + (line.is_whole ? 1 : 0);
    if (const std::optional<TrailLine> record = ParseLine(line.text))
      AddRecord(ReadFields(record->event), line.start, terms);
  }));
  if (terms.bytes > std::numeric_limits<std::uint32_t>::max())
    return Error{ErrorCode::kValidation, file.path + ": too long to be indexed"};
  std::sort(terms.entries.begin(), terms.entries.end());
  terms.entries.erase(std::unique(terms.entries.begin(), terms.entries.end()), terms.entries.end());
  return terms;
}

Bytes Serialised(const TrailFile& file, const Terms& terms) {
  Bytes out;
  Append(out, kMark);
  Bytes head;
  AppendU64(head, terms.bytes);
  AppendU64(head, file.first_sequence);
  AppendU64(head, terms.entries.size());
  AppendField(head, terms.earliest);
  AppendField(head, terms.latest);
  for (std::size_t at = 0; at < terms.entries.size(); at += kBlockEntries)
    AppendU64(head, terms.entries[at]);
  AppendU32(out, static_cast<std::uint32_t>(head.size()));
  Append(out, head);
  Append(out, crypto::Sha256(out));
  Bytes block;
  for (std::size_t at = 0; at < terms.entries.size(); at += kBlockEntries) {
    block.clear();
    const std::size_t end = std::min(at + kBlockEntries, terms.entries.size());
    for (std::size_t entry = at; entry < end; ++entry) AppendU64(block, terms.entries[entry]);
    AppendU64(block, BlockSum(block));
    Append(out, block);
  }
  return out;
}

}  // namespace

// FNV-1a of 64 bits, folded: two terms with one hash cost a line that is read in vain.
std::uint32_t TermHash(Term field, std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&hash](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3U; };
  mix(static_cast<std::uint8_t>(field));
  for (const char c : text) mix(static_cast<std::uint8_t>(c));
  return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
}

std::string IndexPath(const TrailFile& file) {
  return std::filesystem::path(file.path).replace_extension(".index").string();
}

Result<void> BuildIndex(const TrailFile& file) {
  KM_TRY(const Terms terms, ReadTerms(file));
  const Bytes bytes = Serialised(file, terms);
  const std::string path = IndexPath(file);
  const std::string made = path + "." + std::to_string(getpid());
  (void)unlink(made.c_str());
  {
    KM_TRY(const std::shared_ptr<AppendFile> written,
           AppendFile::Create(made, FileCalls::System()));
    if (Result<void> done = written->Write(AsText(bytes)); !done) {
      (void)unlink(made.c_str());
      return done;
    }
  }
  if (std::rename(made.c_str(), path.c_str()) == 0) return {};
  const int error = errno;
  (void)unlink(made.c_str());
  return FileError("cannot rename " + made, error);
}

FileIndex::FileIndex(FileIndex&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      blocks_at_(other.blocks_at_),
      entries_(other.entries_),
      fences_(std::move(other.fences_)),
      earliest_(std::move(other.earliest_)),
      latest_(std::move(other.latest_)) {}

FileIndex::~FileIndex() {
  if (file_ >= 0) close(file_);
}

std::optional<FileIndex> FileIndex::Open(const TrailFile& file) {
  FileIndex index;
  index.file_ = open(IndexPath(file).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (index.file_ < 0 || !index.ReadHead(file)) return std::nullopt;
  return index;
}

bool FileIndex::ReadHead(const TrailFile& file) {
  Bytes front;
  if (!ReadAt(file_, 0, kMark.size() + 4, front) || !AsText(front).starts_with(kMark)) return false;
  const std::uint32_t size = ByteReader(ByteView(front).subspan(kMark.size())).U32();
  Bytes head;
  Bytes sum;
  if (size > kHeadBytesMax || !ReadAt(file_, front.size(), size, head) ||
      !ReadAt(file_, front.size() + size, sizeof(crypto::Sha256Digest), sum))
    return false;
  Bytes covered = front;
  Append(covered, head);
  if (!std::ranges::equal(crypto::Sha256(covered), sum)) return false;
  ByteReader reader(head);
  std::error_code failure;
  if (reader.U64() != std::filesystem::file_size(file.path, failure) || failure) return false;
  if (reader.U64() != file.first_sequence) return false;
  entries_ = reader.U64();
  earliest_ = ToString(reader.Take(reader.U32()));
  latest_ = ToString(reader.Take(reader.U32()));
  while (reader.ok() && !reader.rest().empty()) fences_.push_back(reader.U64());
  blocks_at_ = front.size() + size + sum.size();
  return reader.ok() && fences_.size() == (entries_ + kBlockEntries - 1) / kBlockEntries;
}

std::optional<std::vector<std::uint64_t>> FileIndex::Block(std::size_t number) const {
  const std::uint64_t before = std::uint64_t{number} * kBlockEntries;
  const std::size_t count = std::min<std::uint64_t>(kBlockEntries, entries_ - before);
  Bytes block;
  if (!ReadAt(file_, blocks_at_ + number * kBlockBytes, (count + 1) * 8, block))
    return std::nullopt;
  ByteReader reader(block);
  std::vector<std::uint64_t> entries(count);
  for (std::uint64_t& entry : entries) entry = reader.U64();
  if (reader.U64() != BlockSum(ByteView(block).first(count * 8))) return std::nullopt;
  return entries;
}

// The block before the first fence that is not less may end with such entries.
std::size_t FileIndex::FirstBlock(std::uint32_t term) const {
  const auto fence = std::lower_bound(fences_.begin(), fences_.end(), Least(term));
  return fence == fences_.begin() ? 0 : static_cast<std::size_t>(fence - fences_.begin()) - 1;
}

std::size_t FileIndex::BlocksOf(std::uint32_t term) const {
  const auto end = std::upper_bound(fences_.begin(), fences_.end(), Most(term));
  const auto before_end = static_cast<std::size_t>(end - fences_.begin());
  const std::size_t first = FirstBlock(term);
  return before_end > first ? before_end - first : 0;
}

std::optional<std::vector<std::uint32_t>> FileIndex::Find(std::uint32_t term) const {
  const std::uint64_t least = Least(term);
  const std::uint64_t most = Most(term);
  std::vector<std::uint32_t> offsets;
  for (std::size_t number = FirstBlock(term); number < fences_.size() && fences_[number] <= most;
       ++number) {
    const auto entries = Block(number);
    if (!entries) return std::nullopt;
    const auto begin = std::lower_bound(entries->begin(), entries->end(), least);
    for (auto entry = begin; entry != entries->end() && *entry <= most; ++entry) {
      const auto offset = static_cast<std::uint32_t>(*entry);
      if (!offsets.empty() && offset <= offsets.back()) return std::nullopt;  // not our order
      offsets.push_back(offset);
    }
  }
  return offsets;
}

}  // namespace kmaas::audit
