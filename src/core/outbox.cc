#include "core/outbox.h"

#include <algorithm>
#include <utility>

#include "ports/durable_sink.h"

namespace kmaas::core {
namespace {

constexpr std::size_t kSweptPerChangeMax = 8;
constexpr std::size_t kRecoveredPerPage = 500;
// So many delivered rows wait for the sink to be durable by itself; then it is flushed for them.
constexpr std::size_t kDeliveredMax = 256;

ports::DurableSink* DurableOf(ports::AuditSink& sink) {
  return dynamic_cast<ports::DurableSink*>(&sink);
}

// A row may go when its record survives without it.
bool MaySweep(ports::AuditSink& sink, std::size_t delivered) {
  ports::DurableSink* const durable = DurableOf(sink);
  if (durable == nullptr || durable->IsDurable()) return true;
  return delivered >= kDeliveredMax && durable->Flush().has_value();
}

}  // namespace

Result<void> Outbox::Add(records::Changes& changes, const records::OutboxEntry& entry) {
  std::vector<std::string> swept;
  std::size_t delivered = 0;
  {
    const std::lock_guard lock(mutex_);
    // A change that could not be recorded is not made; those in flight bound what waits.
    if (!undelivered_.empty())
      return Error{ErrorCode::kKmsInternal, "", "the audit trail refuses records"};
    delivered = delivered_.size();
    const auto end =
        delivered_.begin() + static_cast<std::ptrdiff_t>(std::min(delivered, kSweptPerChangeMax));
    swept.assign(delivered_.begin(), end);
    delivered_.erase(delivered_.begin(), end);
  }
  const bool may_sweep = swept.empty() || MaySweep(audit_, delivered);
  {
    const std::lock_guard lock(mutex_);
    std::vector<std::string>& keys = may_sweep ? sweeping_[entry.event_id] : delivered_;
    keys.insert(keys.begin(), swept.begin(), swept.end());
  }
  if (!may_sweep) swept.clear();
  for (const std::string& row_key : swept) KM_CHECK(changes.Delete<records::OutboxEntry>(row_key));
  return changes.Put(entry);
}

void Outbox::Withdraw(const records::OutboxEntry& entry) {
  const std::lock_guard lock(mutex_);
  const auto found = sweeping_.find(entry.event_id);
  if (found == sweeping_.end()) return;
  delivered_.insert(delivered_.begin(), found->second.begin(), found->second.end());
  sweeping_.erase(found);
}

Result<void> Outbox::Deliver(const records::OutboxEntry& entry) {
  {
    const std::lock_guard lock(mutex_);
    sweeping_.erase(entry.event_id);
  }
  std::vector<records::OutboxEntry> due = TakeUndelivered();
  due.push_back(entry);
  return Append(std::move(due));
}

Result<void> Outbox::Retry() {
  std::vector<records::OutboxEntry> due = TakeUndelivered();
  return due.empty() ? Result<void>() : Append(std::move(due));
}

std::vector<records::OutboxEntry> Outbox::TakeUndelivered() {
  const std::lock_guard lock(mutex_);
  return std::exchange(undelivered_, {});
}

Result<void> Outbox::Append(std::vector<records::OutboxEntry> due) {
  Result<void> outcome;
  for (records::OutboxEntry& record : due) {
    if (outcome) outcome = audit_.AppendRendered(record.event_id, record.rendered);
    const std::lock_guard lock(mutex_);
    if (outcome) {
      delivered_.push_back(record.event_id);
    } else {
      undelivered_.push_back(std::move(record));
    }
  }
  return outcome;
}

Result<std::size_t> Outbox::Recover(Deadline deadline) {
  std::size_t recovered = 0;
  for (bool more = true; more;) {
    KM_TRY(const records::Page page,
           catalog_.List<records::OutboxEntry>("", "", kRecoveredPerPage));
    for (const ports::Row& row : page.rows) {
      KM_TRY(const records::OutboxEntry entry,
             records::Table<records::OutboxEntry>::Decode(row.value));
      KM_CHECK(audit_.AppendRendered(entry.event_id, entry.rendered));
    }
    if (!page.rows.empty()) {
      if (ports::DurableSink* const durable = DurableOf(audit_)) KM_CHECK(durable->Flush());
      const Result<void> emptied = catalog_.Write(
          [&page](records::Changes& changes) -> Result<void> {
            for (const ports::Row& row : page.rows)
              KM_CHECK(changes.Delete<records::OutboxEntry>(row.key));
            return {};
          },
          deadline);
      if (!emptied) return emptied.error();
    }
    recovered += page.rows.size();
    more = page.truncated;
  }
  return recovered;
}

}  // namespace kmaas::core
