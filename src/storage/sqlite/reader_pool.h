// A few connections for reading, lent to one caller each.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/sqlite/head_row.h"
#include "storage/sqlite/verified_reads.h"

namespace kmaas::storage {

// A connection and its statements: not movable, because the statements borrow the connection.
class ReadConnection {
 public:
  ReadConnection(Connection connection, StoreState& state)
      : connection_(std::move(connection)),
        rows_(connection_, TablesWithHead()),
        reads_(rows_, state) {}
  VerifiedReads& reads() { return reads_; }

 private:
  Connection connection_;
  RowStatements rows_;
  VerifiedReads reads_;
};

// Thread-safe. Who finds none free waits: a read is short and cannot be blocked by a write.
class ReaderPool {
 public:
  class Lease {
   public:
    Lease(ReaderPool& pool, ReadConnection* reader) : pool_(pool), reader_(reader) {}
    ~Lease() { pool_.Return(reader_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    VerifiedReads* operator->() { return &reader_->reads(); }

   private:
    ReaderPool& pool_;
    ReadConnection* reader_;
  };

  void Add(std::unique_ptr<ReadConnection> reader);
  Lease Borrow();

 private:
  void Return(ReadConnection* reader);

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<ReadConnection>> all_;
  std::vector<ReadConnection*> free_;  // the one used last first: its pages are warm
};

}  // namespace kmaas::storage
