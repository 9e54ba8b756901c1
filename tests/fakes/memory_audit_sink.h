// An audit sink in memory: remembers every record, and fails when told to.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "ports/audit_sink.h"

namespace kmaas::fakes {

// Thread-safe. A record that reached it by Append and one that was rendered here and then appended
// look alike in records(). Passes tests/contract/audit_contract.h.
class MemoryAuditSink final : public ports::AuditSink {
 public:
  Result<void> Append(const ports::AuditRecord& record) override;
  std::string Render(const ports::AuditRecord& record) const override;
  Result<void> AppendRendered(const std::string& event_id, const std::string& rendered) override;

  // The n-th Append or AppendRendered from now (1: the next) fails; later ones succeed. 0: none.
  void FailNth(std::uint64_t n);
  void FailAll(bool fail);

  // In order. A record that was not rendered here has its event id and nothing else.
  std::vector<ports::AuditRecord> records() const;
  std::vector<std::string> event_names() const;
  std::vector<std::string> event_ids() const;
  std::vector<std::string> lines() const;  // as rendered

 private:
  struct Entry {
    ports::AuditRecord record;
    std::string rendered;
  };
  // A skipped duplicate is a success.
  Result<void> Add(Entry entry, bool skip_known);

  mutable std::mutex mutex_;
  mutable std::map<std::string, ports::AuditRecord> rendered_here_;  // by event id
  std::deque<Entry> entries_;
  std::unordered_set<std::string> ids_;
  std::uint64_t calls_ = 0;
  std::uint64_t failing_call_ = 0;
  bool fail_all_ = false;
};

}  // namespace kmaas::fakes
