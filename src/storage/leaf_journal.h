// What a server leaves beside its database so that the next look can name the row that was deleted
// or set back. A diagnosis, never a reason to trust: what is to be believed, the head record says.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ports/store_head.h"
#include "storage/leaf_directory.h"
#include "storage/row_mac.h"

namespace kmaas::storage {

// "<database>.rows"
std::string LeafJournalPath(const std::string& database);

// One file: the tags of all leaves, then those of the leaves that each commit changed. Every record
// has a MAC over itself and the MAC before it, and names the head that it leads to. It is written
// without a flush: after a power loss nothing fits, and nothing is named. Used by the writing
// thread alone. A failure is logged once and ends it; the store goes on.
class LeafJournal {
 public:
  LeafJournal(const std::string& database, const RowMac& mac);
  ~LeafJournal();
  LeafJournal(const LeafJournal&) = delete;
  LeafJournal& operator=(const LeafJournal&) = delete;

  // After a commit: `directory` is as it left it. The first one writes all leaves; so does one
  // after many.
  void Committed(const LeafDirectory& directory, std::span<const LeafChange> changes,
                 const ports::StoreHead& head);
  std::uint64_t bytes() const { return bytes_; }

 private:
  bool Rewrite(const LeafDirectory& directory, const ports::StoreHead& head);
  bool Append(const Bytes& body);
  void Fail(int error);

  const std::string path_;
  const std::unique_ptr<crypto::HmacSha256Key> key_;
  int file_ = -1;
  bool failed_ = false;
  crypto::Sha256Digest last_{};
  std::uint64_t bytes_ = 0;
  std::uint64_t bytes_of_all_ = 0;  // when it was last rewritten
};

// The bodies of records, for the writer and the reader.
Bytes EncodeLeaves(const LeafDirectory& directory, const ports::StoreHead& head);
Bytes EncodeChanges(const LeafDirectory& directory, std::span<const LeafChange> changes,
                    const ports::StoreHead& head);
// Into `directory`, whose sums mean nothing then. None: it is no such body.
std::optional<ports::StoreHead> ApplyBody(ByteView body, LeafDirectory& directory);

// The leaves as they were at `head`; null when the file does not say, or is not ours.
std::unique_ptr<LeafDirectory> ReadLeafJournal(const std::string& database, const RowMac& mac,
                                               std::span<const std::string_view> tables,
                                               const ports::StoreHead& head);
// The same of the content of a file.
std::unique_ptr<LeafDirectory> LeavesOf(ByteView journal, const RowMac& mac,
                                        std::span<const std::string_view> tables,
                                        const ports::StoreHead& head);

}  // namespace kmaas::storage
