// Material that the HSM has made and no row names yet.
#pragma once

#include <memory>
#include <utility>

#include "operations/keys/uncommitted_object.h"

namespace kmaas::operations {

class UncommittedMaterial : public UncommittedObject {
 public:
  // Borrows the material.
  UncommittedMaterial(std::shared_ptr<ports::CryptoEngine> engine, const Clock& clock,
                      const domain::KeyMaterial& material)
      : UncommittedObject(std::move(engine), clock,
                          {"material_orphaned", "material_id", material.id.ToText()},
                          [&material](ports::CryptoEngine& maker, Deadline deadline) {
                            return maker.DestroyMaterial(material, deadline);
                          }) {}
};

}  // namespace kmaas::operations
