// Follows the audit trail on disk, record by record, while it grows: the trail is the spool of
// every destination.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "audit/chain.h"
#include "base/result.h"

namespace kmaas::siem {

// A file that is open for reading; closed with it.
class ReadOnlyFile {
 public:
  ReadOnlyFile() = default;
  explicit ReadOnlyFile(int file) : file_(file) {}
  ~ReadOnlyFile() { Close(); }
  ReadOnlyFile(ReadOnlyFile&& other) noexcept;
  ReadOnlyFile& operator=(ReadOnlyFile&& other) noexcept;
  ReadOnlyFile(const ReadOnlyFile&) = delete;
  ReadOnlyFile& operator=(const ReadOnlyFile&) = delete;
  bool is_open() const { return file_ >= 0; }
  int get() const { return file_; }
  void Close();

 private:
  int file_ = -1;
};

// Owned by one thread. Reads only whole lines; checks that each continues the one before it, which
// shows a record that was written and taken back (a full disk) and a trail that was replaced. What
// a line claims of itself is for the verifier of the trail to check.
class TrailReader {
 public:
  enum class Place {
    kThere,    // the next record is the one after the head
    kRemoved,  // the files up to some record after the head are gone; reads the oldest one next
    kForeign,  // the trail has no such record; reads the oldest one next
  };
  enum class Step {
    kRecord,
    kEnd,     // for the moment
    kBroken,  // the next line does not continue what was read
  };
  struct Record {
    audit::ChainHead head;  // of this record
    std::string previous;   // hexadecimal
    std::string event;      // JSON
  };

  explicit TrailReader(std::string directory) : directory_(std::move(directory)) {}

  // Fails when the directory or a file cannot be read.
  Result<Place> StartAfter(const audit::ChainHead& head);
  Result<Step> Next(Record& record);
  // After kBroken: takes the next line that is a record for a beginning, whatever stood before it.
  void AcceptBreak();
  // What was read so far survives power loss: a cursor must not be ahead of the trail.
  Result<void> MakeDurable();
  std::uint64_t sequence() const { return last_.sequence; }  // of the record read last

 private:
  Result<void> StartAtOldest();
  Result<bool> OpenNext();
  Result<bool> Fill();
  Result<Step> AtEnd();
  Result<Step> Take(std::string_view line, Record& record);

  std::string directory_;
  ReadOnlyFile file_;
  std::string path_;
  std::uint64_t offset_ = 0;  // of the first byte in buffer_
  std::string buffer_;
  std::size_t taken_ = 0;  // of buffer_
  audit::ChainHead last_;
  bool any_start_ = true;     // the next record is a beginning
  std::int64_t listed_ = -1;  // when the directory had changed as it was last listed
};

// Number of the newest whole record; 0 when there is none. Reads the end of the newest file alone.
Result<std::uint64_t> NewestSequence(const std::string& directory);

}  // namespace kmaas::siem
