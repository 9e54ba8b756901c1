#include "tests/campaigns/disks/ledger.h"

namespace kmaas::campaigns {

Ledger::Allowed Ledger::AllowedAt(std::uint64_t moment) const {
  Allowed allowed;
  for (const Entry& entry : entries_) {
    if (entry.moment > moment) break;
    std::set<std::string>& values =
        allowed.try_emplace(entry.fact, std::set<std::string>{""}).first->second;
    if (entry.acknowledged) values.clear();
    values.insert(entry.value);
  }
  return allowed;
}

std::vector<std::uint64_t> Ledger::AnsweredUntil(std::uint64_t moment) const {
  std::vector<std::uint64_t> calls;
  for (const auto& [when, call] : answers_)
    if (when <= moment) calls.push_back(call);
  return calls;
}

}  // namespace kmaas::campaigns
