#include <memory>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contract/store_contract.h"
#include "tests/fakes/faulty_store.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::contract {
namespace {

class MemoryWorld {
 public:
  ports::Store& store() { return store_; }
  fakes::ManualClock& clock() { return clock_; }

 private:
  fakes::ManualClock clock_;
  fakes::MemoryStore store_{clock_};
};

// The decorator that fails nothing is a store like any other.
class FaultyWorld {
 public:
  ports::Store& store() { return store_; }
  fakes::ManualClock& clock() { return memory_.clock(); }

 private:
  MemoryWorld memory_;
  fakes::FaultyStore store_{memory_.store()};
};

class SqliteWorld {
 public:
  SqliteWorld() {
    storage::SqliteOptions options;
    options.path = directory_.File("kmaas.db");
    options.mode = storage::OpenMode::kCreate;
    auto opened =
        storage::SqliteStore::Open(options, storage::RowMac(SecretBytes(std::size_t{32})), clock_);
    if (!opened) throw std::runtime_error(opened.error().detail);
    store_ = *std::move(opened);
  }
  ports::Store& store() { return *store_; }
  fakes::ManualClock& clock() { return clock_; }

 private:
  fakes::TemporaryDirectory directory_;
  fakes::ManualClock clock_;
  std::unique_ptr<storage::SqliteStore> store_;
};

using Worlds = testing::Types<MemoryWorld, FaultyWorld, SqliteWorld>;
INSTANTIATE_TYPED_TEST_SUITE_P(Every, StoreContract, Worlds);

}  // namespace
}  // namespace kmaas::contract
