// A copy of a database as it is at one moment, beside a running server: what a backup is made of.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace kmaas::storage {

// Called now and then with the pages copied so far, and all of them.
using CopyProgress = std::function<void(std::uint64_t pages, std::uint64_t all)>;

// All that was committed when the call began, the WAL's content too, as one snapshot; writers do
// not wait for it. `to` must not exist; it is made with mode 0600 and is not flushed. Looks at no
// row: whoever opens the copy does. What is left after an error is the caller's to remove. `vfs` as
// in SqliteOptions.
Result<void> CopyDatabase(const std::string& from, const std::string& to,
                          const CopyProgress& progress = {}, const std::string& vfs = {});

}  // namespace kmaas::storage
