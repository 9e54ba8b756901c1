// Request quotas as they are configured.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace kmaas::traffic {

// What quotas are before single ones are set.
enum class QuotaBase {
  kGenerous,  // above what a small server can do: they stop accidents
  kAws,       // those of KMS in most Regions; IAM and STS, of which AWS says nothing, as above
  kOff
};

// By the names of quotas: requests of an account in a second.
using RatesByName = std::map<std::string, double>;

// As it is configured.
struct QuotaSettings {
  QuotaBase base = QuotaBase::kGenerous;
  std::uint32_t burst_seconds = 2;              // of the rate may come at once
  RatesByName rates;                            // of every account
  std::map<std::string, RatesByName> accounts;  // of single ones, by their 12 digits
  // Of one address (of IPv6 its /64): calls that fail to prove who makes them.
  std::uint32_t unproven_per_second = 100;
  std::uint32_t unproven_burst = 3000;
  std::uint32_t calls_in_flight_max = 0;  // of an account, in all Regions; 0: no bound
  bool operator==(const QuotaSettings&) const = default;
};

}  // namespace kmaas::traffic
