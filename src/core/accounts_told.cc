#include "core/accounts_told.h"

#include <algorithm>

namespace kmaas::core {
namespace {

// In the order of the resources, each once.
std::vector<std::string> OwnersBeside(const std::string& caller,
                                      const std::vector<ports::AuditResource>& resources) {
  std::vector<std::string> owners;
  for (const ports::AuditResource& resource : resources) {
    if (resource.account.empty() || resource.account == caller) continue;
    if (std::find(owners.begin(), owners.end(), resource.account) == owners.end())
      owners.push_back(resource.account);
  }
  return owners;
}

}  // namespace

std::vector<ports::AuditRecord> OthersTold(ports::AuditRecord& record,
                                           ports::RandomSource& random) {
  record.shared_event_id.clear();
  record.recipient_account.clear();
  if (!record.error_code.empty() || !record.principal || record.service_event) return {};
  std::vector<std::string> owners = OwnersBeside(record.principal->account, record.resources);
  // Whom an identity provider vouches for has no account: the first owner gets the call's record.
  if (record.principal->account.empty() && !owners.empty()) {
    record.recipient_account = owners.front();
    owners.erase(owners.begin());
  }
  if (owners.empty()) return {};
  record.shared_event_id = random.Uuid();
  std::vector<ports::AuditRecord> others;
  others.reserve(owners.size());
  for (std::string& owner : owners) {
    ports::AuditRecord& other = others.emplace_back(record);
    other.event_id = random.Uuid();
    other.recipient_account = std::move(owner);
  }
  return others;
}

const std::string& EventIdFor(const std::string& account, const ports::AuditRecord& callers,
                              const std::vector<ports::AuditRecord>& others) {
  const auto told = std::find_if(
      others.begin(), others.end(),
      [&account](const ports::AuditRecord& other) { return other.recipient_account == account; });
  return told == others.end() ? callers.event_id : told->event_id;
}

}  // namespace kmaas::core
