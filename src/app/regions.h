// What serves calls, once for each Region of the server.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity_sides.h"
#include "core/pipelines.h"
#include "core/policy_authoriser.h"
#include "core/registry.h"
#include "core/services.h"
#include "identity/access_key_uses.h"
#include "traffic/throttled_authoriser.h"

namespace kmaas::app {

// What differs between Regions; all else is shared.
struct RegionParts {
  RegionParts(std::string region, const core::Registry& registry, const core::Services& shared,
              core::IdentitySides& identities, identity::AccessKeyUses& noted,
              traffic::CallQuotas& quotas);

  identity::AccessKeyUsesInRegion uses;
  const core::Services services;
  core::PolicyAuthoriser authoriser;
  traffic::ThrottledAuthoriser throttled;  // of calls
  core::Pipeline pipeline;
};

// Immutable, so thread-safe. The first Region is the one in which what has none is done.
class Regions {
 public:
  // One for each of `shared.regions`, which are not empty. Borrows all, and what `shared` names.
  Regions(const core::Registry& registry, const core::Services& shared,
          core::IdentitySides& identities, identity::AccessKeyUses& noted,
          traffic::CallQuotas& quotas);

  RegionParts& first() const { return *all_.front(); }
  // Null when it is not served.
  RegionParts* Find(std::string_view region) const;
  core::Pipelines pipelines() const;
  std::vector<core::Services> services() const;  // of each, the first first

 private:
  std::vector<std::unique_ptr<RegionParts>> all_;
};

}  // namespace kmaas::app
