// The parts of a workbook in their zip archive, inflated within bounds.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "workbook/limits.h"
#include "workbook/outcome.h"

struct zip;

namespace kmaas::workbook {

std::string LowerCase(std::string_view name);  // ASCII, as part names are compared

class Archive {
 public:
  // Looks at every entry: number, name, encryption, compression. Borrowed: `file` and `limits`
  // outlive the archive.
  static Outcome<Archive> Open(ByteView file, const Limits& limits);

  bool Has(std::string_view part) const { return entries_.contains(LowerCase(part)); }
  // Counts each byte when it is produced. What the archive declares is believed by nobody: a part
  // of another size is refused.
  Outcome<Bytes> Inflate(std::string_view part);
  // The name that the archive has, by the name in lower case.
  struct Entry {
    std::uint64_t index;
    std::string name;
    std::uint64_t size;
    std::uint64_t compressed;
  };
  const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

 private:
  using Handle = std::unique_ptr<zip, void (*)(zip*)>;
  Archive(Handle handle, const Limits& limits) : zip_(std::move(handle)), limits_(&limits) {}
  Outcome<void> List();
  Outcome<void> Add(std::uint64_t index);
  Outcome<void> CheckProduced(const Entry& entry, std::size_t bytes) const;

  Handle zip_;
  const Limits* limits_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::size_t produced_ = 0;
};

}  // namespace kmaas::workbook
