#include "operations/keys/new_material.h"

namespace kmaas::operations {

Result<domain::KeyMaterial> MakeMaterial(const domain::Key& key, ports::CryptoEngine& engine,
                                         const core::Call& call) {
  ports::MaterialPlan plan{.spec = key.spec,
                           .usage = key.usage,
                           .custody = key.custody,
                           .key_id = key.id,
                           .account = key.account};
  call.services().random.Fill(plan.id.bits);
  KM_TRY(ports::GeneratedMaterial made, engine.GenerateMaterial(plan, call.deadline()));
  domain::KeyMaterial material = MaterialOf(plan, std::move(made));
  material.region = key.region;
  material.origin = key.origin;
  material.created = call.now();
  return material;
}

}  // namespace kmaas::operations
