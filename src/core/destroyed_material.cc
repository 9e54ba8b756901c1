#include "core/destroyed_material.h"

#include "crypto/digest.h"

namespace kmaas::core {

domain::DestroyedMaterial DestructionOf(const domain::KeyMaterial& material) {
  domain::DestroyedMaterial destroyed{.id = material.id,
                                      .custody = material.custody,
                                      .dialect = material.dialect,
                                      .root_generation = material.root_generation,
                                      .blob_digest = {},
                                      .public_key = material.public_key,
                                      .created = material.created};
  if (!material.blob.empty()) {
    const crypto::Sha256Digest digest = crypto::Sha256(material.blob);
    destroyed.blob_digest.assign(digest.begin(), digest.end());
  }
  return destroyed;
}

}  // namespace kmaas::core
