// The hand of somebody who can write the database file.
#pragma once

#include <sqlite3.h>

#include <map>
#include <string>
#include <string_view>

namespace kmaas::campaigns {

struct RawRow {
  std::string value;
  std::string mac;
  bool operator==(const RawRow&) const = default;
};
using RawTable = std::map<std::string, RawRow>;
using RawContent = std::map<std::string, RawTable>;

// Throws what goes wrong. Flushes nothing.
class RawFile {
 public:
  explicit RawFile(const std::string& path);
  ~RawFile();
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  void Put(const std::string& table, std::string_view key, const RawRow& row);
  void Remove(const std::string& table, std::string_view key);
  void Run(const std::string& sql);
  RawContent Read();

 private:
  sqlite3_stmt* Prepare(const std::string& sql);
  void Step(sqlite3_stmt* statement);
  RawTable ReadTable(const std::string& table);

  sqlite3* database_ = nullptr;
  std::map<std::string, sqlite3_stmt*> prepared_;
};

std::string ContentOf(const std::string& path);
void Overwrite(const std::string& path, std::string_view content);

}  // namespace kmaas::campaigns
