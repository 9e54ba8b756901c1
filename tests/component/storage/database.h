// A database of a test's own, and direct access to its file behind the store's back.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/secret_bytes.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::storage {

inline RowMac TestMac() { return RowMac(SecretBytes(Bytes(32, 7))); }

inline std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Database {
 public:
  std::string path() const { return directory_.File("kmaas.db"); }
  fakes::TemporaryDirectory& directory() { return directory_; }
  fakes::ManualClock& clock() { return clock_; }

  SqliteOptions Options(OpenMode mode) const {
    SqliteOptions options;
    options.path = path();
    options.mode = mode;
    return options;
  }
  Result<std::unique_ptr<SqliteStore>> TryOpen(OpenMode mode = OpenMode::kOpenExisting) {
    return SqliteStore::Open(Options(mode), TestMac(), clock_);
  }
  std::unique_ptr<SqliteStore> Open(const SqliteOptions& options) {
    auto opened = SqliteStore::Open(options, TestMac(), clock_);
    if (!opened) throw std::runtime_error(opened.error().detail);
    return *std::move(opened);
  }
  std::unique_ptr<SqliteStore> Open(OpenMode mode) { return Open(Options(mode)); }

  // Another program's hand on the file.
  void Tamper(const std::string& sql) {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &raw), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
        << (error == nullptr ? "" : error);
    sqlite3_free(error);
    sqlite3_close(raw);
  }

 private:
  fakes::TemporaryDirectory directory_;
  fakes::ManualClock clock_;
};

inline Result<void> Put(ports::Store& store, const std::string& key, const std::string& value) {
  return store.Write([&](ports::Transaction& change) { return change.Put("keys", key, value); },
                     Deadline::Never());
}

// "(none)" for no row; an error's detail for an error.
inline std::string Get(ports::Reader& reader, const std::string& key) {
  const auto value = reader.Get("keys", key);
  return value ? value->value_or("(none)") : value.error().detail;
}

}  // namespace kmaas::storage
