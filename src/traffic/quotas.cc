#include "traffic/quotas.h"

#include <algorithm>
#include <array>

#include "core/operation.h"

namespace kmaas::traffic {
namespace {

using Index = Quotas::Index;

// Quotas that several operations share come first.
struct SharedQuota {
  std::string_view name;
  QuotaGroup group;
  double generous;
  double aws;
};
constexpr double kNoLimit = 0;
constexpr std::array<SharedQuota, 13> kShared{{
    {"all", QuotaGroup::kAll, 100'000, kNoLimit},
    {"symmetric", QuotaGroup::kSymmetric, 50'000, 10'000},
    {"rsa", QuotaGroup::kRsa, 5'000, 500},
    {"ecc", QuotaGroup::kEcc, 10'000, 300},
    {"custom_key_store", QuotaGroup::kCustomKeyStore, 10'000, 1'800},
    {"GenerateDataKeyPair_RSA_2048", QuotaGroup::kDataKeyPair, 1'000, 1},
    {"GenerateDataKeyPair_RSA_3072", QuotaGroup::kDataKeyPair, 1'000, 0.5},
    {"GenerateDataKeyPair_RSA_4096", QuotaGroup::kDataKeyPair, 1'000, 0.1},
    {"GenerateDataKeyPair_ECC_NIST_P256", QuotaGroup::kDataKeyPair, 1'000, 25},
    {"GenerateDataKeyPair_ECC_NIST_P384", QuotaGroup::kDataKeyPair, 1'000, 10},
    {"GenerateDataKeyPair_ECC_NIST_P521", QuotaGroup::kDataKeyPair, 1'000, 5},
    {"GenerateDataKeyPair_ECC_SECG_P256K1", QuotaGroup::kDataKeyPair, 1'000, 25},
    {"GenerateDataKeyPair_ECC_NIST_EDWARDS25519", QuotaGroup::kDataKeyPair, 1'000, 25},
}};
constexpr Index kSymmetric = 1;
constexpr Index kRsa = 2;
constexpr Index kEcc = 3;
constexpr Index kCustomKeyStore = 4;
constexpr Index kFirstPair = 5;
constexpr std::string_view kPairPrefix = "GenerateDataKeyPair";

constexpr double kGenerousReads = 10'000;
constexpr double kGenerousChanges = 2'000;
constexpr double kAwsOtherwise = 5;

struct AwsRate {
  std::string_view operation;
  double rate;
};
constexpr std::array<AwsRate, 19> kAwsRates{{
    {"DescribeKey", 2000},
    {"GetPublicKey", 2000},
    {"ListResourceTags", 2000},
    {"GetKeyPolicy", 1000},
    {"GetKeyRotationStatus", 1000},
    {"ListKeys", 500},
    {"ListAliases", 500},
    {"ListGrants", 100},
    {"ListKeyPolicies", 100},
    {"ListRetirableGrants", 100},
    {"CreateGrant", 50},
    {"RetireGrant", 30},
    {"RevokeGrant", 30},
    {"DeleteAlias", 15},
    {"EnableKeyRotation", 15},
    {"PutKeyPolicy", 15},
    {"ScheduleKeyDeletion", 15},
    {"TagResource", 10},
    {"GetParametersForImport", 0.25},
}};

Index OfSpec(domain::KeySpec spec) {
  switch (domain::FactsOf(spec).family) {
    case domain::KeyFamily::kRsa:
      return kRsa;
    case domain::KeyFamily::kEllipticCurve:
    case domain::KeyFamily::kEdwards:
      return kEcc;
    case domain::KeyFamily::kSymmetric:
    case domain::KeyFamily::kHmac:
      break;
  }
  return kSymmetric;
}

// The quota of the spec that a request for a data key pair names; none: it names no spec that
// there is, and will be refused.
std::optional<Index> OfPair(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("key_pair_spec");
  if (field == nullptr) return std::nullopt;
  const std::string spec = request.GetReflection()->GetString(request, field);
  for (Index i = kFirstPair; i < kShared.size(); ++i) {
    if (kShared[i].name.substr(kPairPrefix.size() + 1) == spec) return i;
  }
  return std::nullopt;
}

std::vector<Rate> RatesOf(const Quotas& quotas, const QuotaSettings& settings,
                          const RatesByName* account) {
  std::vector<Rate> rates;
  for (Index i = 0; i < quotas.names().size(); ++i) {
    const std::string& name = quotas.names()[i];
    double rate = quotas.RateOf(i, settings.base);
    bool set = false;
    for (const RatesByName* by_name : {&settings.rates, account}) {
      if (by_name == nullptr) continue;
      const auto found = by_name->find(name);
      if (found == by_name->end()) continue;
      rate = found->second;
      set = true;
    }
    const bool unlimited = rate == kNoLimit && !set;
    rates.push_back(unlimited ? Rate{} : PerSecond(rate, rate * settings.burst_seconds));
  }
  return rates;
}

}  // namespace

std::string_view ToText(QuotaGroup group) {
  switch (group) {
    case QuotaGroup::kAll:
      return "all";
    case QuotaGroup::kSymmetric:
      return "symmetric";
    case QuotaGroup::kRsa:
      return "rsa";
    case QuotaGroup::kEcc:
      return "ecc";
    case QuotaGroup::kCustomKeyStore:
      return "custom_key_store";
    case QuotaGroup::kDataKeyPair:
      return "data_key_pair";
    case QuotaGroup::kOperation:
      return "operation";
    case QuotaGroup::kInFlight:
      return "in_flight";
    case QuotaGroup::kUnproven:
      break;
  }
  return "unproven";
}

Quotas::Quotas(const core::Registry& registry) {
  for (const SharedQuota& one : kShared) {
    names_.emplace_back(one.name);
    operations_.push_back(nullptr);
  }
  for (const auto& operation : registry.operations()) {
    const bool is_cryptography = operation->effect == CRYPTO;
    if (is_cryptography && !operation->targets.empty()) continue;  // by the key
    if (is_cryptography) {
      by_operation_[operation.get()] = kSymmetric;
      continue;
    }
    by_operation_[operation.get()] = static_cast<Index>(names_.size());
    names_.push_back(operation->name);
    operations_.push_back(operation.get());
  }
}

std::optional<Index> Quotas::Of(const core::Operation& operation) const {
  const auto found = by_operation_.find(&operation);
  return found == by_operation_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Index> Quotas::Of(const core::AccessQuestion& question) const {
  const bool is_use = question.key != nullptr && question.target != nullptr &&
                      question.operation != nullptr && question.operation->effect == CRYPTO;
  if (!is_use) return std::nullopt;
  if (!question.key->custom_key_store_id.empty()) return kCustomKeyStore;
  if (question.request != nullptr && question.operation->name.starts_with(kPairPrefix))
    return OfPair(*question.request);
  return OfSpec(question.key->spec);
}

QuotaGroup Quotas::GroupOf(Index index) const {
  return index < kShared.size() ? kShared[index].group : QuotaGroup::kOperation;
}

double Quotas::RateOf(Index index, QuotaBase base) const {
  if (base == QuotaBase::kOff) return kNoLimit;
  if (index < kShared.size())
    return base == QuotaBase::kAws ? kShared[index].aws : kShared[index].generous;
  const core::Operation& operation = *operations_[index];
  const double generous = operation.effect == WRITE ? kGenerousChanges : kGenerousReads;
  if (base == QuotaBase::kGenerous || operation.signing_name != "kms") return generous;
  const auto* found = std::find_if(kAwsRates.begin(), kAwsRates.end(), [&](const AwsRate& one) {
    return one.operation == operation.name;
  });
  return found == kAwsRates.end() ? kAwsOtherwise : found->rate;
}

Rates MakeRates(const Quotas& quotas, const QuotaSettings& settings) {
  Rates rates;
  rates.shared = RatesOf(quotas, settings, nullptr);
  for (const auto& [account, by_name] : settings.accounts)
    rates.accounts.emplace(account, RatesOf(quotas, settings, &by_name));
  if (settings.unproven_per_second > 0)
    rates.unproven = PerSecond(settings.unproven_per_second, settings.unproven_burst);
  rates.calls_in_flight_max = settings.calls_in_flight_max;
  return rates;
}

}  // namespace kmaas::traffic
