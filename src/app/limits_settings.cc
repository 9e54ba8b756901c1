#include "app/limits_settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "operations/operations.h"
#include "traffic/quotas.h"

namespace kmaas::app {
namespace {

using traffic::QuotaBase;
using traffic::RatesByName;

constexpr std::uint64_t kConnectionsMax = 1'000'000;
constexpr std::uint64_t kSecondsMax = 3600;
constexpr std::uint64_t kRateMax = 10'000'000;
constexpr std::size_t kAccountDigits = 12;

std::optional<double> ToRate(const YAML::Node& node) {
  if (!node.IsScalar()) return std::nullopt;
  const std::string text = node.Scalar();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(value) || value <= 0 || value > static_cast<double>(kRateMax))
    return std::nullopt;
  return value;
}

// The names of quotas, which are those of the operations that there are.
const std::vector<std::string>& QuotaNames() {
  static const std::vector<std::string> names = [] {
    const auto registry = operations::MakeRegistry();
    return registry ? traffic::Quotas(*registry).names() : std::vector<std::string>();
  }();
  return names;
}

void ReadRates(SettingsReader& reader, RatesByName& rates) {
  constexpr char kName[] = "requests_per_second";
  const YAML::Node node = reader.Raw(kName);
  if (!node.IsDefined() || node.IsNull()) return;
  if (!node.IsMap()) return reader.Refuse(kName, "must be a mapping of quotas to numbers");
  const std::vector<std::string>& names = QuotaNames();
  for (const auto& pair : node) {
    const std::string name = pair.first.IsScalar() ? pair.first.Scalar() : std::string();
    const std::optional<double> rate = ToRate(pair.second);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      reader.Refuse(kName, "has no quota '" + name +
                               "'; there are all, symmetric, rsa, ecc, custom_key_store, "
                               "GenerateDataKeyPair_SPEC, and each other operation by its name" +
                               DidYouMean(name, names));
    } else if (!rate) {
      reader.Refuse(kName, name + " must be a number above 0, at most 10000000, as 100 or 0.25");
    } else if (!rates.emplace(name, *rate).second) {
      reader.Refuse(kName, name + " stands twice");
    }
  }
}

bool IsAccount(const std::string& text) {
  return text.size() == kAccountDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void ReadAccounts(SettingsReader& limits, traffic::QuotaSettings& quotas, Findings& findings) {
  const YAML::Node list = limits.Raw("accounts");
  if (!list.IsDefined() || list.IsNull()) return;
  if (!list.IsSequence()) return limits.Refuse("accounts", "must be a list of accounts");
  for (const YAML::Node& node : list) {
    if (!node.IsMap()) {
      limits.Refuse("accounts", "an account is a mapping with account and requests_per_second");
      continue;
    }
    SettingsReader reader(node, "limits.accounts", findings);
    std::string account;
    reader.Text("account", account);
    if (!IsAccount(account)) reader.Refuse("account", "must be the 12 digits of an account");
    RatesByName rates;
    ReadRates(reader, rates);
    if (!reader.Has("requests_per_second")) reader.Refuse("requests_per_second", "is missing");
    reader.Finish();
    if (!quotas.accounts.emplace(account, std::move(rates)).second)
      reader.Refuse("account", account + " stands twice");
  }
}

void ReadConnections(SettingsReader& limits, LimitsConfig& config) {
  limits.Number("connections_per_address_max", config.connections_per_address_max, 0,
                kConnectionsMax);
  limits.Span("handshake_seconds", config.handshake, 1, kSecondsMax);
  limits.Span("header_seconds", config.header, 1, kSecondsMax);
  limits.Number("body_bytes_per_second_min", config.body_bytes_per_second_min, 1, kRateMax);
  limits.Span("request_seconds", config.request, 1, kSecondsMax);
  limits.Span("idle_seconds", config.idle, 1, kSecondsMax);
  limits.Number("streams_per_connection_max", config.streams_per_connection_max, 1, 10'000);
}

}  // namespace

void ReadLimits(SettingsReader limits, Findings& findings, LimitsConfig& config) {
  ReadConnections(limits, config);
  limits.Number("calls_per_account_max", config.calls_per_account_max, 0, kConnectionsMax);
  traffic::QuotaSettings& quotas = config.quotas;
  limits.Choice<QuotaBase>(
      "quotas", quotas.base,
      {{"generous", QuotaBase::kGenerous}, {"aws", QuotaBase::kAws}, {"off", QuotaBase::kOff}});
  limits.Number("burst_seconds", quotas.burst_seconds, 1, kSecondsMax);
  ReadRates(limits, quotas.rates);
  ReadAccounts(limits, quotas, findings);
  limits.Number("unproven_per_second", quotas.unproven_per_second, 0, kRateMax);
  limits.Number("unproven_burst", quotas.unproven_burst, 1, kRateMax);
  limits.Finish();
}

}  // namespace kmaas::app
