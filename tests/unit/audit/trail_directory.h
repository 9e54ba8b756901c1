// A trail in a directory of a test's own, over system calls that fail when told to.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "audit/append_file.h"
#include "audit/trail.h"
#include "audit/verifier.h"
#include "tests/fakes/manual_clock.h"
#include "tests/fakes/sample_record.h"
#include "tests/fakes/temporary_directory.h"

namespace kmaas::audit {

enum class Fault {
  kOnce,     // the n-th call fails, the ones after it succeed
  kFromNow,  // the n-th call and all after it, until Heal
};

// Thread-safe. Counts writes, cuts and flushes, and knows how much of each file was flushed.
class FaultyCalls {
 public:
  FaultyCalls();
  const FileCalls& calls() const { return calls_; }

  // `n` from 1. A write that fails leaves half of its bytes behind.
  void Arm(std::uint64_t n, Fault fault);
  void Heal() { Arm(0, Fault::kOnce); }
  bool has_failed() const;
  // Bytes of the file that its last flush covered.
  std::uint64_t flushed(const std::string& path) const;

 private:
  bool Fails();

  mutable std::mutex mutex_;
  std::uint64_t calls_made_ = 0;
  std::uint64_t failing_call_ = 0;
  Fault fault_ = Fault::kOnce;
  bool has_failed_ = false;
  std::map<std::uint64_t, std::uint64_t> flushed_;  // by inode
  FileCalls calls_;
};

// Nothing flushes but Flush() and what the options say.
class TrailDirectory {
 public:
  TrailDirectory();
  TrailOptions options;
  fakes::ManualClock clock;
  FaultyCalls faults;

  Result<std::unique_ptr<Trail>> TryOpen() { return Trail::Open(options, clock); }
  std::unique_ptr<Trail> Open();
  const std::string& path() const { return directory_.path(); }
  std::string File(const std::string& name) const { return directory_.File(name); }

  std::vector<std::string> Files() const;  // names, in order
  std::vector<std::string> Ids() const;    // of every record, in order
  VerifyReport Verify() const;
  std::string Content(const std::string& name) const;
  void Replace(const std::string& name, const std::string& content) const;
  // Hands out the lines of a file, without newlines, and writes back what became of them.
  void Edit(const std::string& name,
            const std::function<void(std::vector<std::string>&)>& edit) const;

 private:
  fakes::TemporaryDirectory directory_;
};

// A record of a change: those are the ones that may be delivered twice.
ports::AuditRecord WriteRecord(const std::string& id);
Result<void> Deliver(Trail& trail, const std::string& id);
// Lines of a file or of an answer.
std::vector<std::string> SplitLines(const std::string& text);

}  // namespace kmaas::audit
