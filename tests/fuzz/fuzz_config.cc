// The configuration: any text is refused with findings in the file, or is a configuration
// within its bounds that does not depend on how it was read.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <sstream>

#include "app/config.h"

namespace {

constexpr char kFile[] = "/etc/kmaas/kmaas.yaml";

// Ignores the events of the parser.
class Nothing final : public YAML::EventHandler {
  using Mark = YAML::Mark;
  using Text = std::string;
  using Anchor = YAML::anchor_t;
  using Style = YAML::EmitterStyle::value;
  void OnDocumentStart(const Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const Mark& /*mark*/, Anchor /*anchor*/) override {}
  void OnAlias(const Mark& /*mark*/, Anchor /*anchor*/) override {}
  void OnScalar(const Mark&, const Text&, Anchor, const Text& /*value*/) override {}
  void OnSequenceStart(const Mark&, const Text&, Anchor, Style /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const Mark&, const Text&, Anchor, Style /*style*/) override {}
  void OnMapEnd() override {}
};

// yaml-cpp 0.7 reads documents without end from some texts, the smallest of them a comma: loading
// all documents of such a text takes all memory.
bool HasFewDocuments(const std::string& text) {
  constexpr int kDocumentsMax = 3;
  std::istringstream stream(text);
  Nothing nothing;
  try {
    YAML::Parser parser(stream);
    for (int i = 0; i < kDocumentsMax; ++i) {
      if (!parser.HandleNextDocument(nothing)) return true;
    }
  } catch (const YAML::Exception&) {
    return true;
  }
  return false;
}

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
  if (!HasFewDocuments(text)) return 0;
  const auto config = kmaas::app::ParseConfig(text, kFile);
  if (config) {
    RequireBounds(*config);
    return 0;
  }
  if (config.error().code != kmaas::ErrorCode::kValidation) std::abort();
  if (!config.error().message.starts_with(kFile)) std::abort();
  return 0;
}
