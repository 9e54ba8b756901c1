#include "ports/material.h"

#include <utility>

namespace kmaas::ports {

domain::KeyMaterial MaterialOf(const MaterialPlan& plan, GeneratedMaterial made) {
  domain::KeyMaterial material;
  material.id = plan.id;
  material.key_id = plan.key_id;
  material.account = plan.account;
  material.spec = plan.spec;
  material.usage = plan.usage;
  material.custody = plan.custody;
  material.dialect = made.dialect;
  material.root_generation = made.root_generation;
  material.length_bytes = made.length_bytes;
  material.blob = std::move(made.blob);
  material.public_key = std::move(made.public_key);
  return material;
}

}  // namespace kmaas::ports
