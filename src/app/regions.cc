#include "app/regions.h"

#include <utility>

namespace kmaas::app {
namespace {

core::Services ServicesIn(const std::string& region, const core::Services& shared,
                          ports::CredentialUses& uses) {
  core::Services services = shared;
  services.region = region;
  services.uses = &uses;
  return services;
}

}  // namespace

RegionParts::RegionParts(std::string region, const core::Registry& registry,
                         const core::Services& shared, core::IdentitySides& identities,
                         identity::AccessKeyUses& noted, traffic::CallQuotas& quotas)
    : uses(noted, region),
      services(ServicesIn(region, shared, uses)),
      authoriser(shared.catalog, identities, shared.clock, std::move(region)),
      throttled(authoriser, quotas, services.region),
      pipeline(registry, services, throttled) {}

Regions::Regions(const core::Registry& registry, const core::Services& shared,
                 core::IdentitySides& identities, identity::AccessKeyUses& noted,
                 traffic::CallQuotas& quotas) {
  for (const std::string& region : shared.regions)
    all_.push_back(
        std::make_unique<RegionParts>(region, registry, shared, identities, noted, quotas));
}

RegionParts* Regions::Find(std::string_view region) const {
  for (const auto& one : all_) {
    if (one->services.region == region) return one.get();
  }
  return nullptr;
}

core::Pipelines Regions::pipelines() const {
  std::vector<core::Pipeline*> further;
  for (const auto& one : all_) {
    if (one != all_.front()) further.push_back(&one->pipeline);
  }
  return {all_.front()->pipeline, further};
}

std::vector<core::Services> Regions::services() const {
  std::vector<core::Services> services;
  services.reserve(all_.size());
  for (const auto& one : all_) services.push_back(one->services);
  return services;
}

}  // namespace kmaas::app
