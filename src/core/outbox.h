// The transactional outbox: an audit record that is durable with its change, on its way to the
// trail.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ports/audit_sink.h"
#include "records/catalog.h"

namespace kmaas::core {

// Thread-safe. A change stores its rendered record with Add; after the commit Deliver appends it to
// the trail. Delivered rows are swept by later changes, so delivery costs no commit of its own.
class Outbox {
 public:
  Outbox(records::Catalog& catalog, ports::AuditSink& audit) : catalog_(catalog), audit_(audit) {}

  // Inside a transaction: stores `entry` and sweeps what was delivered before. Fails, and with it
  // the change, while the trail refuses what was committed before: see Retry.
  Result<void> Add(records::Changes& changes, const records::OutboxEntry& entry);
  // After a transaction that did not come about: what it would have swept is for later ones. A row
  // that stayed until the next start, when the trail has long forgotten it, would be recorded
  // twice.
  void Withdraw(const records::OutboxEntry& entry);
  // After the commit. What the trail refuses is kept and tried again; until then the caller is told
  // that the call failed, and the record waits in the store.
  Result<void> Deliver(const records::OutboxEntry& entry);
  // Before a change: delivers what the trail refused. Costs a look when there is nothing.
  Result<void> Retry();
  // At start: appends what a crash left behind (the trail skips what it has) and empties the table.
  Result<std::size_t> Recover(Deadline deadline);

 private:
  std::vector<records::OutboxEntry> TakeUndelivered();
  // In order, up to the first that the trail refuses; the rest stays undelivered.
  Result<void> Append(std::vector<records::OutboxEntry> due);

  records::Catalog& catalog_;
  ports::AuditSink& audit_;
  std::mutex mutex_;
  std::vector<std::string> delivered_;  // row keys that may go
  // Those that go with a change which is under way, by the event id of its entry.
  std::map<std::string, std::vector<std::string>> sweeping_;
  std::vector<records::OutboxEntry> undelivered_;  // that the trail refused
};

}  // namespace kmaas::core
