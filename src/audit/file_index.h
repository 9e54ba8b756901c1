// An index beside a file of the trail that takes no more records: which lines have a term. It is
// believed by nobody: what it finds is read again in the trail, and it can be made anew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/event_fields.h"
#include "audit/trail_files.h"
#include "base/result.h"

namespace kmaas::audit {

// What a record is sought by; the same text is another term in another field.
enum class Term : std::uint8_t {
  kPrincipal = 1,
  kName,
  kSourceAddress,
  kErrorCode,
  kRequestId,
  kEventId,
  kResource,  // its ARN, and its short name
};
std::uint32_t TermHash(Term field, std::string_view text);

// "audit-0000000000000001.index"
std::string IndexPath(const TrailFile& file);

// Reads the file and writes its index, at once under its name. The index must fit the file as it is
// then: one that takes more records has no index.
Result<void> BuildIndex(const TrailFile& file);

// Not thread-safe.
class FileIndex {
 public:
  // Nothing when there is none, when it was made of another file or size, or is damaged.
  static std::optional<FileIndex> Open(const TrailFile& file);
  ~FileIndex();
  FileIndex(FileIndex&& other) noexcept;
  FileIndex& operator=(FileIndex&&) = delete;

  // Offsets of the lines that may have the term, in order. Nothing when the part that says so is
  // damaged.
  std::optional<std::vector<std::uint32_t>> Find(std::uint32_t term) const;
  // What Find reads, in blocks of some 500 entries.
  std::size_t BlocksOf(std::uint32_t term) const;
  // Of the earliest and the latest record.
  const std::string& earliest() const { return earliest_; }
  const std::string& latest() const { return latest_; }

 private:
  FileIndex() = default;
  bool ReadHead(const TrailFile& file);
  // The first block that may have entries of the term.
  std::size_t FirstBlock(std::uint32_t term) const;
  // Entries of a block; nothing when it is damaged.
  std::optional<std::vector<std::uint64_t>> Block(std::size_t number) const;

  int file_ = -1;
  std::uint64_t blocks_at_ = 0;        // offset in the file
  std::uint64_t entries_ = 0;          // in all blocks
  std::vector<std::uint64_t> fences_;  // the first entry of each block
  std::string earliest_;
  std::string latest_;
};

}  // namespace kmaas::audit
