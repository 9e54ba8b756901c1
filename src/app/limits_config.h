// How much and how fast: what the section `limits` of the configuration says.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/limits.h"
#include "traffic/quota_settings.h"

namespace kmaas::app {

struct LimitsConfig {
  std::uint32_t connections_per_address_max = 1024;  // on each port; 0: no bound
  std::chrono::seconds handshake{10};
  std::chrono::seconds header{10};  // of HTTP, from its first byte
  std::uint32_t body_bytes_per_second_min = 1024;
  std::chrono::seconds request = limits::kRequestReadMax;  // from its first byte to its last
  std::chrono::seconds idle = limits::kIdleConnectionMax;
  std::uint32_t streams_per_connection_max = 100;  // of gRPC
  std::uint32_t calls_per_account_max = 0;         // in flight; 0: see ToQuotaSettings
  traffic::QuotaSettings quotas;
  bool operator==(const LimitsConfig&) const = default;
};

}  // namespace kmaas::app
