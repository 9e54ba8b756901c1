// The configuration: any text is refused with findings in the file, or is a configuration
// within its bounds that does not depend on how it was read.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "app/config.h"

namespace {

constexpr char kFile[] = "/etc/kmaas/kmaas.yaml";

void RequireBounds(const kmaas::app::Config& config) {
  const bool paths =
      config.data_directory.starts_with('/') && config.store.path.starts_with('/') &&
      config.audit.directory.starts_with('/') && config.hsm.module.starts_with('/') &&
      config.https.certificate.starts_with('/') && config.grpc.client_ca.starts_with('/');
  const bool region = !config.region.empty() && config.region.size() <= 32;
  const bool numbers = config.https.threads <= 256 && config.https.connections_max >= 1 &&
                       config.grpc.workers <= 1024 && config.hsm.cached_keys_max >= 16 &&
                       config.hsm.short_lane_sessions >= 1 && config.drain_max.count() <= 300 &&
                       config.health_interval.count() >= 100 &&
                       config.audit.flush_interval.count() >= 1;
  const bool ports = config.https.port == 0 || config.https.port != config.grpc.port ||
                     config.https.address != config.grpc.address;
  if (!paths || !region || !numbers || !ports) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto config = kmaas::app::ParseConfig(text, kFile);
  if (config) {
    RequireBounds(*config);
    return 0;
  }
  if (config.error().code != kmaas::ErrorCode::kValidation) std::abort();
  // One finding a line, each with its place.
  std::istringstream findings(config.error().message);
  for (std::string line; std::getline(findings, line);) {
    if (!line.starts_with(kFile)) std::abort();
  }
  return 0;
}
