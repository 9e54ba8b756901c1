// The request quotas that there are, which of them a call counts against, and how much each lets
// through.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/authoriser.h"
#include "core/registry.h"
#include "traffic/quota_settings.h"
#include "traffic/rate.h"

namespace kmaas::traffic {

// For the metrics: one for each group of quotas.
enum class QuotaGroup {
  kAll,
  kSymmetric,
  kRsa,
  kEcc,
  kCustomKeyStore,
  kDataKeyPair,
  kOperation,
  kInFlight,
  kUnproven
};
inline constexpr std::size_t kQuotaGroups = 9;
std::string_view ToText(QuotaGroup group);

// Immutable, so thread-safe. Quotas are, as at AWS, one for cryptography with symmetric keys, RSA
// keys, elliptic curves and in a custom key store, one for data key pairs of each spec, and one for
// every other operation; and one of our own, `all`, for every call.
// Source: AWS KMS Developer Guide, "Request quotas".
class Quotas {
 public:
  using Index = std::uint32_t;

  // Borrows the operations.
  explicit Quotas(const core::Registry& registry);

  static constexpr Index kAll = 0;
  // What counts before the key is known. None: what it counts against depends on the key.
  std::optional<Index> Of(const core::Operation& operation) const;
  // What a question about the key of a cryptographic operation counts against; none for others.
  std::optional<Index> Of(const core::AccessQuestion& question) const;
  QuotaGroup GroupOf(Index index) const;

  const std::vector<std::string>& names() const { return names_; }
  double RateOf(Index index, QuotaBase base) const;  // in a second

 private:
  std::vector<std::string> names_;
  std::unordered_map<const core::Operation*, Index> by_operation_;
  std::vector<const core::Operation*> operations_;  // null for quotas of groups
};

// What single calls are measured with. Immutable: a new configuration is a new one.
struct Rates {
  std::vector<Rate> shared;                                     // by Quotas::Index
  std::unordered_map<std::string, std::vector<Rate>> accounts;  // those that differ
  Rate unproven;
  std::uint32_t calls_in_flight_max = 0;  // 0: no bound
};
// Names that are none of a quota are left out: whoever read the configuration has refused them.
Rates MakeRates(const Quotas& quotas, const QuotaSettings& settings);

}  // namespace kmaas::traffic
